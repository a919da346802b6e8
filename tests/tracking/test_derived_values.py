"""Derived values: what user agents, client hints and IP addresses of real visitors tell."""

import time

import pytest

from program.models import Program
from tests.tracking.region_file import write_region_file
from tracking.visitors import regions
from tracking.visitors.client_hints import with_hints
from tracking.visitors.derived import derived_values, kept_ip, referral_derived
from tracking.visitors.user_agents import is_bot, read_agent

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WEBKIT} Chrome/125.0.0.0"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {APPLE}"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
WINDOWS_CHROME = f"{WINDOWS} {CHROME} Safari/537.36"
PHONE_CHROME = f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36"

PEOPLE = [
    (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iOS", "Mobile"),
    (f"{IPHONE} CriOS/125.0.6422.80 Mobile/15E148 Safari/604.1", "Chrome", "iOS", "Mobile"),
    (f"{IPHONE} FxiOS/126.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iOS", "Mobile"),
    (f"{IPHONE} Version/17.0 EdgiOS/125.0.2535.60 Mobile/15E148 Safari/605.1.15", "Edge", "iOS", "Mobile"),
    (f"{IPHONE} Mobile/15E148", "Safari", "iOS", "Mobile"),
    (f"{IPHONE} Mobile/15E148 Instagram 329.0.0.29.93 (iPhone14,5; iOS 17_4; en_GB)", "Instagram", "iOS", "Mobile"),
    (
        f"Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) {APPLE} Version/12.1.2 Mobile/15E148 Safari/604.1",
        "Safari", "iOS", "Tablet",
    ),
    (PHONE_CHROME, "Chrome", "Android", "Mobile"),
    (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Safari/537.36", "Chrome", "Android", "Tablet"),
    (
        f"Mozilla/5.0 (Linux; Android 14; SM-S918B) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
        "Samsung Internet", "Android", "Mobile",
    ),
    (
        f"Mozilla/5.0 (Linux; Android 13; SM-X700) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36",
        "Samsung Internet", "Android", "Tablet",
    ),
    (
        f"Mozilla/5.0 (Linux; Android 9; KFMAWI) {WEBKIT} Silk/122.4.1 like Chrome/122.0.6261.149 Safari/537.36",
        "Amazon Silk", "Android", "Tablet",
    ),
    ("Mozilla/5.0 (Android 14; Mobile; rv:126.0) Gecko/126.0 Firefox/126.0", "Firefox", "Android", "Mobile"),
    ("Mozilla/5.0 (Android 13; Tablet; rv:126.0) Gecko/126.0 Firefox/126.0", "Firefox", "Android", "Tablet"),
    (f"{PHONE_CHROME} OPR/82.0.0.0", "Opera", "Android", "Mobile"),
    (f"{PHONE_CHROME} EdgA/124.0.0.0", "Edge", "Android", "Mobile"),
    (WINDOWS_CHROME, "Chrome", "Windows 10", "Desktop"),
    (f"{WINDOWS_CHROME} Edg/125.0.0.0", "Edge", "Windows 10", "Desktop"),
    (f"{WINDOWS[:-1]}; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox", "Windows 10", "Desktop"),
    ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
     "Internet Explorer", "Windows 7", "Desktop"),
    (f"Mozilla/5.0 (Windows NT 6.3; Win64; x64) {CHROME} Safari/537.36", "Chrome", "Windows 8.1", "Desktop"),
    (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/17.5 Safari/605.1.15",
     "Safari", "macOS", "Desktop"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36", "Chrome", "Chrome OS", "Desktop"),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox", "Ubuntu", "Desktop"),
    ("Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.5) AppleWebKit/537.36 (KHTML, like Gecko) 85.0/6.5 TV Safari/537.36",
     "Safari", "Tizen", "TV"),
    (f"Mozilla/5.0 (Web0S; Linux/SmartTV) {CHROME} Safari/537.36 WebAppManager", "Chrome", "webOS", "TV"),
    (f"Mozilla/5.0 (Linux; Android 9; AFTKA) {WEBKIT} Silk/120.1.1 like Chrome/120.0 Safari/537.36",
     "Amazon Silk", "Android", "TV"),
    (f"Mozilla/5.0 (Linux; Android 9; BRAVIA 4K UR2) {CHROME} Safari/537.36", "Chrome", "Android", "TV"),
    (f"Mozilla/5.0 (PlayStation; PlayStation 5/2.26) {APPLE} Version/13.0 Safari/605.1.15", "Safari", "", "Console"),
    (f"{WINDOWS[:-1]}; Xbox; Xbox One) {CHROME} Safari/537.36 Edg/122.0.0.0", "Edge", "Windows 10", "Console"),
]  # fmt: skip
BOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"{PHONE_CHROME} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0 A",
    "curl/8.5.0",
    "python-requests/2.31.0",
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/125.0.0.0 Safari/537.36",
]


@pytest.mark.parametrize(("agent", "browser", "os", "device_type"), PEOPLE)
def test_a_user_agent_tells_browser_system_and_device(agent, browser, os, device_type):
    assert read_agent(agent) == (browser, os, device_type)
    assert not is_bot(agent)


@pytest.mark.parametrize("agent", BOTS)
def test_a_program_that_nobody_browses_with_is_a_bot(agent):
    assert read_agent(agent).device_type == "Bot"
    assert is_bot(agent)


@pytest.mark.parametrize("agent", ["", "   ", "x", "\x00", "💥" * 3_000, "Mozilla/5.0"])
def test_what_tells_nothing_is_left_out(agent):
    assert derived_values(user_agent=agent, hints={}, ip_address="") == {}


def brands(*names):
    return ", ".join(f'"{name}";v="125"' for name in (*names, "Not.A/Brand"))


@pytest.mark.parametrize(
    ("agent", "hints", "told"),
    [
        (WINDOWS_CHROME, {"Sec-CH-UA": brands("Chromium", "Brave")}, ("Brave", "Windows 10", "Desktop")),
        (WINDOWS_CHROME, {"Sec-CH-UA": brands("Microsoft Edge", "Chromium")}, ("Edge", "Windows 10", "Desktop")),
        (WINDOWS_CHROME, {"Sec-CH-UA": brands("Chromium", "Google Chrome")}, ("Chrome", "Windows 10", "Desktop")),
        (WINDOWS_CHROME, {"Sec-CH-UA": "?" * 9_000}, ("Chrome", "Windows 10", "Desktop")),
        (
            WINDOWS_CHROME,
            {"Sec-CH-UA-Platform": '"Windows"', "Sec-CH-UA-Platform-Version": '"15.0.0"'},
            ("Chrome", "Windows 11", "Desktop"),
        ),
        (
            WINDOWS_CHROME,
            {"Sec-CH-UA-Platform": '"Windows"', "Sec-CH-UA-Platform-Version": '"10.0.0"'},
            ("Chrome", "Windows 10", "Desktop"),
        ),
        (
            f"Mozilla/5.0 (Windows NT 6.3; Win64; x64) {CHROME} Safari/537.36",
            {"Sec-CH-UA-Platform": '"Windows"', "Sec-CH-UA-Platform-Version": '"0.3.0"'},
            ("Chrome", "Windows 8.1", "Desktop"),
        ),
        # a tablet that asks for the pages of a computer
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36",
            {"Sec-CH-UA-Platform": '"Android"', "Sec-CH-UA-Mobile": "?0"},
            ("Chrome", "Android", "Tablet"),
        ),
        (f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Safari/537.36", {"Sec-CH-UA-Mobile": "?1"},
         ("Chrome", "Android", "Mobile")),
        (PHONE_CHROME, {"Sec-CH-UA-Mobile": "?0", "Sec-CH-UA-Platform": '"Chrome OS"'},
         ("Chrome", "Chrome OS", "Desktop")),
        (WINDOWS_CHROME, {"Sec-CH-UA-Platform": '"Unknown"'}, ("Chrome", "Windows 10", "Desktop")),
        (BOTS[0], {"Sec-CH-UA": brands("Google Chrome"), "Sec-CH-UA-Mobile": "?1"}, ("Googlebot", "", "Bot")),
    ],
)  # fmt: skip
def test_client_hints_win_where_they_are_sent(agent, hints, told):
    assert with_hints(read_agent(agent), hints) == told


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("81.2.69.142", "GB"), ("8.8.8.8", "US"), (" 133.11.0.1 ", "JP"), ("2001:4860:4860::8888", "US"),
        ("::ffff:81.2.69.142", "GB"), ("10.0.0.1", ""), ("127.0.0.1", ""), ("fe80::1%eth0", ""),
        ("81.2.69.142:443", ""), ("x", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_ip_address_tells_the_country(address, country):
    values = derived_values(user_agent="", hints={}, ip_address=address)
    assert values == ({"DerivedCountry": country} if country else {})


@pytest.mark.parametrize(
    ("setting", "address", "kept"),
    [
        ("FULL", "81.2.69.142", "81.2.69.142"), ("FULL", "2A02:C7C:0:1::1", "2a02:c7c:0:1::1"), ("FULL", "x", ""),
        ("TRUNCATED", "81.2.69.142", "81.2.69.0"), ("TRUNCATED", "2a02:c7c:1:2::1", "2a02:c7c:1::"),
        ("TRUNCATED", "::ffff:81.2.69.142", "81.2.69.0"), ("TRUNCATED", "fe80::1%eth0", "fe80::"),
        ("TRUNCATED", "x", ""), ("NONE", "81.2.69.142", ""), ("NONE", "2a02:c7c:1:2::1", ""),
    ],
)  # fmt: skip
def test_an_ip_address_is_kept_as_the_program_says(setting, address, kept):
    assert kept_ip(address, Program(ip_addresses=setting)) == kept


@pytest.fixture
def regions_of(settings, tmp_path):
    """Puts a file of regions in place."""

    def put(record):
        regions._reader.cache_clear()
        settings.REGION_DATABASE = write_region_file(tmp_path / "regions.mmdb", "81.2.0.0/16", record)

    yield put
    regions._reader.cache_clear()


@pytest.mark.parametrize(
    ("record", "region"),
    [
        ({"subdivisions": [{"iso_code": "ENG", "names": {"de": "E", "en": "England"}}]}, "England"),
        ({"subdivisions": [{"iso_code": "ENG"}]}, "ENG"),
        ({"region": "England", "country": "GB"}, "England"),
        ({"state1": "England"}, "England"),
        ({"subdivisions": []}, ""),
        ({"country": {"iso_code": "GB"}}, ""),
    ],
)
def test_a_file_of_regions_tells_the_region(regions_of, record, region):
    regions_of(record)
    told = derived_values(user_agent="", hints={}, ip_address="81.2.69.142")
    assert told == {"DerivedCountry": "GB"} | ({"DerivedRegion": region} if region else {})
    assert "DerivedRegion" not in derived_values(user_agent="", hints={}, ip_address="8.8.8.8")
    assert "DerivedRegion" not in derived_values(user_agent="", hints={}, ip_address="2a02:c7c::1")
    assert regions.unfilled_variables() == {}


@pytest.mark.parametrize("content", [None, b"", b"no such format" * 100])
def test_without_a_file_that_can_be_read_regions_are_missing(settings, tmp_path, content):
    path = tmp_path / "broken.mmdb"
    if content is not None:
        path.write_bytes(content)
    settings.REGION_DATABASE = str(path)
    assert derived_values(user_agent="", hints={}, ip_address="81.2.69.142") == {"DerivedCountry": "GB"}
    assert set(regions.unfilled_variables()) == {"DERIVED_REGION", "REFERRAL_DERIVED_REGION"}


def test_a_click_has_them_by_the_names_of_its_variables():
    values = derived_values(user_agent=WINDOWS_CHROME, hints={}, ip_address="8.8.8.8")
    assert referral_derived(values) == {
        "ReferralDerivedBrowser": "Chrome", "ReferralDerivedOs": "Windows 10",
        "ReferralDerivedDeviceType": "Desktop", "ReferralDerivedCountry": "US",
    }  # fmt: skip


@pytest.mark.parametrize("part", ["a", "(", "1.", "Android ", "Mozilla/5.0 (", "; ", "Build/", "🙂"])
def test_a_long_user_agent_takes_no_long_time(part):
    began = time.perf_counter()
    read_agent(part * 100_000)
    assert time.perf_counter() - began < 0.5
