"""The tag and the pixel on a shop's own pages, in a browser: from the click to the action."""

import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from program.models import Ad
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tracking.models import Action, Conversion, SeenTogether, Step
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all

pytestmark = pytest.mark.django_db(transaction=True)

ORDER = """{orderId: '%s', customerId: 'C-1', customerEmail: ' Ann@Shop.example ', customerStatus: 'New',
  currencyCode: 'GBP', items: [{sku: 'S1', name: 'Anvil', quantity: 2, subTotal: '100.00'}]}"""


# A browser that calls itself headless counts as a bot, whose clicks credit nobody.
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "user_agent": AGENT}


class Shop:
    """A site of another origin that serves its pages from memory."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        pages = self.pages

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = pages.get(self.path.split("?")[0])
                self.send_response(404 if text is None else 200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((text or "").encode())

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


@pytest.fixture
def tracked(brand: Any, shop: Shop) -> Any:
    """The brand's event type, reported by browsers, with a partner and an ad that leads to the shop."""
    brand.landing_domains = [f"127.0.0.1:{shop.port}"]
    brand.save()
    event_type = make_event_type(program=brand, code="SALE", reported_by="BROWSER")
    partner = make_partner(program=brand, media_partner_id="P-1", name="Meadow Media")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    Ad.objects.create(program=brand, name="Spring", landing_page=shop.url("/landing"))
    return event_type


def pages_of(shop: Shop, base: str, event_type: Any, *, consent: str = "", before: str = "", order: str = "A1") -> None:
    """A partner's page with a link, the landing page, and the page that thanks for the order."""
    ad = Ad.objects.get()
    link = f"{base}/c/P-1/{ad.pk}/1000?subId1=spring&u={quote(shop.url('/landing'))}"
    tag = (
        "<script>window.ire = window.ire || function () { (ire.q = ire.q || []).push(arguments); };"
        f"{before}</script><script async src='{base}/tag.js?program=1000' {consent}></script>"
    )
    shop.pages["/partner"] = f"<a href='{link}'>To the shop</a>"
    shop.pages["/landing"] = f"{tag}<a href='/thanks'>Buy</a>"
    call = f"ire('trackConversion', {event_type.pk}, {ORDER % order});"
    shop.pages["/thanks"] = f"{tag}<script>{call}</script><p>Thanks</p>"


def buy(page: Page, shop: Shop, host: str = "127.0.0.1") -> Response:
    """Click on the partner's page, land, buy; returns the answer to the order."""
    page.goto(shop.url("/partner", host))
    page.get_by_role("link", name="To the shop").click()
    page.wait_for_function("window.ire && !ire.q")  # the tag is there
    with page.expect_response(lambda answer: answer.url.endswith("/conversion")) as answered:
        page.get_by_role("link", name="Buy").click()
    expect(page.get_by_text("Thanks")).to_be_visible()
    return answered.value


def cookies_of(page: Page) -> dict[str, str]:
    return {each["name"]: each["value"] for each in page.context.cookies()}


def test_from_the_click_to_the_action_with_its_journey(
    page: Page, live_server: Any, shop: Shop, tracked: Any, brand: Any
) -> None:
    pages_of(shop, live_server.url, tracked)
    answer = buy(page, shop)
    assert answer.status == 200, answer.text()
    price_all(brand.pk)
    action = Action.objects.select_related("conversion", "partner").get()
    click = Step.objects.get()
    assert (action.partner.media_partner_id, action.conversion.source) == ("P-1", Source.TAG)
    payload = action.conversion.payload
    profile, *clicks = cookies_of(page)["_bb_1000"].split(".")
    assert (payload["CustomProfileId"], payload["ClickId"]) == (profile, clicks[0])
    assert payload["CustomerEmail"] == hashlib.sha256(b"ann@shop.example").hexdigest()
    assert action.conversion.derived["DerivedBrowser"]
    assert [step["Verdict"] for step in action.journey["Steps"]] == ["CREDITED"]
    assert SeenTogether.objects.filter(profile=profile, other_profile=click.profile).exists()


def test_without_third_party_cookies_the_order_is_credited_all_the_same(
    browser: Browser, live_server: Any, shop: Shop, tracked: Any, brand: Any
) -> None:
    context = browser.new_context(user_agent=AGENT)
    page = context.new_page()
    # To the shop, which is 127.0.0.1, the product is another site.
    assert live_server.url.startswith("http://localhost:")
    pages_of(shop, live_server.url, tracked)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCookieControls", {
        "enableThirdPartyCookieRestriction": True, "disableThirdPartyCookieMetadata": True,
        "disableThirdPartyCookieHeuristics": True,
    })  # fmt: skip
    buy(page, shop)
    price_all(brand.pk)
    assert Action.objects.get().partner.media_partner_id == "P-1"
    context.close()


@pytest.mark.parametrize(("consent", "before"), [("data-consent='required'", ""), ("", "ire('consent', false);")])
def test_without_consent_nothing_is_kept_and_the_order_counts(
    page: Page, live_server: Any, shop: Shop, tracked: Any, brand: Any, consent: str, before: str
) -> None:
    pages_of(shop, live_server.url, tracked, consent=consent, before=before)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    buy(page, shop)
    price_all(brand.pk)
    conversion = Conversion.objects.get()
    assert {"ClickId", "CustomProfileId", "CustomerEmail"}.isdisjoint(conversion.payload)
    assert (conversion.state, conversion.derived) == ("HELD", {})
    told = [each for each in sent if "/t/1000/" in each]
    assert len(told) == 1
    assert "_bb_1000" not in cookies_of(page)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert not SeenTogether.objects.exists()


def test_a_yes_on_the_page_keeps_the_click(page: Page, live_server: Any, shop: Shop, tracked: Any, brand: Any) -> None:
    pages_of(shop, live_server.url, tracked, consent="data-consent='required'", before="ire('consent', true);")
    buy(page, shop)
    price_all(brand.pk)
    assert Action.objects.get().partner.media_partner_id == "P-1"


def test_global_privacy_control_is_a_no_whatever_the_page_says(
    page: Page, live_server: Any, shop: Shop, tracked: Any, brand: Any
) -> None:
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})")
    pages_of(shop, live_server.url, tracked, before="ire('consent', true);")
    buy(page, shop)
    assert "_bb_1000" not in cookies_of(page)
    assert "ClickId" not in Conversion.objects.get().payload


def test_the_pixel_brings_the_profile_of_the_links_domain(
    page: Page, live_server: Any, shop: Shop, tracked: Any, brand: Any
) -> None:
    pages_of(shop, live_server.url, tracked)
    shop.pages["/landing"] = "<a href='/thanks'>Buy</a>"
    pixel = f"{live_server.url}/xconv/{tracked.pk}/1000?oid=A1&amp;amount=100.00&amp;currcd=GBP"
    shop.pages["/thanks"] = f"<img src='{pixel}' alt=''><p>Thanks</p>"
    # Over http the cookie is sent within one site alone, whose ports may differ.
    brand.landing_domains = [f"localhost:{shop.port}"]
    brand.save()
    shop.pages["/partner"] = shop.pages["/partner"].replace("127.0.0.1", "localhost")
    page.goto(shop.url("/partner", "localhost"))
    page.get_by_role("link", name="To the shop").click()
    with page.expect_response(lambda answer: "/xconv/" in answer.url):
        page.get_by_role("link", name="Buy").click()
    price_all(brand.pk)
    action = Action.objects.select_related("conversion").get()
    assert (action.conversion.source, action.partner.media_partner_id) == (Source.PIXEL, "P-1")
    assert action.conversion.payload["CustomProfileId"] == Step.objects.get().profile


def test_an_order_is_seen_arriving_with_what_was_left_out(
    page: Page, live_server: Any, shop: Shop, tracked: Any, alice: Any, client_of: Callable[[Any], Any]
) -> None:
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/settings/event-types/{tracked.pk}/tracking-code/")
    expect(page.get_by_text("No order has arrived yet")).to_be_visible()
    pages_of(shop, live_server.url, tracked, order="LIVE-1")
    shop.pages["/thanks"] = shop.pages["/thanks"].replace("{orderId", "{MediaPartnerId: 'P-1', test: true, orderId")
    other = page.context.new_page()
    other.goto(shop.url("/thanks"))
    row = page.get_by_role("row").filter(has_text="LIVE-1")
    expect(row).to_contain_text("Names who is credited", timeout=8_000)
    expect(row).to_contain_text("Test")
