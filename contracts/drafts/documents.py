"""Draft rows and the terms document: the one function that writes the document, and the one that reads it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from contracts.models import EventPayout, PayoutAdjustment, PayoutGroup, PayoutRestriction, TemplateTerms
from program.models import EventType

Document = dict[str, Any]
KINDS = (PayoutGroup, PayoutAdjustment, PayoutRestriction)


@dataclass(slots=True)
class DraftPayout:
    """The rows of one event payout, saved or not. Switched-off rows are among them."""

    event_payout: EventPayout
    event_type_code: str
    payout_groups: list[PayoutGroup] = field(default_factory=list)
    payout_adjustments: list[PayoutAdjustment] = field(default_factory=list)
    payout_restrictions: list[PayoutRestriction] = field(default_factory=list)


def draft_document(template_terms: TemplateTerms) -> Document:
    """Write the draft as a terms document. What is switched off, a section or a single row, is left out."""
    return _document(template_terms.name, template_terms.currency, template_terms.labels, draft_payouts(template_terms))


def comparable(document: Document) -> Document:
    """Write a canonical document the way the draft that it fills would be written, so that the two can be compared."""
    return _document(
        document["Name"], document["Currency"], document.get("Labels") or [], payouts_of(document["EventPayouts"])
    )


def fill_draft(template_terms: TemplateTerms, document: Document) -> None:
    """Replace the draft by the document's rows, name, labels and currency.

    The document is one that the engine has loaded; its event types exist in the program (KeyError otherwise).
    """
    template_terms.name = document["Name"]
    template_terms.currency = document["Currency"]
    template_terms.labels = list(document.get("Labels") or [])
    template_terms.save(update_fields=["name", "currency", "labels"])
    template_terms.event_payouts.all().delete()
    save_payouts(template_terms, payouts_of(document["EventPayouts"]))


def draft_payouts(template_terms: TemplateTerms) -> list[DraftPayout]:
    """Read the draft's rows: one query for the event payouts and one for each kind of row."""
    payouts = {
        row.pk: DraftPayout(row, row.event_type.code)
        for row in template_terms.event_payouts.select_related("event_type")
    }
    for kind in KINDS:
        for row in kind.objects.filter(event_payout__template_terms=template_terms).order_by("rank"):
            _rows(payouts[row.event_payout_id], kind).append(row)
    return list(payouts.values())


def save_payouts(template_terms: TemplateTerms, payouts: Sequence[DraftPayout]) -> None:
    """Store rows as new ones of this draft, in bulk."""
    codes = {draft.event_type_code for draft in payouts}
    event_types = {
        event_type.code: event_type
        for event_type in EventType.objects.filter(program_id=template_terms.program_id, code__in=codes)
    }
    for draft in payouts:
        event_payout = draft.event_payout
        event_payout.pk = None
        event_payout._state.adding = True
        event_payout.template_terms = template_terms
        event_payout.program_id = template_terms.program_id
        event_payout.event_type = event_types[draft.event_type_code]
        event_payout.save()
        for kind in KINDS:
            rows = _rows(draft, kind)
            for row in rows:
                row.pk = None
                row.program_id = template_terms.program_id
                row.event_payout = event_payout
            kind.objects.bulk_create(rows, batch_size=2_000)


def payouts_of(event_payouts: Sequence[Mapping[str, Any]]) -> list[DraftPayout]:
    """The document's event payouts as rows, not yet saved. Ranks stay as written; lists are ranked in their order."""
    return [
        DraftPayout(
            _event_payout(raw),
            raw["EventTypeCode"],
            [group_row(group) for group in raw.get("PayoutGroups") or []],
            [_adjustment(rank, each) for rank, each in enumerate(raw.get("PayoutAdjustments") or [], 1)],
            [_restriction(rank, each) for rank, each in enumerate(raw.get("PayoutRestrictions") or [], 1)],
        )
        for raw in event_payouts
    ]


def group_row(raw: Mapping[str, Any]) -> PayoutGroup:
    """One payout group of a document as a row, not yet saved."""
    limits = raw.get("Limits") or []
    return PayoutGroup(
        rank=int(raw["Rank"]),
        name=raw.get("Name") or "",
        rules=_rules(raw.get("Rules") or []),
        payout=_decimal(raw.get("Payout")),
        payout_rate=_decimal(raw.get("PayoutRate")),
        payable_items=int(limits[0]["Value"]) if limits else None,
    )


def group_document(row: PayoutGroup) -> Document:
    """One payout group as documents write it."""
    return {
        "Rank": row.rank,
        "Name": row.name,
        "Rules": _rules(row.rules),
        **_money("Payout", row.payout, "PayoutRate", row.payout_rate),
        "Limits": [] if row.payable_items is None else [{"Type": "PAYABLE_ITEMS", "Value": str(row.payable_items)}],
    }


def adjustment_document(row: PayoutAdjustment) -> Document:
    """One payout adjustment as documents write it."""
    return {"Rules": _rules(row.rules), "Direction": row.direction, **_money("Amount", row.amount, "Rate", row.rate)}


def restriction_document(row: PayoutRestriction) -> Document:
    """One payout restriction as documents write it."""
    return {"Rules": _rules(row.rules), "ZeroPayoutHideReport": row.zero_payout_hide_report}


def plain(number: Decimal) -> str:
    """A number as documents write it: no exponent, no zeros at the end."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _document(name: str, currency: str, labels: Sequence[str], payouts: Sequence[DraftPayout]) -> Document:
    return {
        "Name": name,
        "Currency": currency,
        "Labels": list(labels),
        "EventPayouts": [_event_payout_document(draft) for draft in payouts],
    }


def _event_payout_document(draft: DraftPayout) -> Document:
    row = draft.event_payout
    document: Document = {
        "EventTypeCode": draft.event_type_code,
        "PayoutLevel": row.payout_level,
        **_money("DefaultPayout", row.default_payout, "DefaultPayoutRate", row.default_payout_rate),
        "PayoutGroups": [
            group_document(group) for group in draft.payout_groups if row.has_payout_groups and group.is_active
        ],
        "PayoutAdjustments": [
            adjustment_document(each)
            for each in draft.payout_adjustments
            if row.has_payout_adjustments and each.is_active
        ],
        "PayoutRestrictions": [
            restriction_document(each)
            for each in draft.payout_restrictions
            if row.has_payout_restrictions and each.is_active
        ],
    }
    if row.has_locking:
        document["Locking"] = locking_document(row)
    if row.has_scheduling:
        document["PayoutScheduling"] = scheduling_document(row)
    return document


def locking_document(row: EventPayout) -> Document:
    """The locking section as documents write it, whether or not it is switched on."""
    return {
        "Basis": "TRACKED",
        "Period": row.locking_period,
        "MonthOffset": row.locking_months,
        "DayOffset": row.locking_days,
    }


def scheduling_document(row: EventPayout) -> Document:
    """The payout scheduling section as documents write it, whether or not it is switched on."""
    return {
        "Basis": "LOCKED",
        "Period": row.scheduling_period,
        "MonthOffset": row.scheduling_months,
        "DayOffset": row.scheduling_days,
    }


def _event_payout(raw: Mapping[str, Any]) -> EventPayout:
    row = EventPayout(
        payout_level=raw["PayoutLevel"],
        default_payout=_decimal(raw.get("DefaultPayout")),
        default_payout_rate=_decimal(raw.get("DefaultPayoutRate")),
    )
    # An absent section means open-ended; the draft uses the switch for that.
    locking = raw.get("Locking") or {"OpenEnded": True}
    row.has_locking = not locking.get("OpenEnded")
    if row.has_locking:
        row.locking_period = locking["Period"]
        row.locking_months = int(locking.get("MonthOffset") or 0)
        row.locking_days = int(locking.get("DayOffset") or 0)
    scheduling = raw.get("PayoutScheduling")
    row.has_scheduling = bool(scheduling)
    if scheduling:
        row.scheduling_period = scheduling["Period"]
        row.scheduling_months = int(scheduling.get("MonthOffset") or 0)
        row.scheduling_days = int(scheduling.get("DayOffset") or 0)
    return row


def _adjustment(rank: int, raw: Mapping[str, Any]) -> PayoutAdjustment:
    return PayoutAdjustment(
        rank=rank,
        rules=_rules(raw.get("Rules") or []),
        direction=raw["Direction"],
        rate=_decimal(raw.get("Rate")),
        amount=_decimal(raw.get("Amount")),
    )


def _restriction(rank: int, raw: Mapping[str, Any]) -> PayoutRestriction:
    return PayoutRestriction(
        rank=rank, rules=_rules(raw.get("Rules") or []), zero_payout_hide_report=bool(raw.get("ZeroPayoutHideReport"))
    )


def _rules(raw: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Rules with their keys in the order that documents have; a JSONB column orders keys differently."""
    return [
        {"Variable": rule["Variable"], "Operator": rule["Operator"], "Values": list(rule.get("Values") or [])}
        for rule in raw
    ]


def _money(fixed: str, amount: Decimal | None, percent: str, rate: Decimal | None) -> Document:
    return {fixed: plain(amount)} if amount is not None else {percent: plain(rate)} if rate is not None else {}


def _decimal(value: str | None) -> Decimal | None:
    return Decimal(value) if value is not None else None


def _rows(draft: DraftPayout, kind: type[Any]) -> list[Any]:
    if kind is PayoutGroup:
        return draft.payout_groups
    return draft.payout_adjustments if kind is PayoutAdjustment else draft.payout_restrictions
