"""The pages of a status check: asked for, waited for, read, downloaded."""

import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from common.jobs.retention import remove_old_contents
from program.models import EventType, Program
from tests.factories import make_event_type, make_partner, make_program
from tests.tracking.status_checking import PERIOD, checked, order
from tracking.models import CheckedStatus, StatusCheck
from tracking.status_check.checks import create_check, make_check

LIST = "/p/1000/customers/status-check/"
DETAIL, LISTED = 11, 9  # queries of a page
NEW = {"start": "2026-05-01", "end": "2026-05-31", "re_engaged_after_days": "30"}


def text(response: Any) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>", "", response.content.decode()).split())


@pytest.fixture
def wrong(tiered: Program) -> StatusCheck:
    """One order that disagrees, one that agrees, one that cannot be judged and one that is not."""
    order(tiered, 0, "new", OrderId="A-1")
    order(tiered, 1, "new", OrderId="A-2")
    order(tiered, 1, "repeat", customer="C-2", OrderId="B-1")
    order(tiered, 1, "crew", customer="C-3", OrderId="D-1")
    return checked(tiered)


def queued(program: Program) -> StatusCheck:
    event_type = EventType.objects.get(program=program, code="SALE")
    return create_check(event_type=event_type, user_id=None, start=PERIOD[0], end=PERIOD[1], re_engaged_after_days=30)


def test_the_page_says_in_one_sentence_what_is_wrong_and_what_it_cost(wrong, bob, client_of):
    page = text(client_of(bob).get(f"{LIST}{wrong.pk}/"))
    assert "1 of 2 orders was sent with a status that its customer’s earlier orders contradict." in page
    assert "Partners were paid £5.00 too much because of it." in page
    assert 'aria-label="1 orders sent as New that are Existing by earlier orders"' in page


def test_the_order_that_proves_it_is_linked(wrong, bob, client_of):
    page = text(client_of(bob).get(f"{LIST}{wrong.pk}/"))
    row = CheckedStatus.objects.get(verdict="DISAGREES")
    assert f'href="{reverse("tracking:conversion_detail", args=[1000, row.earlier_id])}">A-1</a>' in page
    assert f'href="{reverse("tracking:action_detail", args=[1000, row.action_id])}">A-2</a>' in page
    assert "£5.00 too much" in page


def test_orders_that_cannot_be_judged_are_listed_apart(wrong, bob, client_of):
    page = text(client_of(bob).get(f"{LIST}{wrong.pk}/?verdict=unjudged"))
    assert "B-1" in page
    assert "No earlier order is known" in page
    assert ">A-2</a>" not in page
    assert "A status of your own" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?sent=New&by_history=Existing", 1),
        ("?sent=New&by_history=Re-Engaged", 0),
        ("?code=new", 1),
        ("?code=repeat", 0),
        ("?sent=nonsense", 1),
        ("?partner=1", 0),
        ("?verdict=unjudged&sent=Existing", 1),
        ("?verdict=unjudged&sent=New", 0),
        ("?code=%00", 1),
    ],
)
def test_a_cell_a_partner_or_a_code_leads_to_its_orders(query, count, wrong, bob, client_of):
    assert client_of(bob).get(f"{LIST}{wrong.pk}/{query}").context["page"].paginator.count == count


def test_nothing_wrong_is_said_in_so_many_words(tiered, bob, client_of):
    order(tiered, 0, "new")
    page = text(client_of(bob).get(f"{LIST}{checked(tiered).pk}/"))
    assert "Every status agrees with the customer’s earlier orders." in page
    assert "No order disagrees." in page


def test_without_a_judged_order_it_says_so(tiered, bob, client_of):
    order(tiered, 0, "crew")
    assert "No order of these days can be judged." in text(client_of(bob).get(f"{LIST}{checked(tiered).pk}/"))


def test_without_an_order_it_says_so(tiered, bob, client_of):
    page = text(client_of(bob).get(f"{LIST}{checked(tiered).pk}/"))
    assert "No orders in these days." in page
    assert "Below is why" not in page


def test_the_page_says_how_many_of_the_orders_were_judged(wrong, bob, client_of):
    assert "2 judged of 4 orders" in text(client_of(bob).get(f"{LIST}{wrong.pk}/"))


def test_after_the_finding_it_says_what_to_do_next(wrong, bob, frank, client_of):
    page = text(client_of(frank).get(f"{LIST}{wrong.pk}/"))
    sale = EventType.objects.get(code="SALE")
    assert f'href="{reverse("program:event_type_mapping", args=[1000, sale.pk])}">the mapping</a>' in page
    assert f'href="{reverse("tracking:status_check_download", args=[1000, wrong.pk])}">orders as csv</a>' in page
    upload = f'href="{reverse("tracking:upload_list", args=[1000])}?kind=MODIFICATIONS"'
    assert upload in page
    assert upload not in text(client_of(bob).get(f"{LIST}{wrong.pk}/"))


def test_partners_beyond_the_first_ten_are_a_link_away(wrong, tiered, bob, client_of):
    partners = [make_partner(program=tiered, media_partner_id=f"Q-{number}") for number in range(12)]
    wrong.findings["Partners"] = [{**wrong.findings["Partners"][0], "Partner": each.pk} for each in partners]
    wrong.save()
    browser = client_of(bob)
    few, all = browser.get(f"{LIST}{wrong.pk}/"), browser.get(f"{LIST}{wrong.pk}/?all=partners")
    assert '<a class="link" href="?all=partners#partners">And 2 more partners</a>' in text(few)
    assert (len(few.context["partners"]), len(all.context["partners"])) == (10, 12)
    assert "more partners" not in text(all)


def test_a_check_is_asked_for_by_finance_and_editors(tiered, frank, bob, client_of):
    sale = EventType.objects.get(program=tiered)
    assert client_of(bob).post(f"{LIST}new/", {**NEW, "event_type": sale.pk}).status_code == 403
    client_of(frank).post(f"{LIST}new/", {**NEW, "event_type": sale.pk})
    check = StatusCheck.objects.get()
    assert (check.state, check.user, check.start, check.end) == ("QUEUED", frank, date(2026, 5, 1), date(2026, 5, 31))
    assert "Waiting in the background" in text(client_of(frank).get(f"{LIST}{check.pk}/"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": ""}, "Choose "),
        ({"start": "May"}, "Choose a day, such as 2026-01-31."),
        ({"start": "2026-06-01"}, "The first day is after the last. Swap them."),
        ({"start": "2025-05-31"}, ""),
        ({"start": "2025-05-30"}, "Choose at most 366 days."),
        ({"start": "0001-01-01", "end": "0001-02-01"}, "Choose a day from 1970 on, before 2100."),
        ({"start": "9999-12-01", "end": "9999-12-31"}, "Choose a day from 1970 on, before 2100."),
        ({"re_engaged_after_days": "0"}, "Enter 1 or more."),
        ({"event_type": "1"}, "Choose one of the list."),
    ],
)
def test_a_mistake_is_said_beside_its_field(change, message, tiered, alice, client_of):
    sale = EventType.objects.get(program=tiered)
    response = client_of(alice).post(f"{LIST}new/", {**NEW, "event_type": sale.pk, **change})
    assert response.status_code == (422 if message else 302)
    assert message in response.content.decode()
    assert StatusCheck.objects.count() == (0 if message else 1)


def test_an_event_type_of_another_brand_cannot_be_checked(tiered, alice, client_of):
    other = make_event_type(program=make_program(id=2000))
    assert client_of(alice).post(f"{LIST}new/", {**NEW, "event_type": other.pk}).status_code == 422


def test_the_form_begins_with_the_event_type_of_the_address_and_its_days(tiered, alice, client_of):
    lead = make_event_type(program=tiered, code="LEAD", re_engaged_after_days=90)
    form = client_of(alice).get(f"{LIST}?event_type={lead.pk}").context["form"]
    assert (form["event_type"].value(), form["re_engaged_after_days"].value()) == (lead.pk, 90)


def test_without_an_event_type_it_leads_to_them_in_place_of_the_form(brand, alice, client_of):
    page = text(client_of(alice).get(LIST))
    assert "Nothing to check yet" in page
    assert reverse("program:event_type_list", args=[1000]) in page
    assert "New status check" not in page


def test_a_cancelled_check_leaves_nothing_and_is_not_made(tiered, alice, client_of):
    order(tiered, 0, "new")
    check = queued(tiered)
    client_of(alice).post(f"{LIST}{check.pk}/cancel/")
    assert not make_check(check.pk)
    check.refresh_from_db()
    assert (check.state, check.cancelled_by, check.findings) == ("CANCELLED", alice, {})
    assert "Cancelled by alice" in text(client_of(alice).get(f"{LIST}{check.pk}/"))
    assert client_of(alice).post(f"{LIST}{check.pk}/cancel/").status_code == 409


@pytest.mark.parametrize(("format", "start"), [("csv", b"\xef\xbb\xbfOrder Id"), ("xlsx", b"PK")])
def test_the_files_are_downloaded(format, start, wrong, bob, client_of):
    response = client_of(bob).get(f"{LIST}{wrong.pk}/download/?format={format}")
    assert response.content.startswith(start)
    assert f"status-check-SALE-2026-01-01-2026-12-31.{format}" in response["Content-Disposition"]


def test_the_workbook_holds_the_orders_and_figures_of_the_page(wrong, bob, client_of):
    browser = client_of(bob)
    content = browser.get(f"{LIST}{wrong.pk}/download/?format=xlsx").content
    names, *rows = load_workbook(BytesIO(content))["Sheet1"].values
    written = [dict(zip(names, row, strict=True)) for row in rows]
    listed = {
        verdict: [row for row, _, _ in browser.get(f"{LIST}{wrong.pk}/?verdict={verdict}").context["listed"]]
        for verdict in ("", "unjudged")
    }
    assert [row["Order Id"] for row in written] == ["A-2", "B-1"]
    assert [row.action.order_id for rows in listed.values() for row in rows] == ["A-2", "B-1"]
    (shown,), first = listed[""], written[0]
    assert (first["Customer Status Code"], first["Customer Status Sent"]) == (shown.code, shown.sent)
    assert (first["Customer Status by History"], first["Earlier Order Id"]) == (shown.by_history, "A-1")
    figures = [Decimal(str(first[name])) for name in ("Paid", "Paid if Right", "Paid Too Much")]
    assert figures == [shown.payout, shown.right_payout, shown.difference] == [15, 10, 5]
    assert written[1]["Verdict"] == listed["unjudged"][0].get_verdict_display()
    page = text(browser.get(f"{LIST}{wrong.pk}/"))
    assert all(f"£{figure:.2f}" in page for figure in figures)


@pytest.mark.parametrize("format", ["pdf", "findings", "pk"])
def test_another_format_is_refused(format, wrong, bob, client_of):
    response = client_of(bob).get(f"{LIST}{wrong.pk}/download/?format={format}", follow=True)
    assert f"There is no {format} file of this check." in text(response)


def test_old_orders_are_removed_and_the_counts_stay(wrong, bob, client_of):
    StatusCheck.objects.update(finished_at=timezone.now() - timedelta(days=31))
    assert remove_old_contents() == 1
    assert not CheckedStatus.objects.exists()
    page = text(client_of(bob).get(f"{LIST}{wrong.pk}/"))
    assert "1 of 2 orders was sent" in page
    assert "The orders were removed after 30 days" in page
    assert "The file was removed." in text(client_of(bob).get(f"{LIST}{wrong.pk}/download/", follow=True))


def test_the_page_asks_as_many_queries_for_many_orders_as_for_few(
    wrong,
    tiered,
    bob,
    client_of,
    django_assert_num_queries,
):
    browser = client_of(bob)
    browser.get(LIST)
    with django_assert_num_queries(DETAIL):
        browser.get(f"{LIST}{wrong.pk}/")
    with django_assert_num_queries(LISTED):
        browser.get(LIST)
    for number in range(12):
        partner = make_partner(program=tiered, media_partner_id=f"Q-{number}")
        order(tiered, 2 + number, "new", OrderId=f"E-{number}")
        CheckedStatus.objects.filter(verdict="DISAGREES").update(partner=partner)
    many = checked(tiered)
    with django_assert_num_queries(DETAIL):
        browser.get(f"{LIST}{many.pk}/")
    with django_assert_num_queries(LISTED):
        browser.get(LIST)
