"""The sections of a draft that have no rows of their own, and the switch of every section."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from common.db.edits import Stale, lock_unchanged
from common.refusals import Refusal
from contracts.custom_terms.services import refuse_unknown_texts
from contracts.engine.document.terms import SECTIONS, SENTENCES, SINGLE
from contracts.models import EventPayout, Sectioned, TemplateTerms

from .checks import refuse, refuse_bad_sections, refuse_bad_terms_sections, refuse_broken_rules
from .currency import currency_of
from .documents import section_value, with_sections
from .revisions import touch


def section_values(owner: Sectioned, sections: Collection[str]) -> dict[str, Any]:
    """What the form of these sections holds: their fields, their switches, and the currency that amounts are in."""
    values = {name: SENTENCES[name].write(section_value(owner, name)) for name in sections}
    switches = {name: owner.is_on(name) for name in sections}
    has_amounts = any(SENTENCES[name].has_amounts for name in sections)
    return {"values": values, "on": switches} | ({"currency": currency_of(owner)} if has_amounts else {})


def begin_sections(event_payout: EventPayout, values: Mapping[str, Any]) -> None:
    """Give a new event payout its sections: these values, and for the others what is offered."""
    offered = {name: section.offered for name, section in SINGLE.items()}
    event_payout.sections = with_sections(event_payout, offered | dict(values))
    event_payout.switched_on = dict.fromkeys(SECTIONS, True)


def check_event_payout(
    *, event_payout: EventPayout, values: Mapping[str, Any], switches: Mapping[str, bool] | None = None
) -> None:
    """Raise Refused unless the event type may be paid for, by these values of sections, which keep to account rules."""
    if not event_payout.event_type.is_active:
        refuse([Refusal("EventTypeCode", f"{event_payout.event_type} is not active: switch the event type on first.")])
    refuse_bad_sections(event_payout, values)
    refuse_broken_rules(event_payout.template_terms.program, event_payout, values, switches or {})


@transaction.atomic
def save_event_payout(
    *, event_payout: EventPayout, values: Mapping[str, Any], switches: Mapping[str, bool] | None = None
) -> EventPayout:
    """Store an event payout, new or not, with the values and switches of its sections; the rest is as offered.

    Raises Refused as `check_event_payout`.
    """
    touch(event_payout.template_terms_id)
    check_event_payout(event_payout=event_payout, values=values, switches=switches)
    event_payout.program_id = event_payout.template_terms.program_id
    if event_payout.pk is None:
        begin_sections(event_payout, values)
    event_payout.sections = with_sections(event_payout, values)
    event_payout.switched_on |= switches or {}
    event_payout.save()
    return event_payout


@transaction.atomic
def set_sections(
    *,
    event_payout: EventPayout,
    values: Mapping[str, Any],
    switches: Mapping[str, bool] | None = None,
    seen: str | None = None,
) -> EventPayout:
    """Set sections by their names to the engine's values, all or none, and switch them on or off.

    Raises Refused with the errors of all, those that are switched off among them; Gone when the draft no longer
    pays for the event type, and Stale unless `seen` is the fingerprint of their `section_values`.
    """
    touch(event_payout.template_terms_id)
    lock_unchanged(event_payout, lambda row: section_values(row, values), seen)
    refuse_bad_sections(event_payout, values)
    refuse_broken_rules(event_payout.template_terms.program, event_payout, values, switches or {})
    switched_on = {**event_payout.switched_on, **(switches or {})}
    return _update(event_payout, sections=with_sections(event_payout, values), switched_on=switched_on)


@transaction.atomic
def set_terms_sections(
    *,
    template_terms: TemplateTerms,
    values: Mapping[str, Any],
    switches: Mapping[str, bool] | None = None,
    seen: str | None = None,
) -> TemplateTerms:
    """The same for the sections that apply to every event type. Without `switches` they are switched on."""
    if texts := values.get("special_terms"):
        refuse_unknown_texts(template_terms.program, texts, section_value(template_terms, "special_terms"))
    touch(template_terms.pk)
    lock_unchanged(template_terms, lambda row: section_values(row, values), seen)
    refuse_bad_terms_sections(values)
    switches = {**dict.fromkeys(values, True), **(switches or {})}
    refuse_broken_rules(template_terms.program, template_terms, values, switches)
    switched_on = {**template_terms.switched_on, **switches}
    template_terms.sections, template_terms.switched_on = with_sections(template_terms, values), switched_on
    template_terms.save(update_fields=["sections", "switched_on"])
    return template_terms


@transaction.atomic
def switch_section(*, event_payout: EventPayout, section: str, on: bool) -> EventPayout:
    """Switch a section off, which keeps it in the draft and leaves it out of the document, or on again."""
    touch(event_payout.template_terms_id)
    lock_unchanged(event_payout, lambda row: row.switched_on, None)
    return _update(event_payout, switched_on={**event_payout.switched_on, section: on})


def _update(event_payout: EventPayout, **values: Any) -> EventPayout:
    if not EventPayout.objects.filter(pk=event_payout.pk).update(**values):
        raise Stale
    for name, value in values.items():
        setattr(event_payout, name, value)
    return event_payout
