"""The page of a partner and that of an event type."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Contract, ContractEventType
from program.models import EventType, Partner
from reports.rollups.fill import fill_touched_days
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tests.reports.orders import sell
from tracking.models import Action


@pytest.fixture(autouse=True)
def on_a_saturday():
    with time_machine.travel("2026-11-21T13:00:00Z", tick=False):
        yield


def kettle():
    return f"/p/1000/partners/{Partner.objects.get(media_partner_id='P-1').pk}/"


def sale():
    return f"/p/1000/settings/event-types/{EventType.objects.get(code='SALE').pk}/"


PAGES = [kettle, sale]


@pytest.mark.parametrize("address", PAGES)
def test_members_see_it_and_others_do_not(sold, address, alice, bob, charlie, client, client_of):
    assert client_of(alice).get(address()).status_code == 200
    assert client_of(bob).get(address()).status_code == 200
    assert client_of(charlie).get(address()).status_code == 404
    assert client_of(charlie).get(address().replace("1000", "2000")).status_code == 404
    assert client.get(address()).status_code == 302


@pytest.mark.parametrize("address", PAGES)
def test_its_queries_do_not_grow(sold, address, alice, client_of):
    browser = client_of(alice)
    browser.get(address())
    counted = []
    for n in (1, 4):
        sell(sold, *({"id": f"M-{n}-{each}", "status": f"s{each}"} for each in range(n)))
        fill_touched_days()
        with CaptureQueriesContext(connection) as queries:
            browser.get(address())
        counted.append(len(queries))
    assert counted == {kettle: [18, 18], sale: [16, 16]}[address]


def test_the_figures_are_the_partners_own_against_the_days_before(sold, alice, client_of):
    sell(sold, {"id": "O-1", "day": "2026-10-01", "amount": "100"})
    fill_touched_days()
    browser = client_of(alice)
    figures = browser.get(kettle()).context["figures"]
    assert [(stat.label, stat.value, stat.before) for stat in figures.stats] == [
        ("Actions", "5", "1"),
        ("Revenue", "£218.38", "£100.00"),
        ("Action Cost", "£28.51", "£10.00"),
        ("New customer rate", "40.0%", "0.0%"),
        ("Effective rate", "13.1%", "10.0%"),
    ]
    behind = browser.get(figures.stats[0].url)
    assert behind.context["page"].paginator.count == 5


@pytest.mark.parametrize("address", PAGES)
def test_what_is_pending_leads_to_as_many_actions_and_what_locks_next_has_its_day(sold, address, alice, client_of):
    Action.objects.filter(order_id="A-1").update(locking_date=datetime(2026, 12, 1, tzinfo=UTC))
    Action.objects.filter(order_id="A-2").update(locking_date=datetime(2026, 12, 1, 9, tzinfo=UTC))
    Action.objects.filter(order_id="B-1").update(locking_date=datetime(2026, 12, 1, tzinfo=UTC))
    Action.objects.filter(order_id="A-6").update(locking_date=datetime(2027, 2, 1, tzinfo=UTC))
    browser = client_of(alice)
    pending, locks, *_ = browser.get(address()).context["owed"]
    (sums,) = browser.get(pending.url).context["sums"]
    assert (pending.value, pending.change) == (f"£{sums.payout:.2f}", f"{sums.count} actions")
    assert (locks.value, locks.change) == ("£20.00" if address is kettle else "£21.85", "on 1 Dec 2026")


@pytest.mark.parametrize("address", PAGES)
def test_what_is_approved_is_owed_until_its_day_and_then_due(sold, address, alice, client_of):
    Action.objects.filter(order_id__in=["A-1", "B-1"]).update(state="APPROVED", clearing_date=date(2026, 12, 20))
    Action.objects.filter(order_id="A-2").update(clearing_date=date(2026, 12, 20))
    Action.objects.filter(order_id="A-3").update(state="APPROVED", clearing_date=date(2026, 11, 20))
    payouts = dict(Action.objects.values_list("order_id", "payout"))
    approved = payouts["A-1"] + (0 if address is kettle else payouts["B-1"])
    owed = client_of(alice).get(address()).context["owed"][2:]
    assert [(stat.label, stat.value) for stat in owed] == [
        ("Approved, not due yet", f"£{approved:.2f}"),
        ("Due next", f"£{approved + payouts['A-2']:.2f}"),
        ("Due", f"£{payouts['A-3']:.2f}"),
    ]


def test_the_last_actions_are_the_partners_own_without_test_orders(sold, alice, client_of):
    sell(sold, {"id": "L-1", "day": "2026-11-20"})
    shown = [action.order_id for action, _ in client_of(alice).get(kettle()).context["actions"]]
    assert shown == ["L-1", "A-6", "A-5", "A-4", "A-3", "A-2"]
    assert [action.order_id for action, _ in client_of(alice).get(sale()).context["actions"]][:3] == [
        "L-1", "B-2", "B-1",
    ]  # fmt: skip


def test_the_terms_in_force_are_told_in_words(sold, alice, client_of):
    page = client_of(alice).get(kettle())
    (terms,) = page.context["terms"]
    (paid,) = terms.paid
    assert [(group.figure, group.condition) for group in paid.groups] == [("15%", "Customer Status is New")]
    assert (paid.figure, paid.more, paid.also) == ("10%", 0, "")
    html = page.content.decode()
    assert "every other order, of the order’s sale amount" in html
    assert "No contract is in force" not in html


def test_only_a_few_of_many_payout_groups_are_told(shop, alice, client_of):
    groups = [
        {"Rank": n, "Name": f"G{n}", "Rules": [{"Variable": "TEXT1", "Operator": "IS", "Values": [str(n)]}],
         "PayoutRate": "3"} for n in range(1, 9)
    ]  # fmt: skip
    partner = make_partner(program=shop, name="Many")
    make_contracts(program=shop, document=terms_document(name="Many", groups=groups), partners=[partner])
    (terms,) = client_of(alice).get(f"/p/1000/partners/{partner.pk}/").context["terms"]
    assert (len(terms.paid[0].groups), terms.paid[0].more) == (5, 3)


def test_a_partner_of_many_groups_names_some_and_their_number(shop, alice, client_of):
    partner = make_partner(program=shop, groups=[f"Group {n}" for n in range(40)])
    page = client_of(alice).get(f"/p/1000/partners/{partner.pk}/")
    assert (len(page.context["groups"]), page.context["more_groups"]) == (10, 30)


def test_a_partner_without_a_contract_in_force_is_told_so_and_its_history_stays(sold, alice, client_of):
    partner = Partner.objects.get(media_partner_id="P-1")
    ended = (None, datetime(2026, 11, 1, tzinfo=UTC))
    Contract.objects.filter(partner=partner).update(period=ended)
    ContractEventType.objects.filter(partner=partner).update(period=ended)
    page = client_of(alice).get(kettle())
    assert page.context["terms"] == []
    assert "Orders of this partner are kept and not paid." in page.content.decode()
    ((contract, status),) = page.context["contracts"]
    assert (contract.partner, status) == (partner, "EXPIRED")


def test_a_new_partner_and_a_new_event_type_have_empty_pages(brand, alice, client_of):
    partner, event_type = make_partner(program=brand), make_event_type(program=brand)
    for address in (f"partners/{partner.pk}/", f"settings/event-types/{event_type.pk}/"):
        page = client_of(alice).get(f"/p/1000/{address}").content.decode()
        assert "No order was credited yet." in page


def test_an_event_type_names_the_terms_that_pay_for_it_those_of_most_partners_first(sold, alice, client_of):
    lead = make_event_type(program=sold, code="LEAD")
    other = make_partner(program=sold)
    make_contracts(program=sold, document=terms_document(name="Summer", rate="7"), partners=[other])
    page = client_of(alice).get(sale())
    assert [(each.name, each.partners, each.paid.figure) for each in page.context["terms"]] == [
        ("Standard", 3, "10%"),
        ("Summer", 1, "7%"),
    ]
    assert client_of(alice).get(f"/p/1000/settings/event-types/{lead.pk}/").context["terms"] == []


def test_an_event_type_shows_its_mapping_and_the_codes_that_fall_under_other(sold, alice, client_of):
    page = client_of(alice).get(sale())
    assert [(status, codes) for status, _, codes, _ in page.context["statuses"]] == [
        ("New", ["new"]), ("Existing", ["repeat"]), ("Re-Engaged", ["lapsed"]),
    ]  # fmt: skip
    assert (page.context["unmapped"], page.context["unmapped_orders"]) == (1, 1)
    assert "1 code of 1 order received in the last 30 days falls under Other." in page.content.decode()


def test_only_editors_can_press_edit_and_deactivate(sold, alice, bob, client_of):
    for address in (kettle(), sale()):
        assert ">Edit<" in client_of(alice).get(address).content.decode().split("<main")[1]
    assert "Deactivate" in client_of(alice).get(kettle()).content.decode()
    main = client_of(bob).get(kettle()).content.decode().split("<main")[1]
    assert "Deactivate" not in main
    assert ">Edit<" not in main


def test_days_of_the_comparison_are_named_in_the_trend(sold, alice, client_of):
    chart = client_of(alice).get(kettle()).context["figures"].chart
    assert (chart["days"][0], chart["days"][-1]) == ("2026-10-23", date(2026, 11, 21).isoformat())
    assert chart["before"]["label"] == "Same day, 30 days before"
