"""Settings → Tracking → Event Types, and the step before a mapping is in force."""

from datetime import date

import pytest
from django.urls import reverse

from program.event_types.services import set_customer_status_mapping
from program.models import EventType
from tests.factories import make_action, make_contracts, make_event_type, make_partner, terms_document

FORM = {
    "name": "Online sale", "code": "SALE", "category": "SALE", "payout_levels": "ITEM", "deduplication_days": "45",
    "reported_by": "BOTH",
}  # fmt: skip


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand)


@pytest.fixture
def mapping_url(sale):
    return reverse("program:event_type_mapping", args=[1000, sale.pk])


def mapped(*pairs, **more):
    return {"category": [category for category, _ in pairs], "codes": [codes for _, codes in pairs], **more}


def test_a_code_that_no_csv_reader_takes_is_told(editor, mapping_url):
    response = editor.post(mapping_url, mapped(("New", "a" * 140_000), enabled="on"))
    assert response.status_code == 422
    assert "far longer than 40 characters" in response.content.decode()


def test_an_event_type_is_made(brand, editor):
    response = editor.post(reverse("program:event_type_create", args=[1000]), {**FORM, "is_active": "on"}, follow=True)
    made = EventType.objects.get(program=brand)
    assert (made.code, made.payout_levels, made.deduplication_days, made.is_active) == ("SALE", "ITEM", 45, True)
    assert made.reported_by == "BOTH"
    assert "Online sale was created." in response.content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "sale"}, "An event type with the code sale already exists."),
        ({"code": "no good"}, "Use letters, digits, - and _ only."),
        ({"name": ""}, "Enter a name."),
        ({"code": "X", "deduplication_days": "0"}, "Enter 1 or more."),
        ({"code": "X", "deduplication_days": "367"}, "Enter 366 or less."),
        ({"code": "X", "category": "CLICK"}, "Choose one of the list."),
    ],
)
def test_a_mistake_is_said_beside_its_field(change, message, sale, editor):
    response = editor.post(reverse("program:event_type_create", args=[1000]), {**FORM, **change})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert EventType.objects.count() == 1


def test_an_edit_leaves_the_code_alone(sale, editor):
    editor.post(reverse("program:event_type_edit", args=[1000, sale.pk]), {**FORM, "code": "OTHER", "name": "Order"})
    sale.refresh_from_db()
    assert (sale.code, sale.name, sale.is_active, sale.deduplication_days) == ("SALE", "Order", False, 45)


def test_an_error_among_the_advanced_settings_is_not_folded_away(sale, editor):
    response = editor.post(
        reverse("program:event_type_edit", args=[1000, sale.pk]), {**FORM, "deduplication_days": "999"}
    )
    assert response.status_code == 422
    assert '<details class="advanced" id="advanced" open>' in response.content.decode()


def test_switching_the_mapping_on_first_says_what_follows(sale, editor, mapping_url):
    response = editor.post(mapping_url, mapped(("New", "neu"), ("Staff", "crew"), enabled="on"))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Your tracking code changes." in page
    assert "http://localhost:8000/Advertisers/" in page  # BASE_URL, whatever host the request named
    assert "CustomerStatus=neu" in page
    sale.refresh_from_db()
    assert not sale.has_status_mapping, "nothing is in force before it is confirmed"

    confirmed = mapped(("New", "neu"), ("Staff", "crew"), enabled="on", confirmed="1")
    assert editor.post(mapping_url, confirmed).status_code == 302
    sale.refresh_from_db()
    assert sale.statuses() == {"New": ["neu"], "Staff": ["crew"]}


def test_the_step_carries_what_was_typed(editor, mapping_url):
    page = editor.post(mapping_url, mapped(("New", 'a, "b,c"'), enabled="on")).content.decode()
    assert '<input type="hidden" name="codes" value="a, &quot;b,c&quot;">' in page


def test_with_script_the_step_is_a_dialog(editor, mapping_url):
    response = editor.post(mapping_url, mapped(("New", "neu"), enabled="on"), headers={"hx-request": "true"})
    assert response["HX-Retarget"] == "#dialog"
    assert "<html" not in response.content.decode()


def test_codes_by_which_nothing_changes_are_saved_without_the_step(sale, editor, mapping_url):
    set_customer_status_mapping(event_type=sale, mapping={"New": ["neu"]}, enabled=True)
    assert editor.post(mapping_url, mapped(("New", "neu, NEU"), enabled="on")).status_code == 302


def test_switching_off_keeps_the_codes_on_the_page(sale, editor, mapping_url):
    set_customer_status_mapping(event_type=sale, mapping={"New": ["neu"]}, enabled=True)
    asked = editor.post(mapping_url, mapped(("New", "neu"))).content.decode()
    assert "Switch the mapping off" in asked
    page = editor.post(mapping_url, mapped(("New", "neu"), confirmed="1"), follow=True).content.decode()
    sale.refresh_from_db()
    assert sale.statuses() == {}
    assert 'name="codes" value="neu"' in page


def test_a_code_in_two_categories_is_refused_with_the_form_as_typed(sale, editor, mapping_url):
    response = editor.post(mapping_url, mapped(("New", "x"), ("Existing", "X"), ("", ""), enabled="on"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "The code “X” is listed under New and under Existing" in page
    assert 'name="codes" value="X"' in page


def test_the_error_stands_on_both_rows_and_marks_the_code_in_each(editor, mapping_url):
    codes = mapped(("New", "x, n"), ("Existing", "X"), ("Re-Engaged", "r"), enabled="on")
    rows = editor.post(mapping_url, codes).context["rows"]
    wrong = [(row.category, [chip.code for chip in row.chips if chip.is_wrong], len(row.errors)) for row in rows]
    assert wrong == [("New", ["x"], 1), ("Existing", ["X"], 1), ("Re-Engaged", [], 0), ("", [], 0)]


@pytest.mark.parametrize(
    ("button", "codes"),
    [
        ({"take": "1"}, {"New": ["a", "b", "c,d"], "Existing": ["x"]}),
        ({"drop": '["New", "A"]'}, {"New": ["b", "c,d"], "Existing": ["x"]}),
        ({"assign": '["Existing", "B"]'}, {"New": ["a", "c,d"], "Existing": ["x", "B"]}),
        ({"assign": '["New", "guest"]'}, {"New": ["a", "b", "c,d", "guest"], "Existing": ["x"]}),
        ({"assign": "[1, 2]"}, {"New": ["a", "b", "c,d"], "Existing": ["x"]}),
        ({"drop": "no pair"}, {"New": ["a", "b", "c,d"], "Existing": ["x"]}),
    ],
)
def test_a_button_changes_the_form_and_stores_nothing(button, codes, sale, editor, mapping_url):
    typed = mapped(("New", "a, b"), ("Existing", "x"), enabled="on", more=['A, "c,d"', ""])
    response = editor.post(mapping_url, typed | button, headers={"hx-request": "true"})
    assert response.status_code == 200
    assert {row.category: list(row.codes) for row in response.context["rows"] if row.category} == codes
    assert response.context["is_unsaved"]
    assert not sale.customerstatusmapping_set.exists()


def test_a_form_without_rows_is_still_a_form(editor, mapping_url):
    assert editor.post(mapping_url, {"add": "1"}).status_code == 200


def test_many_codes_are_a_text_to_edit_and_the_page_stays_small(sale, editor, mapping_url):
    codes = [f"c{n}" for n in range(10_000)]
    set_customer_status_mapping(event_type=sale, mapping={"New": codes}, enabled=True)
    response = editor.get(mapping_url)
    (new, *_) = response.context["rows"]
    assert (len(new.chips), new.more, response.context["is_unsaved"]) == (50, 9_950, False)
    assert len(response.content) < 150_000
    assert editor.post(mapping_url, mapped(("New", new.text), enabled="on")).status_code == 302


def test_codes_without_a_category_are_refused(editor, mapping_url):
    response = editor.post(mapping_url, mapped(("", "x"), enabled="on"))
    assert response.status_code == 422
    assert "A category needs a name." in response.content.decode()


def test_a_row_for_an_own_category_can_be_added(editor, mapping_url):
    page = editor.post(mapping_url, mapped(("New", "n"), ("Staff", "s"), ("", ""), add="1")).content.decode()
    assert page.count('placeholder="Your own category"') == 3
    assert 'value="Staff"' in page


def test_the_tracking_code_can_be_sent_as_it_stands(sale, editor, mapping_url):
    page = editor.get(mapping_url).content.decode()
    assert "/Advertisers/BB-ANVILS/Conversions" in page
    assert "EventTypeCode=SALE" in page
    assert "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CustomerId,CustomerStatus" in page


WORKS_OUT = {**FORM, "is_active": "on", "works_out_status": "on", "re_engaged_after_days": "180"}


def edit(editor, sale, sent):
    return editor.post(reverse("program:event_type_edit", args=[1000, sale.pk]), sent, follow=True)


def test_the_status_is_not_worked_out_unless_somebody_says_so(brand, editor):
    editor.post(reverse("program:event_type_create", args=[1000]), {**FORM, "is_active": "on"})
    made = EventType.objects.get(program=brand)
    assert (made.works_out_status, made.re_engaged_after_days) == (False, 365)


def test_switching_it_on_says_since_when_the_order_history_is_complete(brand, sale, editor):
    page = edit(editor, sale, WORKS_OUT).content.decode()
    sale.refresh_from_db()
    assert (sale.works_out_status, sale.re_engaged_after_days) == (True, 180)
    assert "earlier orders, of which there is none yet." in page
    edit(editor, sale, {**WORKS_OUT, "works_out_status": ""})
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    make_action(program=brand, EventDate="2026-03-01T12:00:00Z")
    make_action(program=brand, EventDate="2025-03-01T12:00:00Z", is_test=True)
    assert "earlier orders, which are complete since 1 Mar 2026." in edit(editor, sale, WORKS_OUT).content.decode()
    brand.orders_complete_since = date(2026, 5, 1)
    brand.save()
    edit(editor, sale, {**WORKS_OUT, "works_out_status": ""})
    assert "which are complete since 1 May 2026." in edit(editor, sale, WORKS_OUT).content.decode()


def test_the_page_offers_the_import_of_earlier_orders(brand, sale, editor, bob, client_of):
    address = reverse("program:event_type_edit", args=[1000, sale.pk])
    page = editor.get(address).content.decode()
    assert "No order is stored yet: every customer looks New at first." in page
    assert "import the dates of earlier orders" in page
    assert "import the dates of earlier orders" not in client_of(bob).get(address).content.decode()


@pytest.mark.parametrize(
    ("days", "message"),
    [("", "Enter a number of days."), ("0", "Enter 1 or more."), ("3651", "Enter 3650 or less.")],
)
def test_days_that_say_nothing_are_refused(days, message, sale, editor):
    response = edit(editor, sale, {**WORKS_OUT, "re_engaged_after_days": days})
    assert response.status_code == 422
    assert message in response.content.decode()


def test_the_days_stay_where_the_switch_is_off_and_none_are_sent(sale, editor):
    EventType.objects.update(re_engaged_after_days=90)
    edit(editor, sale, FORM)
    sale.refresh_from_db()
    assert (sale.works_out_status, sale.re_engaged_after_days) == (False, 90)
