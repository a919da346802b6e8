"""Who has no business with a brand: a wrong token, another brand's, one that may only read, another brand's people."""

import base64

import pytest
from django.test import Client

from tests.flows.dashboard import Dashboard, Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rival(charlie, client_of):
    """Charlie, logged in to program 2000, with an event type of the same code."""
    pages = Dashboard(client_of(charlie), 2000)
    pages.add_event_type({"New": "new", "Existing": "repeat", "Re-Engaged": "lapsed"})
    return pages


def test_a_token_opens_its_own_account_alone(dashboard, shop, rival):
    rivals = rival.make_token()
    assert Shop(shop.sid, "not-a-token", 1000).post("A-1").status_code == 401
    assert Shop(shop.sid, rivals.secret, 1000).post("A-1").status_code == 401
    assert Shop(rivals.sid, shop.secret, 1000).post("A-1").status_code == 401
    foreign = Client().post(shop.url, rivals.order("A-1"), content_type="application/json", headers=rivals.headers)
    assert foreign.status_code == 403
    named = rivals.post("A-1", CampaignId="1000")
    assert [error["Field"] for error in named.json()["Errors"]] == ["CampaignId"]
    uri = shop.report("A-1")
    assert Client().get(uri, headers=rivals.headers).status_code == 403
    own = uri.replace(shop.sid, rivals.sid)
    assert Client().get(own, headers=rivals.headers).status_code == 404


def test_a_token_that_may_only_read_reports_nothing(dashboard):
    reader = dashboard.make_token(scope="READ")
    assert reader.post("A-1").status_code == 403
    assert Client().get(f"/Advertisers/{reader.sid}/APISubmissions", headers=reader.headers).json()["@total"] == "0"


def test_a_revoked_token_is_refused(dashboard, shop):
    dashboard.send_to("settings/api-tokens/", "revoke/")
    assert shop.post("A-1").status_code == 401


def test_a_password_of_the_dashboard_is_no_token(dashboard, shop):
    basic = base64.b64encode(b"alice:anvil").decode()
    response = Client().post(shop.url, shop.order("A-1"), headers={"Authorization": f"Basic {basic}"})
    assert response.status_code == 401


def test_a_signed_in_browser_is_no_client_of_the_api(dashboard, shop):
    assert dashboard.client.post(shop.url, shop.order("A-1"), content_type="application/json").status_code == 401


def test_another_brand_sees_nothing_of_it(dashboard, shop, terms, rival):
    dashboard.publish(terms, "First terms.")
    shop.report("A-1")
    for page in ("", terms, "transactions/actions/", "reports/new-vs-return-customer/", "settings/api-tokens/"):
        path = page if page.startswith("/") else f"/p/1000/{page}"
        assert dashboard.get(path).status_code == 200
        assert rival.get(path).status_code == 404
    for page in ("contracts/template-terms/", "partners/", "transactions/actions/"):
        assert "Standard" not in rival.read(page)
        assert "Anna" not in rival.read(page)
