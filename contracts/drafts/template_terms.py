"""Terms by name and the event payouts of their draft."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, cast

from django.db import transaction
from django.db.models import ProtectedError

from common.currencies import CURRENCY_DIGITS
from common.db.edits import Stale, lock_unchanged
from common.refusals import Refusal, Refusals, Refused
from contracts.drafts.documents import draft_payouts, locking_document, plain, save_payouts, scheduling_document
from contracts.engine.document.load import WITHOUT_EFFECT
from contracts.models import EventPayout, TemplateTerms
from program.models import EventType, Program
from program.names import hold_names

from .checks import refuse_bad_event_payout, refuse_bad_section
from .currency import currency_of, refuse_unconfirmed
from .revisions import touch

Section = Literal["payout_groups", "payout_adjustments", "payout_restrictions", "locking", "scheduling"]

LONGEST_NAME = 120
LONGEST_LABEL = 40


def head_values(template_terms: TemplateTerms) -> dict[str, Any]:
    """What the form of a draft's head holds."""
    labels = ", ".join(template_terms.labels)
    return {"name": template_terms.name, "labels": labels, "currency": template_terms.currency}


def default_payout_values(event_payout: EventPayout) -> dict[str, Any]:
    """What the form of a default payout holds: percent or an amount in the terms' currency."""
    names = ("payout_level", "default_payout", "default_payout_rate")
    return {**{name: getattr(event_payout, name) for name in names}, "currency": currency_of(event_payout)}


def schedule_values(event_payout: EventPayout) -> dict[str, Any]:
    """What the form of locking and paying holds."""
    names = [f"{part}_{unit}" for part in ("locking", "scheduling") for unit in ("period", "months", "days")]
    return {name: getattr(event_payout, name) for name in ("has_locking", "has_scheduling", *names)}


@transaction.atomic
def create_template_terms(
    *,
    program: Program,
    name: str,
    currency: str | None = None,
    labels: Iterable[str] = (),
    copy_from: TemplateTerms | None = None,
) -> TemplateTerms:
    """Open a draft under a new name: empty, or with the rows of other terms, switched-off ones among them.

    `currency` is an ISO 4217 code, without one the program's. A copy has the currency of the copied terms, whatever is
    asked for: its amounts are in it. Raises Refused for a name that is taken or a currency that does not exist.
    """
    hold_names(program)
    currency = copy_from.currency if copy_from else currency or program.currency
    template_terms = TemplateTerms(program=program)
    _set_head(template_terms, name, labels, currency)
    template_terms.save()
    if copy_from is not None:
        save_payouts(template_terms, draft_payouts(copy_from))
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
    refuse_bad_event_payout(template_terms, event_type, _default_payout(payout_level, payout, payout_rate))
    if template_terms.event_payouts.filter(event_type=event_type).exists():
        raise Refused(Refusal("EventTypeCode", f"These terms already pay for {event_type}.", "taken"))
    return EventPayout.objects.create(
        program_id=template_terms.program_id,
        template_terms=template_terms,
        event_type=event_type,
        payout_level=payout_level,
        default_payout=payout,
        default_payout_rate=payout_rate,
    )


def check_event_payout(*, event_payout: EventPayout) -> None:
    """Raise Refused unless the default payout, level, locking and scheduling are valid."""
    section = _default_payout(event_payout.payout_level, event_payout.default_payout, event_payout.default_payout_rate)
    section |= {"Locking": locking_document(event_payout), "PayoutScheduling": scheduling_document(event_payout)}
    refuse_bad_event_payout(event_payout.template_terms, event_payout.event_type, section)


@transaction.atomic
def save_event_payout(*, event_payout: EventPayout) -> EventPayout:
    """Store a whole event payout as it is, for editors that hold the row rather than its parts."""
    touch(event_payout.template_terms_id)
    check_event_payout(event_payout=event_payout)
    event_payout.program_id = event_payout.template_terms.program_id
    event_payout.save()
    return event_payout


@transaction.atomic
def remove_event_payout(*, event_payout: EventPayout) -> None:
    """Take an event type out of the draft, with its groups, adjustments and restrictions."""
    touch(event_payout.template_terms_id)
    event_payout.delete()


@transaction.atomic
def set_default_payout(
    *,
    event_payout: EventPayout,
    payout_level: str,
    payout: Decimal | None,
    payout_rate: Decimal | None,
    seen: str | None = None,
) -> EventPayout:
    """Set what is paid where no group matches, and whether payouts are by order or by item.

    Raises Refused as on adding, Gone when the draft no longer pays for the event type, and Stale unless `seen` is
    the fingerprint of its `default_payout_values`.
    """
    touch(event_payout.template_terms_id)
    lock_unchanged(event_payout, default_payout_values, seen)
    section = _default_payout(payout_level, payout, payout_rate)
    refuse_bad_event_payout(event_payout.template_terms, event_payout.event_type, section)
    _refuse_limits_without_effect(event_payout, payout_level)
    return _update(event_payout, payout_level=payout_level, default_payout=payout, default_payout_rate=payout_rate)


@transaction.atomic
def set_locking(*, event_payout: EventPayout, period: str, months: int, days: int) -> EventPayout:
    """Lock actions so many months and days after the end of the day or month they are tracked (payouts.md §7)."""
    touch(event_payout.template_terms_id)
    wanted = EventPayout(locking_period=period, locking_months=months, locking_days=days)
    refuse_bad_section(event_payout, {"Locking": locking_document(wanted)})
    return _update(event_payout, locking_period=period, locking_months=months, locking_days=days)


@transaction.atomic
def set_scheduling(*, event_payout: EventPayout, period: str, months: int, days: int) -> EventPayout:
    """Pay actions so many months and days after the end of the day, week or month they lock (payouts.md §7)."""
    touch(event_payout.template_terms_id)
    wanted = EventPayout(scheduling_period=period, scheduling_months=months, scheduling_days=days)
    refuse_bad_section(event_payout, {"PayoutScheduling": scheduling_document(wanted)})
    return _update(event_payout, scheduling_period=period, scheduling_months=months, scheduling_days=days)


def check_schedule(*, event_payout: EventPayout, wanted: EventPayout) -> None:
    """Raise Refused unless the event payout may lock and pay as another row has it; stores nothing."""
    section = {"Locking": locking_document(wanted), "PayoutScheduling": scheduling_document(wanted)}
    refuse_bad_section(event_payout, section)


@transaction.atomic
def set_schedule(*, event_payout: EventPayout, values: Mapping[str, Any], seen: str | None = None) -> EventPayout:
    """Set locking and paying together; `values` has the names of `schedule_values`.

    Raises Refused with the errors of both sentences, Gone, and Stale unless `seen` is the fingerprint of them.
    """
    touch(event_payout.template_terms_id)
    lock_unchanged(event_payout, schedule_values, seen)
    errors: list[Refusal] = []
    for name, save in (("locking", set_locking), ("scheduling", set_scheduling)):
        period, months, days = (values[f"{name}_{part}"] for part in ("period", "months", "days"))
        try:
            save(event_payout=event_payout, period=period, months=months, days=days)
        except Refused as refused:
            errors += refused
        switch_section(event_payout=event_payout, section=cast(Section, name), on=values[f"has_{name}"])
    if errors:
        raise Refused(*errors)
    return event_payout


@transaction.atomic
def switch_section(*, event_payout: EventPayout, section: Section, on: bool) -> EventPayout:
    """Switch a section off, which keeps it in the draft and leaves it out of the document, or on again."""
    touch(event_payout.template_terms_id)
    return _update(event_payout, **{f"has_{section}": on})


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


def _refuse_limits_without_effect(event_payout: EventPayout, payout_level: str) -> None:
    """Paying by order would leave limits on payable items beside fixed payouts without effect (payouts.md §5)."""
    if payout_level == event_payout.payout_level or payout_level != EventPayout.Level.ORDER:
        return
    rows = event_payout.payout_groups.filter(payout__isnull=False, payable_items__isnull=False).order_by("rank")
    if ranks := list(rows.values_list("rank", flat=True)[:10]):
        if len(ranks) == 1:
            groups = f"the payout group of rank {ranks[0]}"
        else:
            groups = f"the payout groups of ranks {', '.join(map(str, ranks))}"
        raise Refused(Refusal("PayoutLevel", f"{groups}: {WITHOUT_EFFECT}"))


def _default_payout(payout_level: str, payout: Decimal | None, payout_rate: Decimal | None) -> dict[str, Any]:
    section: dict[str, Any] = {"PayoutLevel": payout_level}
    if payout is not None:
        section["DefaultPayout"] = plain(payout)
    if payout_rate is not None:
        section["DefaultPayoutRate"] = plain(payout_rate)
    return section


def _update(event_payout: EventPayout, **values: Any) -> EventPayout:
    if not EventPayout.objects.filter(pk=event_payout.pk).update(**values):
        raise Stale
    for name, value in values.items():
        setattr(event_payout, name, value)
    return event_payout
