"""Checks of draft rows. Each row is put into the smallest document that can hold it and loaded by the engine, so that
forms, files and publishing give the same errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.currencies import CURRENCY_DIGITS
from common.refusals import Refusal, Refused
from contracts.engine.document.load import document, load
from contracts.engine.document.terms import Terms
from contracts.models import EventPayout, TemplateTerms
from program.models import EventType, ExceptionList, Program

Raw = Mapping[str, Any]


def list_names(program: Program) -> set[str]:
    """The names of the exception lists that rules of this program may ask about."""
    return set(ExceptionList.objects.filter(program=program).values_list("name", flat=True))


def load_groups(event_payout: EventPayout, groups: Sequence[Raw]) -> tuple[list[Raw], list[Refusal]]:
    """Payout groups as the engine reads them, or every error; paths begin with the index (`[3].Rules[0].Values`)."""
    return _load_rows(event_payout, "PayoutGroups", groups, "EventPayouts[0].PayoutGroups")


def load_row(event_payout: EventPayout, section: str, raw: Raw) -> Raw:
    """One row of `PayoutGroups`, `PayoutAdjustments` or `PayoutRestrictions` as the engine reads it.

    Raises Refused with every error, paths relative to the row (`PayoutRate`, `Rules[0].Values`).
    """
    rows, errors = _load_rows(event_payout, section, [raw], f"EventPayouts[0].{section}[0].")
    _refuse(errors)
    return rows[0]


def refuse_bad_section(event_payout: EventPayout, section: Raw) -> None:
    """Raise Refused with every error of a section of the event payout (`Locking.DayOffset`)."""
    _refuse(_load(event_payout.template_terms, {**_frame(event_payout), **section}, "EventPayouts[0].")[1])


def refuse_bad_event_payout(template_terms: TemplateTerms, event_type: EventType, section: Raw) -> None:
    """Raise Refused unless the event type may have this level and default payout."""
    _, errors = _load(template_terms, {"EventTypeCode": event_type.code, **section}, "EventPayouts[0].")
    if not event_type.is_active:
        message = f"{event_type} is not active: switch the event type on first."
        errors.append(Refusal("EventTypeCode", message))
    errors += level_errors(event_type, section["PayoutLevel"])
    _refuse(errors)


def level_errors(event_type: EventType, level: str) -> list[Refusal]:
    """The error of a payout level that the event type does not offer, if it does not."""
    if event_type.payout_levels in (EventType.PayoutLevels.BOTH, level):
        return []
    offered = event_type.get_payout_levels_display().lower()
    message = f"{event_type} is paid {offered} only: choose that, or change the event type."
    return [Refusal("PayoutLevel", message)]


def _load_rows(
    event_payout: EventPayout, section: str, rows: Sequence[Raw], prefix: str
) -> tuple[list[Raw], list[Refusal]]:
    raw = {**_frame(event_payout), section: list(rows)}
    terms, errors = _load(event_payout.template_terms, raw, prefix)
    return (document(terms)["EventPayouts"][0][section] if terms else []), errors


def _frame(event_payout: EventPayout) -> dict[str, str]:
    code = event_payout.event_type.code
    return {"EventTypeCode": code, "PayoutLevel": event_payout.payout_level, "DefaultPayoutRate": "0"}


def _load(template_terms: TemplateTerms, event_payout: Raw, prefix: str) -> tuple[Terms | None, list[Refusal]]:
    raw = {"Name": "Draft", "Currency": template_terms.currency, "EventPayouts": [event_payout]}
    try:
        return load(raw, digits=CURRENCY_DIGITS, lists=list_names(template_terms.program)), []
    except Refused as refused:
        return None, [each._replace(path=each.path.removeprefix(prefix)) for each in refused]


def _refuse(errors: list[Refusal]) -> None:
    if errors:
        raise Refused(*errors)
