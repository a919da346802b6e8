"""The sections of the terms as a whole in a draft: stored, switched, published, compared, and their forms."""

import re
from decimal import Decimal

import pytest

from common.db.edits import Stale, fingerprint
from common.refusals import Refused
from contracts.drafts.currency import CurrencyUnconfirmed
from contracts.drafts.documents import draft_document, draft_terms, fill_draft, published_terms, section_value
from contracts.drafts.sections import section_values, set_terms_sections
from contracts.drafts.template_terms import change_template_terms, create_template_terms
from contracts.drafts.unpublished import has_unpublished_changes
from contracts.engine.document.terms import OF_TERMS
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.models import TemplateTerms
from contracts.publishing.services import join_partners, publish_draft, publish_version
from contracts.sections.panels import PAGE
from contracts.sections.registry import TERMS_PANELS
from tests.contracts.addresses import url

EVERY = [section for panel in TERMS_PANELS.values() for section in panel.sections]
SET = {
    "change_notification_period": 14,
    "max_return_percentage": Decimal(30),
    "action_limit": WholeLimit(Decimal(500), "DAY", Decimal(100)),
    "spend_limit": WholeLimit(Decimal(10_000), "MONTH"),
}
FORMS = {
    "notice": {"notice_days": "14"},
    "reversals": {"max_return": "30%"},
    "actions": {
        "has_action_limit": "on",
        "action_limit": "500",
        "action_limit_period": "DAY",
        "action_limit_weekend": "100",
    },
    "spending": {"has_spend_limit": "on", "spend_limit": "10000", "spend_limit_period": "MONTH"},
    "reset": {"reset_accrued": "on"},
}

pytestmark = pytest.mark.usefixtures("event_payout")


def test_every_section_of_the_terms_is_edited_in_one_place_of_the_page():
    assert sorted(section.section for section in EVERY) == sorted(OF_TERMS)
    assert len(EVERY) == len({section.slug for section in EVERY})


@pytest.mark.parametrize("section", EVERY, ids=[section.slug for section in EVERY])
def test_every_path_leads_to_a_field_of_the_section_s_form(section):
    assert set(section.fields.values()) <= set(section.form.base_fields)


@pytest.mark.parametrize("slug", FORMS)
def test_what_is_typed_is_saved_published_and_shown_again(terms, editor, slug):
    page = url("terms_edit", terms.pk)
    answer = editor.post(url("terms_section_save", terms.pk, TERMS_PANELS[slug]), FORMS[slug])
    assert answer.status_code == 302, answer.context["sent_form"].errors
    terms.refresh_from_db()
    [section] = TERMS_PANELS[slug].sections
    engine = OF_TERMS[section.section]
    value = section_value(terms, section.section)
    assert value != engine.absent
    assert getattr(draft_terms(terms), section.section) == value
    shown = editor.get(page)
    assert shown.context["advanced_line"] == f"{engine.short(value, 'GBP', PAGE)} · the rest off"
    version = publish_draft(template_terms=terms).version
    assert engine.write(value).items() <= version.document.items()


def test_a_draft_and_the_version_made_of_it_are_the_same_terms(terms):
    set_terms_sections(template_terms=terms, values=SET)
    version = publish_draft(template_terms=terms).version
    terms.refresh_from_db()
    assert version.document == draft_document(terms)
    assert published_terms(version.document) == draft_terms(terms)
    assert not has_unpublished_changes(terms)
    set_terms_sections(template_terms=terms, values={"change_notification_period": 0})
    assert has_unpublished_changes(terms)
    fill_draft(terms, published_terms(version.document))
    assert draft_document(TemplateTerms.objects.get(pk=terms.pk)) == version.document


def test_what_is_switched_off_is_kept_and_not_published(terms):
    set_terms_sections(template_terms=terms, values=SET, switches={"spend_limit": False})
    assert draft_terms(terms).spend_limit is None
    assert section_value(terms, "spend_limit") == SET["spend_limit"]
    assert "SpendLimit" not in publish_draft(template_terms=terms).version.document


def test_sections_are_set_all_or_none(terms):
    bad = WholeLimit(Decimal(5), "MONTH", Decimal(1))
    with pytest.raises(Refused, match=r"ActionLimit\.WeekendValue"):
        set_terms_sections(template_terms=terms, values={"change_notification_period": 3, "action_limit": bad})
    assert draft_terms(TemplateTerms.objects.get(pk=terms.pk)).change_notification_period == 0


def test_the_error_stands_at_its_field(terms, editor):
    sent = FORMS["spending"] | {"spend_limit_period": "DAY", "spend_limit_weekend": "20.005"}
    answer = editor.post(url("terms_section_save", terms.pk, TERMS_PANELS["spending"]), sent)
    assert answer.status_code == 422
    assert answer.context["sent_form"].errors == {
        "spend_limit_weekend": ["Write an amount with at most 2 decimals: GBP has no smaller ones."]
    }
    assert "<details" in answer.content.decode()
    assert answer.context["advanced_open"]


def test_a_weekend_value_is_of_limits_for_each_day_alone(terms, editor):
    """The page shows its field for them alone; what was typed in it before is left out."""
    sent = FORMS["actions"] | {"action_limit_period": "MONTH"}
    assert editor.post(url("terms_section_save", terms.pk, TERMS_PANELS["actions"]), sent).status_code == 302
    terms.refresh_from_db()
    assert draft_terms(terms).action_limit == WholeLimit(Decimal(500), "MONTH")
    assert editor.post(url("terms_section_save", terms.pk, TERMS_PANELS["actions"]), FORMS["actions"])
    terms.refresh_from_db()
    assert draft_terms(terms).action_limit == WholeLimit(Decimal(500), "DAY", Decimal(100))


def test_an_amount_is_shown_with_the_terms_currency(terms, editor):
    page = editor.get(url("terms_edit", terms.pk)).content.decode()
    assert re.search(r'name="spend_limit"[^>]*> GBP ', page)
    assert re.search(r'name="spend_limit_weekend"[^>]*> GBP ', page)


def test_a_section_changed_meanwhile_is_not_overwritten(terms, editor):
    seen = fingerprint(section_values(terms, ["change_notification_period"]))
    set_terms_sections(template_terms=terms, values={"change_notification_period": 3})
    with pytest.raises(Stale):
        set_terms_sections(template_terms=terms, values={"change_notification_period": 4}, seen=seen)
    sent = {"notice_days": "4", "opened_with": seen}
    answer = editor.post(url("terms_section_save", terms.pk, TERMS_PANELS["notice"]), sent)
    assert answer.status_code == 409


def test_a_copy_of_terms_has_their_sections(terms):
    set_terms_sections(template_terms=terms, values=SET)
    copy = create_template_terms(program=terms.program, name="Copy", copy_from=terms)
    assert draft_document(copy) == draft_document(terms) | {"Name": "Copy", "Labels": []}


def test_another_currency_asks_about_the_spend_limit(terms):
    set_terms_sections(template_terms=terms, values={"spend_limit": WholeLimit(Decimal(50), "DAY", Decimal(20))})
    with pytest.raises(CurrencyUnconfirmed) as unconfirmed:
        change_template_terms(template_terms=terms, name="Standard", labels=[], currency="USD")
    assert [(each.what, each.value) for each in unconfirmed.value.amounts] == [
        ("Spend limit", 50),
        ("Spend limit at weekends", 20),
    ]


def test_resetting_makes_a_version_once_and_begins_the_counters_with_it(terms, anna):
    first = publish_draft(template_terms=terms, join="all").version
    assert first.counters_since == 1
    set_terms_sections(template_terms=terms, values={"reset_accrued_actions": True})
    second = publish_draft(template_terms=terms)
    assert second.is_new
    assert second.version.document["ResetAccruedActions"] is True
    assert second.version.counters_since == 2
    terms.refresh_from_db()
    assert not has_unpublished_changes(terms)
    assert not publish_draft(template_terms=terms).is_new
    assert not join_partners(template_terms=terms, join="all").is_new
    set_terms_sections(template_terms=terms, values={"change_notification_period": 1})
    assert publish_draft(template_terms=terms).version.counters_since == 2


def test_publishing_an_older_version_again_does_not_reset_again(terms):
    set_terms_sections(
        template_terms=terms, values={"reset_accrued_actions": True, "max_return_percentage": Decimal(9)}
    )
    first = publish_draft(template_terms=terms).version
    terms.refresh_from_db()
    set_terms_sections(template_terms=terms, values={"max_return_percentage": Decimal(8)})
    publish_draft(template_terms=terms)
    again = publish_version(version=first).version
    assert (again.number, again.counters_since) == (3, 1)
    assert "ResetAccruedActions" not in again.document


def test_the_audit_log_names_the_section(terms, editor):
    editor.post(url("terms_section_save", terms.pk, TERMS_PANELS["notice"]), {"notice_days": "20"})
    page = editor.get("/p/1000/settings/audit-log/").content.decode()
    assert "change notification period" in page


def test_a_viewer_sees_the_sections_and_saves_none(terms, viewer, charlie, client_of):
    address = url("terms_section_save", terms.pk, TERMS_PANELS["notice"])
    assert viewer.get(url("terms_edit", terms.pk)).status_code == 200
    assert viewer.post(address, {"notice_days": "20"}).status_code == 403
    assert client_of(charlie).post(address, {"notice_days": "20"}).status_code == 404


def test_any_two_versions_are_compared_in_words_and_side_by_side(terms, editor):
    first = publish_draft(template_terms=terms).version
    for days in (3, 5):
        terms = TemplateTerms.objects.get(pk=terms.pk)
        set_terms_sections(template_terms=terms, values={"change_notification_period": days})
        third = publish_draft(template_terms=terms).version
    address = url("version_compare", third.pk)
    page = editor.get(address, {"of": 1, "with": 2})
    assert (page.context["first"], page.context["second"].number) == (first, 2)
    [section] = page.context["changes"]
    assert section.title == "Every event type"
    [change] = section.changes
    assert (change.before, change.after) == (
        "Changes can apply at once, without notice.",
        "Changes apply 3 days after they are published at the earliest.",
    )
    whole = editor.get(address, {"of": 3, "with": 1, "show": "all"})
    said = {each.what: each for section in whole.context["changes"] for each in section.changes}
    assert said["Change notice period"].differs
    assert not said["Default payout"].differs
    assert said["Default payout"].before == "10% of the order’s sale amount"
    assert whole.content.decode().count('class="is-changed"') == 1
    assert "They say the same." in editor.get(address, {"of": 2, "with": 2}).content.decode()
    assert editor.get(address, {"of": 9, "with": 2}).status_code == 404
    assert 'name="of"' in editor.get(url("version_list", terms.pk)).content.decode()
