"""Cancelling a file on its page, which asks for itself again all the time."""

import pytest
from playwright.sync_api import expect

from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.group_files.jobs import create_group_export, create_group_import
from reports.models import Export
from tests.contracts.group_files import HEAD, NEW
from tests.factories import make_event_type
from tracking.imports.uploads import create_upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event_payout(brand):
    terms, sale = create_template_terms(program=brand, name="Standard"), make_event_type(program=brand, code="SALE")
    event_payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=10)
    add_payout_group(event_payout=event_payout, rules=[], name="Old", payout_rate=3)
    return event_payout


@pytest.fixture
def upload(brand, alice):
    return create_upload(program=brand, user_id=alice.pk, kind="CONVERSIONS", filename="orders.csv", content=b"x")


@pytest.fixture
def group_import(event_payout, alice):
    return create_group_import(
        event_payout=event_payout, user_id=alice.pk, filename="groups.csv", content=(HEAD + NEW).encode()
    )


@pytest.fixture
def group_export(event_payout, alice):
    return create_group_export(event_payout=event_payout, user_id=alice.pk, format="csv")


@pytest.fixture
def export(brand, alice):
    return Export.objects.create(
        program=brand, user=alice, handle="new_vs_return_customer", format="csv", filename="new-vs-return-customer.csv"
    )


PAGES = {
    "upload": lambda job: f"/p/1000/transactions/uploads/{job.pk}/",
    "group_import": lambda job: f"/p/1000/contracts/group-files/{job.pk}/",
    "group_export": lambda job: f"/p/1000/contracts/event-payouts/{job.event_payout_id}/payout-groups/files/",
    "export": lambda job: "/p/1000/reports/exports/",
}


def wait_for_poll(page):
    with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
        pass


@pytest.mark.parametrize("name", PAGES)
def test_a_slow_click_on_cancel_survives_the_polls_of_the_page(name, page, live_server, alice, client_of, request):
    job = request.getfixturevalue(name)
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + PAGES[name](job))
    button = page.locator(f"#cancel-{job.pk}")
    button.focus()
    wait_for_poll(page)
    wait_for_poll(page)
    expect(button).to_be_focused()
    button.hover()
    page.mouse.down()
    wait_for_poll(page)
    page.wait_for_timeout(200)
    page.mouse.up()
    expect(page.locator("main")).to_contain_text("Cancelled by alice on ")
