"""The two registries of sections: what the engine reads, the page edits, and everything else loops over."""

from dataclasses import fields
from decimal import Decimal

import pytest

from common.db.edits import Stale, fingerprint
from common.refusals import Refused
from contracts.drafts.documents import LISTS, draft_document, draft_terms, published_terms, section_value
from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction
from contracts.drafts.sections import section_values, set_sections
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.engine.document.sections.limits import Limit
from contracts.engine.document.sections.locking import Locking
from contracts.engine.document.sections.referral_window import ValidReferral
from contracts.engine.document.sections.scheduling import PayoutScheduling
from contracts.engine.document.terms import RANKED, SECTIONS, SINGLE, EventPayout
from contracts.publishing.services import publish_draft
from contracts.sections.registry import KINDS, PANELS, PARTS
from tests.contracts.addresses import NEW, url

EVERY = [section for part in PARTS for section in part.sections]


def test_every_section_of_the_engine_is_edited_in_one_place_of_the_page():
    assert sorted(section.section for section in EVERY) == sorted(SECTIONS)
    assert {kind.section for kind in KINDS.values()} == set(RANKED) == set(LISTS)
    assert {name for panel in PANELS.values() for name in panel.names} == set(SINGLE)


def test_no_two_sections_share_a_field_of_the_document_or_an_id_of_the_page():
    keys = [key for section in SECTIONS.values() for key in section.keys]
    assert len(keys) == len(set(keys))
    assert len(EVERY) == len({section.slug for section in EVERY})


@pytest.mark.parametrize("section", EVERY, ids=[section.slug for section in EVERY])
def test_every_path_leads_to_a_field_of_the_section_s_form(section):
    named = set(section.fields.values())
    assert named <= set(section.form(dict.fromkeys(named, "1")).fields)


@pytest.mark.parametrize("name", SINGLE)
def test_what_is_offered_is_written_and_read_back(name):
    section = SINGLE[name]
    shown = next(each for each in EVERY if each.section == name)
    offered = DefaultPayout("ITEM", Decimal("2.5")) if name == "default_payout" else section.offered
    typed = shown.form({**shown.initial(offered), **({shown.switch: "on"} if shown.switch else {})})
    assert typed.is_valid(), typed.errors
    assert shown.value(typed.cleaned_data) == offered


@pytest.mark.parametrize("name", RANKED)
def test_a_row_of_a_draft_has_every_field_of_the_engine_s_value(name):
    columns = {field.name for field in LISTS[name]._meta.concrete_fields}
    assert {field.name for field in fields(RANKED[name].row)} <= columns


def test_a_draft_and_the_version_made_of_it_are_the_same_terms(event_payout):
    add_payout_group(event_payout=event_payout, rules=[NEW], name="New", payout=Decimal("2.50"))
    add_payout_adjustment(event_payout=event_payout, rules=[], direction="DECREASE", rate=Decimal("5.0"))
    add_payout_restriction(event_payout=event_payout, rules=[NEW], zero_payout_hide_report=True)
    referrals = (ValidReferral("CLICKS", 7, "DAY"), ValidReferral("IMPRESSIONS", 12, "HOUR"))
    limits = (Limit("PAYOUT", "CUSTOMER", Decimal("50.00"), "MONTH"), Limit("ACTION", "CLICK", Decimal(1)))
    values = {"credit_policy": "FIRST_REFERRER", "valid_referrals": referrals, "limits": limits}
    set_sections(event_payout=event_payout, values=values)
    terms = event_payout.template_terms
    version = publish_draft(template_terms=terms).version
    assert published_terms(version.document) == draft_terms(terms)
    assert version.document == draft_document(terms)
    [payout] = draft_terms(terms).event_payouts
    assert all(getattr(payout, name) != section.absent for name, section in SECTIONS.items())


def test_a_section_that_a_draft_does_not_have_is_off_and_shown_as_it_is_offered(event_payout, editor):
    event_payout.sections.pop("Locking")
    event_payout.switched_on.pop("locking")
    event_payout.save()
    assert draft_terms(event_payout.template_terms).event_payouts[0] == EventPayout(
        "SALE", DefaultPayout("ORDER", None, Decimal(10)), payout_scheduling=PayoutScheduling("END_OF_MONTH", 0, 20)
    )
    form = PANELS["schedule"].form(event_payout)
    assert [form.initial[name] for name in ("has_locking", "locking_days")] == [False, 15]
    assert editor.get(url("terms_edit", event_payout.template_terms_id)).status_code == 200


def test_sections_are_set_all_or_none(event_payout):
    values = {"locking": Locking("DAY", 0, 9), "payout_scheduling": PayoutScheduling("END_OF_DAY", 0, 731)}
    with pytest.raises(Refused, match=r"PayoutScheduling\.DayOffset"):
        set_sections(event_payout=event_payout, values=values)
    event_payout.refresh_from_db()
    assert section_value(event_payout, "locking") == Locking("MONTH", 0, 15)


def test_a_section_changed_meanwhile_is_not_overwritten_by_a_form_of_it_alone(event_payout):
    seen = fingerprint(section_values(event_payout, ["locking"]))
    set_sections(event_payout=event_payout, values={"payout_scheduling": PayoutScheduling("END_OF_DAY", 0, 3)})
    set_sections(event_payout=event_payout, values={"locking": Locking("DAY", 0, 9)}, seen=seen)
    with pytest.raises(Stale):
        set_sections(event_payout=event_payout, values={"locking": Locking("DAY", 0, 8)}, seen=seen)
    assert section_value(event_payout, "payout_scheduling") == PayoutScheduling("END_OF_DAY", 0, 3)


def test_the_audit_log_names_the_field_of_the_section(event_payout, editor):
    save = url("section_save", event_payout.pk, PANELS["schedule"])
    days = {"locking_months": "0", "locking_days": "20", "locking_period": "MONTH", "has_locking": "on"}
    paid = {"scheduling_months": "0", "scheduling_days": "20", "scheduling_period": "END_OF_MONTH"}
    assert editor.post(save, {**days, **paid}).status_code == 302
    page = editor.get("/p/1000/settings/audit-log/").content.decode()
    assert 'Sections, locking day offset: <span class="muted">15</span> → 20' in page
    assert 'Switched on, payout scheduling: <span class="muted">yes</span> → no' in page


def test_the_summary_says_something_of_every_section_that_is_switched_on(event_payout, editor):
    add_payout_group(event_payout=event_payout, rules=[NEW], name="New", payout=Decimal("2.50"))
    add_payout_adjustment(event_payout=event_payout, rules=[], direction="DECREASE", rate=Decimal("5.0"))
    add_payout_restriction(event_payout=event_payout, rules=[NEW])
    page = editor.get(url("terms_edit", event_payout.template_terms_id) + f"?event={event_payout.pk}")
    summary = page.context["summary"][: len(SECTIONS)]  # before what applies to every event type, which may be unset
    for section, said in zip(EVERY, summary, strict=True):
        assert said.figures or said.rest or said.sentence, section


def test_the_summary_shows_eight_groups_and_counts_the_rest(event_payout, editor):
    for number in range(10):
        add_payout_group(event_payout=event_payout, rules=[], name=f"G{number}", payout=Decimal(number))
    page = editor.get(url("terms_edit", event_payout.template_terms_id) + f"?event={event_payout.pk}")
    [groups] = [said for said in page.context["summary"] if said.figures]
    assert ([figure for figure, _ in groups.figures][:2], len(groups.figures), groups.more) == (
        ["£0.00", "£1.00"],
        8,
        2,
    )
