"""A draft as the values that the engine reads from a document, and such values as a draft."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import DecimalField, TextField
from django.db.models.functions import Cast

from common.currencies import CURRENCY_DIGITS
from common.db.statements import insert_rows
from contracts.agreements.plans import terms_of
from contracts.engine.document.amounts import plain
from contracts.engine.document.load import document, load
from contracts.engine.document.read_rules import LONGEST_KEPT, write_rules
from contracts.engine.document.reading import Errors, Node
from contracts.engine.document.terms import OF_TERMS, RANKED, SECTIONS, SENTENCES, SINGLE, Terms
from contracts.engine.document.terms import EventPayout as Agreed
from contracts.engine.rules.rule import Rule
from contracts.models import EventPayout, PayoutAdjustment, PayoutGroup, PayoutRestriction, Sectioned, TemplateTerms
from program.models import EventType

Document = dict[str, Any]
Row = PayoutGroup | PayoutAdjustment | PayoutRestriction
# The rows of each ranked section. A row has the fields of the engine's value, and a switch.
LISTS: dict[str, type[Row]] = {
    "payout_groups": PayoutGroup,
    "payout_adjustments": PayoutAdjustment,
    "payout_restrictions": PayoutRestriction,
}
NAMES = {kind: name for name, kind in LISTS.items()}


@dataclass(slots=True)
class DraftPayout:
    """One event payout with its rows by section, saved or not. Switched-off rows are among them."""

    event_payout: EventPayout
    event_type_code: str
    rows: dict[str, list[Any]]


def draft_document(template_terms: TemplateTerms) -> Document:
    """Write the draft as a terms document. What is switched off, a section or a single row, is left out."""
    return document(draft_terms(template_terms))


def draft_terms(template_terms: TemplateTerms) -> Terms:
    """The terms that the draft stands for, whether or not they can be published."""
    rows = _active_rows(template_terms)
    payouts = tuple(_agreed(row, rows) for row in template_terms.event_payouts.select_related("event_type"))
    values = {name: section_value(template_terms, name) for name in OF_TERMS if template_terms.is_on(name)}
    return Terms(template_terms.name, template_terms.currency, tuple(template_terms.labels), payouts, **values)


def published_terms(published: Document) -> Terms:
    """The terms of a published document, as a draft that it fills would stand for them."""
    return as_drafted(load(published, digits=CURRENCY_DIGITS, is_strict=False))


@lru_cache(maxsize=16)
def version_terms(version_id: int) -> Terms:
    """The same of a stored version, read once: it never changes."""
    return as_drafted(terms_of(version_id))


def as_drafted(terms: Terms) -> Terms:
    """Terms in the one spelling that drafts have, so that two of them are equal where they say the same."""
    values = {name: section.drafted(getattr(terms, name)) for name, section in OF_TERMS.items()}
    return replace(terms, event_payouts=tuple(_drafted(payout) for payout in terms.event_payouts), **values)


def fill_draft(template_terms: TemplateTerms, terms: Terms) -> None:
    """Replace the draft by the rows, sections, name, labels and currency of terms that were published.

    Their event types exist in the program (KeyError otherwise).
    """
    template_terms.name, template_terms.currency = terms.name, terms.currency
    template_terms.labels = list(terms.labels)
    template_terms.sections, template_terms.switched_on = {}, {}
    offer_sections(template_terms, {name: section.drafted(getattr(terms, name)) for name, section in OF_TERMS.items()})
    template_terms.save(update_fields=["name", "currency", "labels", "sections", "switched_on"])
    template_terms.event_payouts.all().delete()
    save_payouts(template_terms, [_draft(_drafted(payout)) for payout in terms.event_payouts])


def draft_payouts(template_terms: TemplateTerms) -> list[DraftPayout]:
    """Read the draft's rows: one query for the event payouts and one for each kind of row."""
    payouts = {
        row.pk: DraftPayout(row, row.event_type.code, {name: [] for name in LISTS})
        for row in template_terms.event_payouts.select_related("event_type")
    }
    for name, kind in LISTS.items():
        for row in kind._default_manager.filter(event_payout__template_terms=template_terms).order_by("rank"):
            payouts[row.event_payout_id].rows[name].append(row)
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
        for name in LISTS:
            rows = draft.rows[name]
            for row in rows:
                row.pk = None
                row.program_id = template_terms.program_id
                row.event_payout = event_payout
            insert_rows(rows)


def value_of(row: Row) -> Any:
    """A row as the engine's value."""
    kind = RANKED[NAMES[type(row)]].row
    values = {each.name: _tidy(getattr(row, each.name)) for each in fields(kind)}
    return kind(**values | {"rules": rules_of(row.rules)})


def row_of(section: str, value: Any, rank: int) -> Any:
    """The engine's value as a row of that rank, not yet saved."""
    values = {each.name: getattr(value, each.name) for each in fields(value)}
    return LISTS[section](**values | {"rank": rank, "rules": write_rules(value.rules)})


def rules_of(raw: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules of a draft, which were checked when they were saved."""
    return tuple(Rule(rule["Variable"], rule["Operator"], tuple(rule.get("Values") or ())) for rule in raw)


def section_value(owner: Sectioned, section: str) -> Any:
    """What the draft holds of a section without rows, whether or not it is switched on."""
    errors = Errors(is_strict=False)
    value = SENTENCES[section].read(Node(owner.sections, "", errors), None)
    if errors:
        raise ValueError(f"the draft {owner.pk} was not written by the product: {errors}")
    return value


def with_sections(owner: Sectioned, values: Mapping[str, Any]) -> Document:
    """The draft's `sections` with these values in place of its own."""
    replaced = {key for name in values for key in SENTENCES[name].keys}
    sections = {key: value for key, value in owner.sections.items() if key not in replaced}
    for name, value in values.items():
        sections |= SENTENCES[name].write(tidied(value))
    return sections


def offer_sections(owner: Sectioned, values: Mapping[str, Any]) -> None:
    """Fill sections from published values, not yet saved: what is absent is switched off, as it would be offered."""
    filled = {}
    for name, value in values.items():
        section = SENTENCES[name]
        owner.switched_on[name] = value != section.absent
        filled[name] = section.offered if value == section.absent else value
    owner.sections = with_sections(owner, filled)


def tidied(value: Any) -> Any:
    """The engine's value without zeros at the end of its amounts, which the database adds and files bring."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{each.name: _tidy(getattr(value, each.name)) for each in fields(value)})


def _active_rows(template_terms: TemplateTerms) -> Mapping[tuple[int, str], Sequence[Any]]:
    """The rows that are switched on, by event payout and list, as the engine's values. Without models: of ten thousand
    rows these, and reading each one's rules again, would be most of the time.
    """
    found: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for name, kind in LISTS.items():
        about = RANKED[name].row
        columns = [each.name for each in fields(about)]
        place = columns.index("rules")
        numbers = [at for at, name in enumerate(columns) if isinstance(kind._meta.get_field(name), DecimalField)]
        columns[place] = "written"
        rows = kind._default_manager.filter(event_payout__template_terms=template_terms, is_active=True)
        read = rows.annotate(written=Cast("rules", TextField())).order_by("rank")
        for payout, *values in read.values_list("event_payout_id", *columns):
            values[place] = _rules_in(values[place])
            for at in numbers:
                values[at] = _tidy(values[at])
            found[payout, name].append(about(*values))
    return found


def _agreed(event_payout: EventPayout, rows: Mapping[tuple[int, str], Sequence[Any]]) -> Agreed:
    values: dict[str, Any] = {}
    for name in filter(event_payout.is_on, SECTIONS):
        if name in LISTS:
            values[name] = tuple(rows.get((event_payout.pk, name), ()))
        else:
            values[name] = section_value(event_payout, name)
    return Agreed(event_payout.event_type.code, **values)


def _drafted(payout: Agreed) -> Agreed:
    return replace(payout, **{name: section.drafted(getattr(payout, name)) for name, section in SECTIONS.items()})


def _draft(payout: Agreed) -> DraftPayout:
    """Rows of an event payout, not yet saved."""
    event_payout = EventPayout(switched_on=dict.fromkeys(LISTS, True))
    offer_sections(event_payout, {name: getattr(payout, name) for name in SINGLE})
    rows = {
        name: [row_of(name, value, rank) for rank, value in RANKED[name].numbered(getattr(payout, name))]
        for name in LISTS
    }
    return DraftPayout(event_payout, payout.event_type_code, rows)


def _tidy(value: Any) -> Any:
    return _short(value) if isinstance(value, Decimal) else value


@lru_cache(maxsize=8_192)
def _short(value: Decimal) -> Decimal:
    return Decimal(plain(value))


def _rules_in(text: str) -> tuple[Rule, ...]:
    """Rules as the database keeps them."""
    return _kept_rules(text) if len(text) <= LONGEST_KEPT else rules_of(json.loads(text))


@lru_cache(maxsize=32_768)
def _kept_rules(text: str) -> tuple[Rule, ...]:
    """The same ones are read each time that a draft is."""
    return rules_of(json.loads(text))
