"""Shared by the commands of contracts: finding rows by name, with one clear line where there are none."""

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandError

from common.refusals import Refused
from contracts.models import EventPayout, TemplateTerms
from program.models import Program


def find_program(program_id: int) -> Program:
    """The program of that number, or CommandError."""
    program = Program.objects.filter(pk=program_id).first()
    if program is None:
        raise CommandError(f"{program_id} is not a known program; create_program creates one.")
    return program


def find_terms(program: Program, name: str) -> TemplateTerms:
    """The program's terms of that name, or CommandError listing the known ones."""
    terms = TemplateTerms.objects.filter(program=program, name=name).first()
    if terms is None:
        known = TemplateTerms.objects.filter(program=program).values_list("name", flat=True)
        raise CommandError(f"“{name}” is not a known name of terms in program {program.pk}; known: {_listed(known)}.")
    return terms


def find_event_payout(terms: TemplateTerms, code: str | None) -> EventPayout:
    """The event payout of that event type in the draft, or the only one; CommandError otherwise."""
    payouts = {each.event_type.code: each for each in terms.event_payouts.select_related("event_type")}
    if code is None and len(payouts) == 1:
        return next(iter(payouts.values()))
    if code is None:
        raise CommandError(f"“{terms}” pays for several event types: give --event-type, one of {_listed(payouts)}.")
    if code not in payouts:
        raise CommandError(f"“{terms}” does not pay for the event type {code}; it pays for {_listed(payouts)}.")
    return payouts[code]


def in_one_line(refused: Refused) -> CommandError:
    """Every error with its path, however many there are, so that all of a document can be mended at once."""
    return CommandError(" ".join(str(refused).split()))


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(f"“{name}”" for name in names) or "none yet"
