"""Settings: the index, the program's own page, and the number of what needs attention in the navigation."""

import re
from datetime import date

import pytest

from common.db.edits import Stale
from common.refusals import Refused
from program.programs import change_program, program_values
from tests.factories import make_conversion, make_event_type, make_user
from tracking.models import Conversion

INDEX, PROGRAM = "/p/1000/settings/", "/p/1000/settings/program/"
NOW = "2026-11-20T10:00:00Z"
VALUES = {"name": "Anvils", "time_zone": "Europe/London", "currency": "GBP"}


def test_the_user_menu_and_the_navigation_lead_to_the_settings_and_these_to_the_event_types(brand, alice, client_of):
    page = client_of(alice).get(INDEX).content.decode()
    nav, rest = page.split("</nav>")[0], page.split('id="user-menu"')[1]
    assert f'href="{INDEX}"' in nav
    assert f'href="{INDEX}"' in rest
    tracking = page.split('id="tracking"')[1].split("</section>")[0]
    assert '<a class="row-link" href="/p/1000/settings/event-types/">Event Types</a>' in tracking


def test_a_page_of_the_settings_marks_them_in_the_navigation(brand, alice, client_of):
    for address in (INDEX, PROGRAM, "/p/1000/settings/event-types/", "/p/1000/settings/team/"):
        nav = client_of(alice).get(address).content.decode().split("</nav>")[0]
        assert re.findall(r'title="([^"]+)" aria-current="page"', nav) == ["Settings"]


def test_only_who_may_see_the_audit_log_is_led_to_it(brand, alice, client_of):
    admin = make_user(username="root", program=brand, role="ADMINISTRATOR")
    editor = make_user(username="erin", program=brand, role="EDITOR")
    assert "Audit log" in client_of(admin).get(INDEX).content.decode()
    assert "Audit log" not in client_of(editor).get(INDEX).content.decode()


def test_an_administrator_renames_the_program(brand, alice, client_of):
    client_of(alice).post(PROGRAM, VALUES | {"name": "Anvils & Co"})
    brand.refresh_from_db()
    assert brand.name == "Anvils & Co"


def test_time_zone_and_currency_change_while_there_is_no_order(brand, alice, client_of):
    client_of(alice).post(PROGRAM, VALUES | {"time_zone": "Europe/Berlin", "currency": "EUR"})
    brand.refresh_from_db()
    assert (brand.time_zone, brand.currency) == ("Europe/Berlin", "EUR")


def test_once_an_order_is_stored_they_are_fixed(brand, alice, client_of):
    make_order(brand, "A1")
    page = client_of(alice).get(PROGRAM).content.decode()
    assert "Time zone and currency are fixed." in page
    client_of(alice).post(PROGRAM, VALUES | {"name": "Hammers", "currency": "EUR"})
    brand.refresh_from_db()
    assert (brand.name, brand.currency) == ("Hammers", "GBP")
    with pytest.raises(Refused, match="fixed"):
        change_program(program=brand, name="Hammers", time_zone="Europe/London", currency="EUR")


def test_a_program_renamed_meanwhile_is_not_overwritten(brand, alice, client_of):
    opened = client_of(alice).get(PROGRAM).content.decode()
    seen = re.search(r'name="opened_with" value="([^"]+)"', opened)[1]
    change_program(program=brand, **program_values(brand) | {"name": "Meanwhile"})
    answer = client_of(alice).post(PROGRAM, VALUES | {"name": "Mine", "opened_with": seen})
    assert answer.status_code == 409
    assert "Meanwhile" in answer.content.decode()
    with pytest.raises(Stale):
        change_program(program=brand, name="Mine", time_zone="UTC", currency="GBP", seen=seen)


def test_an_unknown_time_zone_is_refused_beside_its_field(brand, alice, client_of):
    answer = client_of(alice).post(PROGRAM, VALUES | {"time_zone": "Europe/Nowhere"})
    assert answer.status_code == 422
    brand.refresh_from_db()
    assert brand.time_zone == "Europe/London"


def make_order(brand, order_id):
    """An order that is stored and waits for a worker."""
    if not brand.eventtype_set.exists():
        make_event_type(program=brand, code="SALE")
    return make_conversion(program=brand, EventTypeCode="SALE", OrderId=order_id, Amount="10", EventDate=NOW)


def waiting(page: str) -> str:
    """What the navigation says beside “Needs attention”."""
    return re.sub(r"<[^>]+>", "", page.split('title="Needs attention')[1].split("</a>")[0]).partition(">")[2]


def test_the_navigation_counts_what_needs_attention(brand, alice, client_of):
    assert waiting(client_of(alice).get(INDEX).content.decode()) == "Needs attention"
    for n, (state, is_test) in enumerate([("HELD", False), ("HELD", True), ("DUPLICATE", False), ("PRICED", False)]):
        order = make_order(brand, f"A{n}")
        Conversion.objects.filter(pk=order.pk).update(state=state, is_test=is_test)
    assert waiting(client_of(alice).get(INDEX).content.decode()) == "Needs attention, 1 waiting"


def test_it_counts_no_further_than_a_thousand(brand, alice, client_of, monkeypatch):
    for n in range(3):
        order = make_order(brand, f"A{n}")
        Conversion.objects.filter(pk=order.pk).update(state="HELD")
    monkeypatch.setattr("program.frame.attention.CAP", 2)
    monkeypatch.setattr("program.frame.context.CAP", 2)
    assert waiting(client_of(alice).get(INDEX).content.decode()) == "Needs attention, 1+ waiting"


def test_an_administrator_says_since_when_the_order_history_is_complete(brand, alice, client_of):
    client_of(alice).post(PROGRAM, {**VALUES, "orders_complete_since": "2026-03-01"})
    brand.refresh_from_db()
    assert brand.orders_complete_since == date(2026, 3, 1)
    assert 'value="2026-03-01"' in client_of(alice).get(PROGRAM).content.decode()
    refused = client_of(alice).post(PROGRAM, {**VALUES, "orders_complete_since": "March"})
    assert refused.status_code == 422
    assert "Choose a day, such as 2026-01-31." in refused.content.decode()
    client_of(alice).post(PROGRAM, VALUES)
    brand.refresh_from_db()
    assert brand.orders_complete_since is None
