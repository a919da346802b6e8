"""Who a visitor is: the cookie, the hash of the day, which are bots, and how much one address may send."""

import pytest
import time_machine

from common.observability.counters import METRICS, server
from tests.factories import make_account, make_partner, make_program
from tests.tracking.clicking import Visitor, click_of, make_ad
from tracking.models import Step
from tracking.visitors import limits, unique_visitors
from tracking.visitors.profiles import COOKIE, SECONDS


@pytest.fixture(autouse=True)
def empty_broker(servers):
    server().flushdb()
    unique_visitors._salt = None
    yield
    unique_visitors._salt = None


@pytest.fixture
def ad(brand, partner):
    return make_ad(brand)


@pytest.fixture
def rivals_ad(db):
    rival = make_program(id=2000, account=make_account(name="Rivets Ltd"))
    make_partner(program=rival, media_partner_id="P-1")
    return make_ad(rival)


def test_the_cookie_is_the_click_domains_alone_and_lasts_as_long_as_browsers_allow(ad):
    visitor = Visitor(ad)
    cookie = visitor.click().cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["max-age"]) == (True, "Lax", "", SECONDS)
    over_https = Visitor(ad).client.get(f"/c/{visitor.path}", secure=True, **visitor.sent).cookies[COOKIE]
    assert (over_https["samesite"], over_https["secure"]) == ("None", True)


def test_a_browser_that_keeps_the_cookie_is_one_profile_and_one_visitor(ad):
    visitor = Visitor(ad)
    first, second, third = (click_of(visitor.click()) for _ in range(3))
    assert first.profile == second.profile == third.profile
    assert second.visitor == third.visitor == second.profile


def test_no_program_sees_the_cookie_or_the_profile_of_another(ad, rivals_ad):
    visitor = Visitor(ad)
    answer = visitor.click()
    own = click_of(answer)
    rivals = click_of(visitor.client.get(f"/c/P-1/{rivals_ad.pk}/2000", **visitor.sent))
    cookie = answer.cookies[COOKIE].value
    assert len({own.profile, rivals.profile, cookie}) == 3


@pytest.mark.parametrize("forged", ["", "x", "A" * 27, "a" * 26, "A" * 25 + "\u00b2", "A" * 5_000])
def test_a_cookie_that_is_none_of_ours_is_replaced(forged, ad):
    visitor = Visitor(ad)
    visitor.client.cookies[COOKIE] = forged
    answer = visitor.click()
    assert answer.cookies[COOKIE].value != forged
    assert len(click_of(answer).profile) == 26


def test_global_privacy_control_means_no_cookie_and_a_profile_for_one_step(ad):
    visitor = Visitor(ad)
    first = visitor.click(HTTP_SEC_GPC="1")
    assert COOKIE not in first.cookies
    visitor.click()  # now there is one
    second, third = (click_of(visitor.click(HTTP_SEC_GPC="1")) for _ in range(2))
    assert len({click_of(first).profile, second.profile, third.profile}) == 3
    assert second.visitor == third.visitor != second.profile


@pytest.mark.parametrize("follow", ["click", "see"])
def test_global_privacy_control_leaves_of_a_step_what_its_link_says_alone(follow, ad, brand):
    brand.ip_addresses = "FULL"
    brand.save()
    visitor = Visitor(ad)
    visitor.path += "?subid1=blue"
    getattr(visitor, follow)(HTTP_REFERER="https://blog.example/", HTTP_SEC_GPC="1")
    getattr(visitor, follow)(HTTP_REFERER="https://blog.example/")
    private, usual = Step.objects.order_by("number")
    assert private.not_counted == ""
    assert private.ip_address == ""
    assert private.facts["SubId1"] == "blue"
    told = {name for name in usual.facts if name == "ReferralUrl" or name.startswith("ReferralDerived")}
    assert len(told) >= 4
    assert usual.facts.keys() - private.facts.keys() == told


def test_without_a_cookie_a_visitor_is_a_hash_of_address_and_agent_for_a_day(ad):
    def visitor(**who):
        return click_of(Visitor(ad, **who).click()).visitor

    with time_machine.travel("2026-11-28T23:00:00Z", tick=False):
        known = visitor()
        assert visitor() == known
        assert len({known, visitor(address="81.2.69.161"), visitor(agent="Mozilla/5.0 Other")}) == 3
        unique_visitors._salt = None  # another process
        assert visitor() == known
        salt = server().get("brandboard:visitors:2026-11-28")
        assert 0 < server().ttl("brandboard:visitors:2026-11-28") <= 3660
    with time_machine.travel("2026-11-29T00:00:01Z", tick=False):
        assert visitor() != known
        assert server().get("brandboard:visitors:2026-11-28") is None
        assert salt != server().get("brandboard:visitors:2026-11-29")


def test_two_programs_have_two_hashes_of_one_visitor(ad, rivals_ad):
    assert click_of(Visitor(ad).click()).visitor != click_of(Visitor(rivals_ad).click()).visitor


def test_without_valkey_a_process_tells_visitors_apart_by_itself(ad, monkeypatch):
    monkeypatch.setattr(unique_visitors, "_shared", lambda today: (_ for _ in ()).throw(OSError("away")))
    first, second = (click_of(Visitor(ad).click()).visitor for _ in range(2))
    assert first == second
    unique_visitors.valkey.answered()


BOTS = {
    "": "BOT",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "BOT",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)": "BOT",
    "curl/8.5.0": "BOT",
    "python-requests/2.32": "BOT",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)": "PREVIEW",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": "PREVIEW",
    "WhatsApp/2.23.20.0": "PREVIEW",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 Mobile": "",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS]": "",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0": "BOT",
}


@pytest.mark.parametrize("agent", BOTS)
def test_bots_and_previews_are_led_on_and_counted_apart(agent, ad):
    answer = Visitor(ad, agent=agent).click()
    assert answer.status_code == 302
    assert click_of(answer).not_counted == BOTS[agent]


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_SEC_PURPOSE": "prefetch"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_X_MOZ": "prefetch"},
    ],
    ids=str,
)
def test_a_prefetch_is_counted_apart_and_not_led_on_so_that_the_click_itself_arrives(header, ad):
    visitor = Visitor(ad)
    assert visitor.click(**header).status_code == 503
    assert Step.objects.get().not_counted == "PREFETCH"
    assert click_of(visitor.click()).not_counted == ""


def test_beyond_the_limit_of_an_address_links_lead_on_and_record_nothing(ad, rivals_ad, settings):
    settings.STRANGER_REQUESTS_PER_MINUTE = 3
    visitor = Visitor(ad)
    with time_machine.travel("2026-11-28T12:00:00Z", tick=False):
        answers = [visitor.click() for _ in range(5)]
        assert [answer.status_code for answer in answers] == [302] * 5
        assert [answer["Location"].count("irclickid") for answer in answers] == [1, 1, 1, 0, 0]
        assert visitor.see().status_code == 200
        assert Step.objects.count() == 3
        Visitor(ad, address="81.2.69.161").click()
        Visitor(rivals_ad).click()
        assert Step.objects.count() == 5
    with time_machine.travel("2026-11-28T12:01:00Z", tick=False):
        visitor.click()
        assert Step.objects.count() == 6
    assert METRICS["brandboard_clicks"].labels == ("kind", "outcome")


def test_a_link_beyond_the_limit_still_leads_to_the_programs_domains_alone(ad, settings):
    settings.STRANGER_REQUESTS_PER_MINUTE = 0
    assert Visitor(ad).click({"u": "https://evil.example/"}).status_code == 400
    assert Visitor(ad, "P-2").click().status_code == 404


def test_without_valkey_nobody_is_limited(ad, settings, monkeypatch):
    settings.STRANGER_REQUESTS_PER_MINUTE = 0
    monkeypatch.setattr(limits, "rate_limits", lambda: (_ for _ in ()).throw(OSError("away")))
    try:
        Visitor(ad).click()
    finally:
        limits.valkey.answered()
    assert Step.objects.count() == 1
