"""Settings → Links and visitors: landing domains, IP addresses, and what is kept for how long."""

import pytest

from common.db.edits import Stale
from common.refusals import Refused
from program.account_pages.landing_domains import read_domains
from program.programs import change_tracking, tracking_values

PAGE = "/p/1000/settings/tracking/"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("shop.example", ["shop.example"]),
        (" Shop.Example \n\n*.shop.example\nshop.example", ["shop.example", "*.shop.example"]),
        ("127.0.0.1:8001\nlocalhost:8000", ["127.0.0.1:8001", "localhost:8000"]),
        ("shop.example:443\nshop.example:80", ["shop.example"]),
        ("xn--bcher-kva.example", ["xn--bcher-kva.example"]),
        ("anvils.myshopify.com\n*.anvils.myshopify.com", ["anvils.myshopify.com", "*.anvils.myshopify.com"]),
        ("*.anvils.co.uk", ["*.anvils.co.uk"]),
        ("", []),
    ],
)
def test_domains_are_read_one_a_line(typed, stored):
    assert read_domains(typed) == stored


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("https://shop.example/sale", "Enter the domain alone, such as shop.example."),
        ("//shop.example", "Enter the domain alone, such as shop.example."),
        ("shop.example/sale", "not a valid domain"),
        ("shop.example:99999", "valid port"),
        ("shop.example:", "valid port"),
        ("shop.example:²", "valid port"),
        ("bücher.example", "beginning with xn--"),
        ("me@shop.example", "not a valid domain"),
        ("shop..example", "not a valid domain"),
        (".shop.example", "not a valid domain"),
        ("-shop.example", "not a valid domain"),
        ("a" * 300 + ".example", "not a valid domain"),
        ("*", "not a valid domain"),
        ("*shop.example", "not a valid domain"),
        ("www.*.example", "not a valid domain"),
        ("*.com", "not a whole domain"),
        ("shop", "not a whole domain"),
        ("*.localhost", "not a whole domain"),
        ("*.co.uk", "Everybody can have a name below co.uk."),
        ("*.myshopify.com", "Everybody can have a name below myshopify.com."),
        ("*.0.0.1", "Everybody can have a name below 0.0.1."),
        ("shop.example\\@evil.example", "not a valid domain"),
        ("\n".join(f"s{number}.example" for number in range(101)), "These are 101 domains; 100 are possible."),
    ],
)
def test_what_is_no_domain_of_ones_own_is_refused(typed, words):
    with pytest.raises(Refused, match=r".") as refused:
        read_domains(typed)
    assert words in str(refused.value)


def test_an_administrator_sets_both_and_the_audit_log_has_it(brand, alice, client_of):
    browser = client_of(alice)
    sent = {"landing_domains": "shop.example\r\n*.shop.example", "ip_addresses": "NONE"}
    assert browser.post(PAGE, sent).status_code == 302
    brand.refresh_from_db()
    assert (brand.landing_domains, brand.ip_addresses) == (["shop.example", "*.shop.example"], "NONE")
    page = browser.get(PAGE).content.decode()
    assert "shop.example\n*.shop.example" in page
    log = browser.get("/p/1000/settings/audit-log/").content.decode()
    assert "shop.example, *.shop.example" in log
    assert "IP addresses" in log


def test_whether_browsers_may_identify_customers_is_a_switch_that_is_on_at_first(brand, alice, client_of):
    browser = client_of(alice)
    assert brand.browsers_identify
    for sent, is_on in (({}, False), ({"browsers_identify": "on"}, True)):
        assert browser.post(PAGE, {"ip_addresses": "FULL", **sent}).status_code == 302
        brand.refresh_from_db()
        assert brand.browsers_identify is is_on


def test_a_line_that_is_no_domain_is_named_and_nothing_is_saved(brand, alice, client_of):
    answer = client_of(alice).post(PAGE, {"landing_domains": "shop.example\n*.com", "ip_addresses": "FULL"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Line 2: “*.com” is not a whole domain." in page
    assert "shop.example\n*.com" in page
    brand.refresh_from_db()
    assert (brand.landing_domains, brand.ip_addresses) == ([], "TRUNCATED")


@pytest.mark.parametrize("setting", ["", "SOME", "full"])
def test_another_setting_of_addresses_is_refused(setting, brand, alice, client_of):
    assert client_of(alice).post(PAGE, {"landing_domains": "", "ip_addresses": setting}).status_code == 422


def test_others_read_it_and_do_not_change_it(brand, erin, bob, client_of):
    for user in (erin, bob):
        page = client_of(user).get(PAGE).content.decode()
        assert "An administrator can change these." in page
        assert client_of(user).post(PAGE, {"ip_addresses": "FULL"}).status_code == 403
    brand.refresh_from_db()
    assert brand.ip_addresses == "TRUNCATED"


def test_an_empty_list_says_that_links_lead_nowhere(brand, alice, client_of):
    browser = client_of(alice)
    assert "Click links lead nowhere until there is one" in browser.get(PAGE).content.decode()
    brand.landing_domains = ["shop.example"]
    brand.save()
    assert "lead nowhere" not in browser.get(PAGE).content.decode()


def test_what_somebody_else_saved_meanwhile_is_not_replaced_unseen(brand, alice, client_of):
    page = client_of(alice).get(PAGE)
    seen = page.context["form"].opened_with
    change_tracking(program=brand, landing_domains="shop.example", ip_addresses="FULL", browsers_identify=False)
    answer = client_of(alice).post(PAGE, {"landing_domains": "a.example", "ip_addresses": "NONE", "opened_with": seen})
    assert answer.status_code == 409
    brand.refresh_from_db()
    kept = {"landing_domains": "shop.example", "ip_addresses": "FULL", "browsers_identify": False}
    assert tracking_values(brand) == kept
    with pytest.raises(Stale):
        change_tracking(program=brand, landing_domains="", ip_addresses="NONE", browsers_identify=True, seen=seen)


def test_it_says_what_is_kept_and_for_how_long(brand, bob, client_of, settings, tmp_path):
    settings.CLICK_RETENTION_DAYS, settings.KEEP_FILES_DAYS = 123, 45
    page = client_of(bob).get(PAGE).content.decode()
    assert "<dd>123 days</dd>" in page
    assert "<dd>45 days</dd>" in page
    assert "Missing: no file of regions" in page
    settings.REGION_DATABASE = str(tmp_path / "none.mmdb")
    assert "Missing: the file of regions cannot be read" in client_of(bob).get(PAGE).content.decode()
