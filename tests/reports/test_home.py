"""The home page: what waits, what is owed, who moved the figures; the way there, and the first steps of a brand."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from program.models import EventType
from reports.models import Export
from tests.factories import make_conversion, make_partner
from tests.reports.test_pages import REPORTS


def text(response):
    return response.content.decode()


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_home_says_what_waits_before_its_figures_in_as_many_queries_however_much_waits(sold, alice, client_of):
    from tests.reports.orders import give_back, sell  # noqa: PLC0415

    browser = client_of(alice)
    browser.get("/p/1000/")
    counted = []
    for ids in (("H-1",), ("H-2", "H-3")):
        for order_id in ids:
            sell(sold, {"id": order_id, "partner": "P-9"})
            give_back(sold, f"{order_id}-missing")
        with CaptureQueriesContext(connection) as queries:
            page = text(browser.get("/p/1000/"))
        counted.append(len(queries))
    assert page.index("3 orders could not be priced") < page.index("Revenue") < page.index("Top partners")
    assert counted == [23, 23]


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_what_waits_has_a_consequence_and_leads_to_as_many_rows_and_test_orders_do_not_wait(sold, alice, client_of):
    from tests.factories import make_conversion, make_modification  # noqa: PLC0415
    from tests.reports.orders import give_back, sell  # noqa: PLC0415
    from tests.tracking.uploading import sent  # noqa: PLC0415

    sell(sold, {"id": "H-1", "partner": "P-9"}, {"id": "H-2", "partner": "P-9"})
    sell(sold, {"id": "H-3", "partner": "P-9"}, is_test=True)
    give_back(sold, "H-9")
    make_conversion(program=sold, OrderId="W-1")
    make_conversion(program=sold, OrderId="W-2", is_test=True)
    make_modification(program=sold, OrderId="W-3", Amount=0)
    make_modification(program=sold, OrderId="W-4", Amount=0)
    sent(sold, "PartnerId")
    Export.objects.create(program=sold, user=alice, handle="x", format="csv", filename="a.csv", state="FAILED")
    Export.objects.create(program=sold, user=alice, handle="x", format="csv", filename="b.csv", state="READY")
    Export.objects.create(program=sold, user=alice, handle="x", format="csv", filename="c.csv")
    browser = client_of(alice)
    home = browser.get("/p/1000/").context
    assert [(each.words, each.verb) for each in home["due"]] == [
        ("£20.00 of revenue came with codes that are not mapped", "Map codes"),
        ("£200.00 of revenue came without a customer status code", "Work it out"),
        ("2 orders could not be priced, all for one reason: no such partner", "Settle them"),
        ("1 change refused: no action of that order", "Review them"),
        ("1 uploaded file not imported", "Go on"),
        ("1 report file could not be written", "Try again"),
    ]
    assert all(each.consequence for each in home["due"])
    assert [each.words for each in home["on_the_way"]] == [
        "1 order being priced", "2 changes being applied", "1 report file being written",
    ]  # fmt: skip
    for each in [*home["due"][2:], *home["on_the_way"]]:
        assert browser.get(each.url).context["page"].paginator.count == each.count, each.url
    assert browser.get(home["due"][0].url).status_code == 200
    address, _, place = home["due"][1].url.partition("#")
    assert f'id="{place}"' in text(browser.get(address))
    EventType.objects.filter(program=sold).update(works_out_status=True)
    said = [each.words for each in browser.get("/p/1000/").context["due"]]
    assert said[0].startswith("£20.00 of revenue"), "codes are not what is worked out"
    assert not any("without a customer status" in words for words in said)


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_codes_that_are_mapped_since_their_orders_came_do_not_wait(sold, alice, client_of):
    from program.event_types.services import set_customer_status_mapping  # noqa: PLC0415
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import sell  # noqa: PLC0415

    sale = EventType.objects.get(program=sold, code="SALE")
    set_customer_status_mapping(event_type=sale, mapping={}, enabled=True)
    sell(sold, {"id": "C-1", "status": "gold"})
    fill_touched_days(program_id=sold.pk)
    browser = client_of(alice)

    def verbs():
        return [each.verb for each in browser.get("/p/1000/").context["due"]]

    assert "Map codes" in verbs()
    codes = ["gold", "vip", "guest", "mystery", "x"]
    set_customer_status_mapping(event_type=sale, mapping={"VIP": codes}, enabled=True)
    assert "Map codes" not in verbs()


def test_several_reasons_are_counted_the_most_frequent_first(sold, alice, client_of):
    from tests.reports.orders import sell  # noqa: PLC0415

    make_partner(program=sold, media_partner_id="P-8")
    sell(sold, {"id": "H-1", "partner": "P-9"}, {"id": "H-2", "partner": "P-9"}, {"id": "H-3", "partner": "P-8"})
    words = [each.words for each in client_of(alice).get("/p/1000/").context["due"]]
    assert "3 orders could not be priced: 2 no such partner, 1 no contract at that time" in words


def test_the_counts_of_reasons_add_up(sold, alice, client_of):
    from tracking.models import Conversion  # noqa: PLC0415

    for number, reason in enumerate(["OUTSIDE_ASSOCIATION_WINDOW"] * 4 + Conversion.Reason.values[:4]):
        held = make_conversion(program=sold, OrderId=f"H-{number}")
        Conversion.objects.filter(pk=held.pk).update(state=Conversion.State.HELD, reason=reason)
    words = [each.words for each in client_of(alice).get("/p/1000/").context["due"]]
    (found,) = [each for each in words if each.startswith("8 orders could not be priced")]
    assert found.endswith(" and 1 other")
    assert sum(map(int, re.findall(r"\d+", found.partition(":")[2]))) == 8


def test_a_draft_that_is_not_published_waits(sold, alice, client_of):
    from contracts.drafts.revisions import touch  # noqa: PLC0415
    from contracts.drafts.unpublished import open_draft  # noqa: PLC0415
    from contracts.models import TemplateTerms  # noqa: PLC0415

    (terms,) = TemplateTerms.objects.filter(program=sold)
    browser = client_of(alice)
    assert not [each for each in browser.get("/p/1000/").context["due"] if each.verb == "Review and publish"]
    open_draft(template_terms=terms)
    touch(terms.pk)
    (waits,) = [each for each in browser.get("/p/1000/").context["due"] if each.verb == "Review and publish"]
    assert waits.words == f"The draft of {terms.name} is not published"
    assert browser.get(waits.url).status_code == 200


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_home_says_what_is_pending_and_what_locks_and_is_due_next(sold, alice, client_of):
    from datetime import UTC, date, datetime  # noqa: PLC0415

    from tracking.models import Action  # noqa: PLC0415

    Action.objects.filter(order_id="A-1").update(
        locking_date=datetime(2026, 12, 1, tzinfo=UTC), clearing_date=date(2027, 1, 15)
    )
    Action.objects.filter(order_id="A-2").update(
        locking_date=datetime(2026, 12, 1, 9, tzinfo=UTC), clearing_date=date(2027, 1, 20)
    )
    Action.objects.filter(order_id="A-6").update(
        locking_date=datetime(2027, 2, 1, tzinfo=UTC), clearing_date=date(2027, 3, 15)
    )
    Action.objects.filter(order_id="A-3").update(locking_date=datetime(2026, 11, 20, tzinfo=UTC))
    browser = client_of(alice)
    pending, locks, _, due, _ = browser.get("/p/1000/").context["owed"]
    (sums,) = browser.get(pending.url).context["sums"]
    assert (pending.value, pending.change) == (f"£{sums.payout:.2f}", f"{sums.count} actions")
    assert (locks.value, locks.change) == ("£20.00", "on 1 Dec 2026")
    assert (due.value, due.change) == ("£15.00", "on 15 Jan 2027")


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_a_payout_stays_owed_when_it_locks_and_is_due_once_its_day_has_passed(sold, alice, client_of):
    from datetime import date  # noqa: PLC0415

    from tracking.models import Action  # noqa: PLC0415

    Action.objects.filter(order_id="A-1").update(state="APPROVED", clearing_date=date(2026, 11, 21))
    Action.objects.filter(order_id="A-2").update(clearing_date=date(2026, 11, 21))
    Action.objects.filter(order_id="A-3").update(state="APPROVED", clearing_date=date(2026, 11, 20))
    Action.objects.filter(order_id="A-4").update(state="REVERSED", clearing_date=date(2026, 11, 21))
    Action.objects.filter(order_id="A-6").update(state="APPROVED", payout=0, clearing_date=date(2026, 11, 21))
    payouts = dict(Action.objects.filter(is_test=False, currency="GBP").values_list("order_id", "payout"))
    assert all(payouts[order_id] for order_id in ("A-1", "A-2", "A-3"))
    pending, _, approved, due_next, due = client_of(alice).get("/p/1000/").context["owed"]
    others = Action.objects.filter(is_test=False, currency="GBP", state="PENDING")
    assert (pending.value, pending.change) == (f"£{sum(each.payout for each in others):.2f}", f"{len(others)} actions")
    assert (approved.value, approved.change) == (f"£{payouts['A-1']:.2f}", "2 actions")
    assert (due_next.value, due_next.change) == (f"£{payouts['A-1'] + payouts['A-2']:.2f}", "on 21 Nov 2026")
    assert (due.value, due.change) == (f"£{payouts['A-3']:.2f}", "1 action")


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_a_payout_of_nothing_is_not_due_next(sold, alice, client_of):
    from datetime import date  # noqa: PLC0415

    from tracking.models import Action  # noqa: PLC0415

    Action.objects.filter(order_id="A-1").update(payout=0, clearing_date=date(2026, 12, 1))
    Action.objects.filter(order_id="A-2").update(clearing_date=date(2026, 12, 5))
    due_next = client_of(alice).get("/p/1000/").context["owed"][3]
    assert due_next.change == "on 5 Dec 2026"


def test_without_dates_nothing_locks_or_is_due(sold, alice, client_of):
    _, locks, _, due_next, due = client_of(alice).get("/p/1000/").context["owed"]
    assert (locks.value, due_next.value, due.value) == ("–", "–", "£0.00")


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_home_names_the_top_partners_and_those_who_moved_most(sold, alice, client_of):
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import sell  # noqa: PLC0415

    sell(sold, {"id": "O-1", "day": "2026-10-01", "partner": "P-3", "amount": "400"})
    sell(sold, {"id": "O-2", "day": "2026-10-01", "partner": "P-1", "amount": "200"})
    fill_touched_days(program_id=sold.pk)
    home = client_of(alice).get("/p/1000/").context
    assert [(line.name, line.revenue) for line in home["top"]] == [("Kettle", "218.38"), ("Anvil & Sons", "212.34")]
    assert [(line.name, line.change, line.relative) for line in home["movers"]] == [
        ("Quiet", "−400.00", "100.0%"),
        ("Anvil & Sons", "212.34", "new"),
        ("Kettle", "18.38", "9.2%"),
    ]


def test_home_leads_an_empty_brand_to_its_first_payout(brand, alice, client_of):
    browser = client_of(alice)
    steps = browser.get("/p/1000/").context["steps"]
    assert [step.name for step in steps] == ["Event types", "Partners", "Template terms", "Contracts", "Orders"]
    assert not any(step.is_done for step in steps)
    make_partner(program=brand)
    assert [step.name for step in browser.get("/p/1000/").context["steps"] if step.is_done] == ["Partners"]
    assert all(browser.get(step.url).status_code == 200 for step in steps)


def test_home_of_a_brand_with_actions_has_no_first_steps(sold, alice, client_of):
    assert client_of(alice).get("/p/1000/").context["steps"] == []


def test_the_root_leads_to_the_first_program(brand, alice, client_of):
    assert client_of(alice).get("/")["Location"] == "/p/1000/"


def test_somebody_without_a_brand_is_told_so(db, client_of):
    from tests.factories import make_user  # noqa: PLC0415

    assert "not a member of any account yet" in text(client_of(make_user()).get("/"))


def test_the_first_user_is_led_to_the_invitations(db, client_of):
    from tests.factories import make_user  # noqa: PLC0415

    page = client_of(make_user(is_staff=True, is_superuser=True)).get("/").content.decode()
    assert 'href="/admin/accounts/invitation/"' in page
    assert "/admin/" not in client_of(make_user()).get("/").content.decode()


@pytest.mark.parametrize("path", REPORTS)
def test_on_its_reports_a_brand_without_orders_is_told_what_to_do(shop, alice, bob, client_of, path):
    page = text(client_of(alice).get(f"/p/1000/{path}"))
    assert "No order has been credited to a partner yet" in page
    assert "Upload past orders" in page
    assert "Upload past orders" not in text(client_of(bob).get(f"/p/1000/{path}"))
