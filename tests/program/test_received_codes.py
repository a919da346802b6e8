"""The codes that orders were received with, beside the mapping that they fall under."""

import pytest
import time_machine
from django.urls import reverse

from program.event_types.services import set_customer_status_mapping
from program.models import EventType, ReceivedValue
from tests.factories import make_conversion, make_event_type, make_program
from tracking.models import Conversion


@pytest.fixture
def sale(brand):
    event_type = make_event_type(program=brand)
    set_customer_status_mapping(event_type=event_type, mapping={"New": ["fresh"], "Staff": ["crew"]}, enabled=True)
    return event_type


@pytest.fixture
def url(sale):
    return reverse("program:event_type_mapping", args=[1000, sale.pk])


def receive(event_type, code, orders, day="2026-11-20", variable="CUSTOMER_STATUS"):
    ReceivedValue.objects.create(
        program=event_type.program, event_type=event_type, variable=variable, value=code, day=day, orders=orders
    )


def hold(event_type, *codes, state="HELD", is_test=False, received_at=None, **parameters):
    for code in codes:
        sent = parameters if code is None else {"CustomerStatus": code, **parameters}
        held = make_conversion(program=event_type.program, EventTypeCode=event_type.code, **sent)
        fields = {"state": state, "is_test": is_test} | ({"received_at": received_at} if received_at else {})
        Conversion.objects.filter(pk=held.pk).update(**fields)


def lines(response):
    return [(line.code, line.orders, line.status) for line in response.context["received"]]


@pytest.fixture(autouse=True)
def on_a_saturday():
    with time_machine.travel("2026-11-21T13:00:00Z", tick=False):
        yield


def test_what_falls_under_other_comes_first_then_the_most_frequent(sale, url, alice, client_of):
    for code, orders in (("fresh", 9), ("crew", 4), ("guest", 2), ("Returning", 30), ("walk-in", 3)):
        receive(sale, code, orders)
    response = client_of(alice).get(url)
    assert lines(response) == [
        ("walk-in", 3, ""), ("guest", 2, ""), ("Returning", 30, "Existing"), ("fresh", 9, "New"), ("crew", 4, "Staff"),
    ]  # fmt: skip
    assert "2 codes of 5 orders fall under Other." in response.content.decode()


def test_codes_that_only_held_orders_carry_are_seen_and_the_others_count_them_too(sale, url, alice, client_of):
    receive(sale, "guest", 2, "2026-11-01")
    hold(sale, "walk-in", "GUEST", "guest", None)
    hold(sale, "test", is_test=True)
    hold(sale, "settled", state="PRICED")
    hold(sale, "twice", state="DUPLICATE")
    hold(sale, "long ago", received_at="2026-10-22T12:00:00Z")
    hold(make_event_type(program=sale.program, code="LEAD"), "lead")
    response = client_of(alice).get(url)
    assert lines(response) == [("guest", 4, ""), ("walk-in", 1, "")]
    assert [(line.held, str(line.last_seen)) for line in response.context["received"]] == [
        (2, "2026-11-21"),
        (1, "2026-11-21"),
    ]
    page = response.content.decode()
    assert "· 2 held" in page
    assert "1 order came without a code" in page


def test_a_held_order_whose_status_will_be_worked_out_is_not_one_without(sale, url, alice, client_of):
    hold(sale, None, CustomerId="C-1")
    hold(sale, None)
    assert client_of(alice).get(url).context["without_code"] == 2
    EventType.objects.filter(pk=sale.pk).update(works_out_status=True)
    assert client_of(alice).get(url).context["without_code"] == 1


def test_orders_without_a_code_are_counted_beside_the_codes(sale, url, alice, client_of):
    receive(sale, "", 12)
    receive(sale, "fresh", 3)
    response = client_of(alice).get(url)
    assert lines(response) == [("fresh", 3, "New")]
    assert "12 orders came without a code and fall under Other" in response.content.decode()
    assert "By the day on which an order was received" in response.content.decode()


def test_spellings_are_one_code_and_only_thirty_days_count(sale, url, alice, client_of):
    receive(sale, "fresh", 5, "2026-11-01")
    receive(sale, "FRESH", 2, "2026-11-20")
    receive(sale, "fresh", 40, "2026-10-22")
    receive(sale, "old", 40, "2026-10-22")
    receive(sale, "fresh", 1, "2026-10-23")
    (line,) = client_of(alice).get(url).context["received"]
    assert (line.code, line.orders, str(line.last_seen)) == ("fresh", 8, "2026-11-20")


def test_a_code_falls_where_the_form_as_it_stands_puts_it(sale, url, alice, client_of):
    receive(sale, "guest", 2)
    browser = client_of(alice)
    form = {"category": ["New", "Staff"], "codes": ["fresh", "crew"], "enabled": "on", "assign": '["Staff", "guest"]'}
    assert lines(browser.post(url, form)) == [("guest", 2, "Staff")]
    assert lines(browser.get(url)) == [("guest", 2, "")], "nothing is stored"


def test_a_code_that_was_assigned_keeps_the_focus(sale, url, alice, client_of):
    receive(sale, "guest", 2)
    receive(sale, "crew", 2)
    form = {"category": ["New", "Staff"], "codes": ["fresh", "crew"], "enabled": "on", "assign": '["New", "GUEST"]'}
    received = client_of(alice).post(url, form).context["received"]
    assert {line.code: line.is_focused for line in received} == {"guest": True, "crew": False}


def test_many_statuses_to_assign_to_keep_the_page_small(sale, url, alice, client_of):
    for n in range(60):
        receive(sale, f"c{n}", 1)
    form = {"category": [f"Status number {n}" for n in range(40)], "codes": [""] * 40, "enabled": "on", "take": "1"}
    response = client_of(alice).post(url, form)
    assert len(response.context["received"]) == 7
    assert len(response.content) < 150_000


def test_with_the_mapping_off_only_the_known_codes_fall_under_a_status(sale, url, alice, client_of):
    set_customer_status_mapping(event_type=sale, mapping={"New": ["fresh"]}, enabled=False)
    receive(sale, "fresh", 2)
    receive(sale, "NEW", 1)
    assert lines(client_of(alice).get(url)) == [("fresh", 2, ""), ("NEW", 1, "New")]


def test_other_event_types_programs_and_variables_are_not_shown(sale, url, alice, client_of):
    receive(make_event_type(program=sale.program, code="LEAD"), "lead", 1)
    receive(make_event_type(program=make_program()), "theirs", 1)
    receive(sale, "text", 1, variable="TEXT1")
    assert lines(client_of(alice).get(url)) == []


def test_a_viewer_sees_where_codes_fall_and_has_nothing_to_press(sale, url, bob, client_of):
    receive(sale, "guest", 2)
    page = client_of(bob).get(url).content.decode().split("<main")[1].split("</main>")[0]
    assert "<code>guest</code>" in page
    assert "<code>fresh</code>" in page
    assert 'name="assign"' not in page
    assert 'name="drop"' not in page
    assert 'name="more"' not in page
    assert page.count('placeholder="Your own category"') == 1, "Staff, and no row to fill in"


def test_many_codes_make_a_page_of_the_first(sale, url, alice, client_of):
    ReceivedValue.objects.bulk_create(
        ReceivedValue(
            program=sale.program, event_type=sale, variable="CUSTOMER_STATUS", value=f"c{n}", day="2026-11-20", orders=1
        )
        for n in range(10_000)
    )
    response = client_of(alice).get(url)
    assert (len(response.context["received"]), response.context["more_received"]) == (25, 9_975)
    assert len(response.content) < 150_000


@pytest.mark.parametrize("sent", ["[" * 200_000, '{"a":' * 50_000, '["New", "\\ud800"]', '["New"]', "7"])
def test_a_button_that_no_page_has_changes_nothing(sent, sale, url, alice, client_of):
    for name in ("assign", "drop"):
        answer = client_of(alice).post(url, {"category": ["New"], "codes": ["fresh"], "more": [""], name: sent})
        assert answer.status_code == 200
        assert 'value="fresh"' in answer.content.decode()


def test_a_mapping_of_too_many_codes_is_refused_in_a_few_words(sale, url, alice, client_of):
    codes = ", ".join(f"code-{number}" for number in range(20_001))
    answer = client_of(alice).post(url, {"category": ["New"], "codes": [codes], "more": [""], "save": "1"})
    assert answer.status_code == 422
    assert "at most 50 categories and 20,000 codes; this one has 1 and 20,001." in answer.content.decode()


def test_of_many_codes_that_are_listed_twice_the_first_are_named(sale, url, alice, client_of):
    codes = ", ".join(f"code-{number}" for number in range(2_000))
    sent = {"category": ["New", "Existing"], "codes": [codes, codes], "more": ["", ""], "save": "1"}
    page = client_of(alice).post(url, sent).content.decode()
    assert page.count("is listed under New and under Existing") == 10
    assert "And 95 more." in page
