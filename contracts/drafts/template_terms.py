"""Terms by name and the event payouts of their draft."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.db.models import ProtectedError

from common.currencies import CURRENCY_DIGITS
from common.db.edits import lock_unchanged
from common.refusals import Refusal, Refusals, Refused
from contracts.drafts.documents import draft_payouts, save_payouts
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.models import EventPayout, TemplateTerms
from program.models import EventType, Program
from program.names import hold_names

from .currency import refuse_unconfirmed
from .revisions import touch
from .sections import save_event_payout

LONGEST_NAME = 120
LONGEST_LABEL = 40


def head_values(template_terms: TemplateTerms) -> dict[str, Any]:
    """What the form of a draft's head holds."""
    labels = ", ".join(template_terms.labels)
    return {"name": template_terms.name, "labels": labels, "currency": template_terms.currency}


@transaction.atomic
def create_template_terms(
    *,
    program: Program,
    name: str,
    currency: str | None = None,
    labels: Iterable[str] = (),
    copy_from: TemplateTerms | None = None,
    pays_for: tuple[EventType, DefaultPayout] | None = None,
) -> TemplateTerms:
    """Open a draft under a new name: empty, with the rows and sections of other terms, switched-off ones among them, or
    paying for one event type.

    `currency` is an ISO 4217 code, without one the program's. A copy has the currency of the copied terms, whatever is
    asked for: its amounts are in it. Raises Refused for a name that is taken, a currency that does not exist, and as
    `add_event_payout` does.
    """
    hold_names(program)
    currency = copy_from.currency if copy_from else currency or program.currency
    template_terms = TemplateTerms(program=program)
    if copy_from is not None:
        template_terms.sections, template_terms.switched_on = copy_from.sections, copy_from.switched_on
    _set_head(template_terms, name, labels, currency)
    template_terms.save()
    if copy_from is not None:
        save_payouts(template_terms, draft_payouts(copy_from))
    elif pays_for is not None:
        event_type, default = pays_for
        add_event_payout(
            template_terms=template_terms,
            event_type=event_type,
            payout_level=default.level,
            payout=default.payout,
            payout_rate=default.payout_rate,
        )
    return template_terms


@transaction.atomic
def change_template_terms(
    *,
    template_terms: TemplateTerms,
    name: str,
    labels: Iterable[str],
    currency: str,
    seen: str | None = None,
    shown: str | None = None,
) -> TemplateTerms:
    """Rename the terms, set their labels and the currency of the draft.

    Another currency converts nothing, it changes the meaning of every fixed amount: raises CurrencyUnconfirmed with
    those of the draft unless `shown` is their fingerprint. Raises Refused as on creating, Gone when they were
    deleted, and Stale unless `seen` is the fingerprint of their `head_values`.
    """
    hold_names(template_terms.program_id)
    touch(template_terms.pk)
    lock_unchanged(template_terms, head_values, seen)
    if currency != template_terms.currency and currency in CURRENCY_DIGITS:
        refuse_unconfirmed(template_terms, currency, shown)
    _set_head(template_terms, name, labels, currency)
    template_terms.save(update_fields=["name", "labels", "currency"])
    return template_terms


@transaction.atomic
def delete_template_terms(*, template_terms: TemplateTerms) -> None:
    """Delete a draft that was never published. Raises Refused once there is a version."""
    touch(template_terms.pk)
    try:
        template_terms.delete()
    except ProtectedError:
        raise Refused("These terms were published: their versions cannot be deleted.") from None


@transaction.atomic
def add_event_payout(
    *,
    template_terms: TemplateTerms,
    event_type: EventType,
    payout_level: str = "ORDER",
    payout: Decimal | None = None,
    payout_rate: Decimal | None = None,
) -> EventPayout:
    """Let the draft pay for an event type: a fixed default payout in the terms' currency, or a percentage.

    Raises Refused for both or neither, for a level that the event type does not offer, and for an event type that
    the draft pays for already.
    """
    touch(template_terms.pk)
    event_payout = EventPayout(template_terms=template_terms, event_type=event_type)
    if template_terms.event_payouts.filter(event_type=event_type).exists():
        raise Refused(Refusal("EventTypeCode", f"These terms already pay for {event_type}."))
    default = DefaultPayout(cast(Any, payout_level), payout, payout_rate)
    return save_event_payout(event_payout=event_payout, values={"default_payout": default})


@transaction.atomic
def remove_event_payout(*, event_payout: EventPayout) -> None:
    """Take an event type out of the draft, with its groups, adjustments and restrictions."""
    touch(event_payout.template_terms_id)
    event_payout.delete()


def head_errors(name: str, labels: Iterable[str], currency: str) -> list[Refusal]:
    """Why a name, labels and a currency are not valid for terms."""
    errors = Refusals()
    if not name:
        errors.add("Name", "Give the terms a name.", "required")
    if len(name) > LONGEST_NAME:
        errors.add("Name", f"A name has at most {LONGEST_NAME} characters.")
    if any(len(label) > LONGEST_LABEL for label in labels):
        errors.add("Labels", f"A label has at most {LONGEST_LABEL} characters.")
    if currency not in CURRENCY_DIGITS:
        errors.add("Currency", f"“{currency}” is not a valid ISO 4217 currency code: use one such as GBP.")
    return list(errors)


def _set_head(template_terms: TemplateTerms, name: str, labels: Iterable[str], currency: str) -> None:
    name = name.strip()
    labels = list(dict.fromkeys(filter(None, (label.strip() for label in labels))))
    errors = head_errors(name, labels, currency)
    if TemplateTerms.objects.filter(program=template_terms.program, name=name).exclude(pk=template_terms.pk).exists():
        errors.append(Refusal("Name", f"Terms named “{name}” already exist: choose another name.", "taken"))
    if errors:
        raise Refused(*errors)
    template_terms.name, template_terms.labels, template_terms.currency = name, labels, currency
