"""Credit policy and referral window, from the page of a draft to what a partner reads."""

from decimal import Decimal

import pytest

from contracts.drafts.documents import draft_document, published_terms, section_value
from contracts.drafts.sections import set_sections
from contracts.engine.document.sections.referral_window import ValidReferral
from contracts.publishing.services import publish_draft
from contracts.sections.referral_window import CREDIT
from tests.contracts.addresses import HTMX, url

DAYS = "Enter a whole number from 1 to 400 days."
BOTH = (ValidReferral("CLICKS", 7, "DAY"), ValidReferral("IMPRESSIONS", 36, "HOUR"))


def credit(**changes):
    return {
        "credit_policy": "LAST_REFERRER", "has_clicks": "on", "clicks_window": "30", "clicks_unit": "DAY",
        "impressions_window": "1", "impressions_unit": "DAY", **changes,
    }  # fmt: skip


def save(editor, event_payout, **changes):
    return editor.post(url("section_save", event_payout.pk, CREDIT), credit(**changes))


@pytest.mark.parametrize(
    ("changes", "policy", "referrals"),
    [
        ({}, "LAST_REFERRER", (ValidReferral("CLICKS", 30, "DAY"),)),
        ({"credit_policy": "FIRST_REFERRER"}, "FIRST_REFERRER", (ValidReferral("CLICKS", 30, "DAY"),)),
        ({"clicks_window": "9600", "clicks_unit": "HOUR"}, "LAST_REFERRER", (ValidReferral("CLICKS", 9600, "HOUR"),)),
        (
            {"clicks_window": "7", "has_impressions": "on", "impressions_window": "36", "impressions_unit": "HOUR"},
            "LAST_REFERRER",
            BOTH,
        ),
        ({"has_clicks": "", "has_impressions": "on"}, "LAST_REFERRER", (ValidReferral("IMPRESSIONS", 1, "DAY"),)),
        ({"clicks_window": "7", "impressions_window": ""}, "LAST_REFERRER", (ValidReferral("CLICKS", 7, "DAY"),)),
    ],
    ids=["as offered", "first", "hours", "impressions too", "impressions alone", "an empty window that is off"],
)
def test_what_is_typed_is_saved_shown_and_published(changes, policy, referrals, event_payout, editor):
    assert save(editor, event_payout, **changes).status_code == 302
    event_payout.refresh_from_db()
    assert section_value(event_payout, "credit_policy") == policy
    assert section_value(event_payout, "valid_referrals") == referrals
    form = CREDIT.form(event_payout)
    shown = {name: form.initial[name] for name in ("has_clicks", "has_impressions")}
    assert shown == {
        "has_clicks": referrals[0].type == "CLICKS",
        "has_impressions": referrals[-1].type == "IMPRESSIONS",
    }
    version = publish_draft(template_terms=event_payout.template_terms).version
    [payout] = published_terms(version.document).event_payouts
    assert (payout.credit_policy, payout.valid_referrals) == (policy, referrals)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"clicks_window": ""}, "clicks_window", DAYS),
        ({"clicks_window": "0"}, "clicks_window", DAYS),
        ({"clicks_window": "1.5"}, "clicks_window", DAYS),
        ({"clicks_window": "401"}, "clicks_window", DAYS),
        ({"clicks_window": "9601"}, "clicks_window", DAYS),
        (
            {"clicks_window": "9601", "clicks_unit": "HOUR"},
            "clicks_window",
            "Enter a whole number from 1 to 9,600 hours.",
        ),
        ({"clicks_unit": "WEEK"}, "clicks_unit", "Choose one of the list."),
        ({"has_impressions": "on", "impressions_window": "x"}, "impressions_window", DAYS),
        ({"has_impressions": "on", "impressions_window": "401"}, "impressions_window", DAYS),
        ({"has_clicks": ""}, "has_clicks", "Switch on this, impressions, or both."),
        ({"credit_policy": "ANY"}, "credit_policy", "Choose one of the list."),
    ],
)
def test_what_is_wrong_is_said_beneath_its_line_and_saves_nothing(changes, field, said, event_payout, editor):
    answer = editor.post(url("section_save", event_payout.pk, CREDIT), credit(**changes), **HTMX)
    assert answer.status_code == 422
    part = answer.context["part"]
    assert dict(part.form.errors) == {field: [said]}
    assert part.problems == [(field, f"{part.form[field].label}: {said}")]
    assert f'data-field="{field}"' in answer.content.decode()
    event_payout.refresh_from_db()
    assert section_value(event_payout, "valid_referrals") == (ValidReferral(),)
    assert said in save(editor, event_payout, **changes).content.decode(), "without htmx it stands on the page"


def test_the_page_says_from_when_on_clicks_and_impressions_count(event_payout, editor, time_machine):
    time_machine.move_to("2026-03-30T08:00:00Z")  # the day after the clocks of London went forward
    typed = credit(clicks_window="1", has_impressions="on", impressions_window="48", impressions_unit="HOUR")
    page = editor.post(url("section_save", event_payout.pk, CREDIT), typed, **HTMX).content.decode()
    assert "clicks since <b>29 Mar 2026, 09:00 BST</b> or impressions since <b>28 Mar 2026, 08:00 GMT</b>" in page


def test_what_is_the_default_leaves_the_document_as_it_was_before_there_was_a_choice(event_payout, editor):
    plain = draft_document(event_payout.template_terms)
    save(editor, event_payout)
    assert draft_document(event_payout.template_terms) == plain
    assert not {"CreditPolicy", "ValidReferrals"} & set(plain["EventPayouts"][0])


def test_a_draft_from_before_there_was_a_choice_has_the_default(event_payout, editor):
    for name in ("credit_policy", "valid_referrals"):
        event_payout.switched_on.pop(name)
    event_payout.save()
    before = draft_document(event_payout.template_terms)
    save(editor, event_payout, credit_policy="FIRST_REFERRER")
    event_payout.refresh_from_db()
    [payout] = draft_document(event_payout.template_terms)["EventPayouts"]
    assert payout == before["EventPayouts"][0] | {"CreditPolicy": "FIRST_REFERRER"}


def test_review_comparison_and_version_say_it_in_words(event_payout, editor):
    terms = event_payout.template_terms
    first = publish_draft(template_terms=terms).version
    set_sections(event_payout=event_payout, values={"credit_policy": "FIRST_REFERRER", "valid_referrals": BOTH})
    words = [
        ("Credit policy", "The last referrer is credited.", "The first referrer is credited."),
        (
            "Referral window",
            "Referrals are allowed from clicks within 30 days before the order.",
            "Referrals are allowed from clicks within 7 days and impressions within 36 hours before the order.",
        ),
    ]
    review = editor.get(url("terms_publish", terms.pk))
    second = publish_draft(template_terms=terms).version
    compared = editor.get(url("version_compare", second.pk), {"with": first.number})
    for page in (review, compared):
        [section] = page.context["changes"]
        assert section.title == "Online sale: payout, dates and credit"
        assert [(change.what, change.before, change.after) for change in section.changes] == words
    version = editor.get(url("version_detail", second.pk)).content.decode()
    assert (
        "<h2>Credit and referral window</h2><p>The first referrer is credited.</p><p>Referrals are allowed from clicks"
        in version
    )


def test_a_viewer_reads_it_and_saves_nothing(event_payout, viewer):
    page = viewer.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert 'hx-trigger="save"' not in page
    assert save(viewer, event_payout, credit_policy="FIRST_REFERRER").status_code == 403


def test_terms_made_from_existing_ones_take_both_along(event_payout, editor):
    set_sections(event_payout=event_payout, values={"credit_policy": "FIRST_REFERRER", "valid_referrals": BOTH})
    editor.post(url("terms_create"), {"name": "Copy", "currency": "GBP", "copy_from": event_payout.template_terms_id})
    copy = type(event_payout).objects.get(template_terms__name="Copy")
    assert section_value(copy, "credit_policy") == "FIRST_REFERRER"
    assert section_value(copy, "valid_referrals") == BOTH
    assert section_value(copy, "default_payout").payout_rate == Decimal(10)
