"""Limits on the page of a draft: rows that are typed, kept, refused and published."""

from decimal import Decimal

import pytest

from common.refusals import Refused
from contracts.drafts.documents import draft_document, section_value
from contracts.engine.document.sections.limits import Limit
from contracts.models import EventPayout, TemplateTerms
from contracts.publishing.services import publish_draft
from contracts.sections.limits import LIMITS_PANEL
from contracts.sections.registry import PANELS
from tests.contracts.addresses import HTMX, url


def typed(*rows):
    return {
        f"limit-{number}-{part}": value
        for number, row in enumerate(rows)
        for part, value in zip(("type", "value", "by", "period"), row, strict=True)
    }


def save(editor, event_payout, fields, **options):
    return editor.post(url("section_save", event_payout.pk, LIMITS_PANEL), fields, **options)


def stored(event_payout):
    return section_value(EventPayout.objects.get(pk=event_payout.pk), "limits")


def test_rows_are_saved_in_their_order_and_one_without_a_value_is_none(event_payout, editor):
    fields = typed(
        ("PAYOUT", "50.00", "CUSTOMER", "MONTH"), ("PAYOUT", " ", "ALL", "DAY"), ("ACTION", "1", "CLICK", "MONTH"),
        ("PAYOUT", "500", "ALL", "CONTRACT"),
    )  # fmt: skip
    assert save(editor, event_payout, fields).status_code == 302
    assert stored(event_payout) == (
        Limit("PAYOUT", "CUSTOMER", Decimal(50), "MONTH"), Limit("ACTION", "CLICK", Decimal(1)),
        Limit("PAYOUT", "ALL", Decimal(500), "CONTRACT"),
    )  # fmt: skip
    assert draft_document(event_payout.template_terms)["EventPayouts"][0]["Limits"] == [
        {"Type": "PAYOUT", "LimitBy": "CUSTOMER", "Period": "MONTH", "Value": "50"},
        {"Type": "ACTION", "LimitBy": "CLICK", "Value": "1"},
        {"Type": "PAYOUT", "LimitBy": "ALL", "Period": "CONTRACT", "Value": "500"},
    ]
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert (
        "At most £50.00 for each customer in a month. At most 1 action for each click. At most £500.00 in all." in page
    )
    form = PANELS["limits"].form(EventPayout.objects.get(pk=event_payout.pk))
    assert [row.value.value() for row in form.rows] == ["50", "1", "500"]
    assert save(editor, event_payout, {}).status_code == 302
    assert stored(event_payout) == ()


@pytest.mark.parametrize(("row", "words"), [
    (("ACTION", "5", "ORDER", "MONTH"), "an order is one action"),
    (("PAYOUT", "5", "ITEM", "MONTH"), "goes with payouts by item"),
    (("ACTION", "2.5", "ALL", "MONTH"), "ust be a whole number"),
    (("PAYOUT", "0", "ALL", "MONTH"), "more than 0"),
    (("PAYOUT", "5.005", "ALL", "MONTH"), "at most 2 decimals"),
    (("PAYOUT", "much", "ALL", "MONTH"), "Write a number"),
    (("PAYOUT", "5", "ALL", "YEAR"), "Choose one of the list"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_its_row_and_nothing_is_saved(event_payout, editor, row, words):
    answer = save(editor, event_payout, typed(("PAYOUT", "", "ALL", "MONTH"), ("PAYOUT", "9", "ALL", "DAY"), row))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page.partition('id="limits"')[2]
    assert "Limit 2" in page
    assert stored(event_payout) == ()


@pytest.mark.parametrize(("row", "field"), [
    (("PAYOUT", "0", "ALL", "MONTH"), "limit-7-value"),
    (("PAYOUT", "5.005", "ALL", "MONTH"), "limit-7-value"),
    (("ACTION", "5", "ORDER", "MONTH"), "limit-7-by"),
    (("PAYOUT", "5", "ALL", "YEAR"), "limit-7-period"),
    (("PAYOUT", "9", "ALL", "DAY"), "limit-7-value"),  # the same as the row before
])  # fmt: skip
def test_an_error_is_marked_in_the_row_as_the_page_numbers_it_after_others_were_removed(
    event_payout, editor, row, field
):
    """The page keeps the numbers of its rows: the first was removed, and the fourth was added later as the seventh."""
    rows = {0: ("PAYOUT", "", "ALL", "MONTH"), 2: ("PAYOUT", "9", "ALL", "DAY"), 7: row}
    fields = {}
    for number, values in rows.items():
        fields |= {name.replace("limit-0", f"limit-{number}"): value for name, value in typed(values).items()}
    answer = save(editor, event_payout, fields, **HTMX)
    assert answer.status_code == 422
    [(marked, problem)] = answer.context["part"].problems
    assert marked == field
    assert problem.startswith("Limit 2")
    page = save(editor, event_payout, fields).content.decode()
    assert f'name="{field}"' in page
    assert '<row-list data-next="8">' in page, "a row that is added has a number of its own"


def test_rows_that_keep_their_numbers_are_saved_in_their_order(event_payout, editor):
    fields = {name.replace("limit-0", "limit-4"): value for name, value in typed(("PAYOUT", "5", "ALL", "DAY")).items()}
    fields |= {name.replace("limit-0", "limit-12"): value
               for name, value in typed(("ACTION", "3", "ALL", "WEEK")).items()}  # fmt: skip
    assert save(editor, event_payout, fields, **HTMX).status_code == 200
    assert stored(event_payout) == (
        Limit("PAYOUT", "ALL", Decimal(5), "DAY"),
        Limit("ACTION", "ALL", Decimal(3), "WEEK"),
    )


def test_a_limit_of_a_locking_period_is_not_published_without_locking(event_payout, editor):
    row = ("PAYOUT", "5", "ALL", "LOCKING_PERIOD")
    assert save(editor, event_payout, typed(row)).status_code == 302  # the draft locks after 15 days
    off = {"locking_months": "0", "locking_days": "20", "locking_period": "MONTH", "scheduling_months": "0",
           "scheduling_days": "20", "scheduling_period": "END_OF_MONTH"}  # fmt: skip
    answer = editor.post(url("section_save", event_payout.pk, PANELS["schedule"]), off)
    assert answer.status_code == 302
    with pytest.raises(Refused, match="a locking period needs action locking"):
        publish_draft(template_terms=TemplateTerms.objects.get(pk=event_payout.template_terms_id))


def test_a_reader_sees_limits_and_cannot_change_them(event_payout, editor, viewer):
    save(editor, event_payout, typed(("PAYOUT", "50", "ALL", "MONTH")))
    page = viewer.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    section = page.partition('<details id="limits"')[2].partition("</details>")[0]
    assert 'value="50"' in section
    assert "Add a limit" not in section
    assert save(viewer, event_payout, typed(("PAYOUT", "60", "ALL", "MONTH"))).status_code == 403
