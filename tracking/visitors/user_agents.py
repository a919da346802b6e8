"""What a user agent says: the browser, the system that it runs on, and the type of device."""

from typing import NamedTuple

from ua_parser import Result, parse  # which remembers the 2,000 agents that were asked for last

LONGEST = 2_000  # characters that are read; the parser's time grows with them


class Agent(NamedTuple):
    """Blank where it is not known."""

    browser: str = ""
    os: str = ""
    device_type: str = ""


# The browser has one name on every device: the device has a value of its own.
BROWSERS = {
    "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome", "Chrome Mobile WebView": "Android WebView",
    "Mobile Safari": "Safari", "Mobile Safari UI/WKWebView": "Safari",
    "Firefox Mobile": "Firefox", "Firefox iOS": "Firefox", "Edge Mobile": "Edge", "Opera Mobile": "Opera",
    "IE": "Internet Explorer", "IE Mobile": "Internet Explorer", "DuckDuckGo Mobile": "DuckDuckGo",
    "Brave Mobile": "Brave", "Vivaldi Mobile": "Vivaldi",
}  # fmt: skip
SYSTEMS = {
    "Mac OS X": "macOS", "ATV OS X": "tvOS", "Web0S": "webOS", "Chromecast Android": "Android",
}  # fmt: skip

# Programs that no person browses with. The parser knows crawlers by the device Spider.
PROGRAMS = frozenset({
    "curl", "Wget", "Python Requests", "Python-urllib", "Python aiohttp", "Go-http-client", "Apache-HttpClient",
    "Java", "HeadlessChrome", "PhantomJS", "libwww-perl", "Axios", "node-fetch", "Node Fetch", "PostmanRuntime",
})  # fmt: skip
_BOT_WORDS = ("chrome-lighthouse", "headless")
# In small letters; the first that stands in the agent decides.
_BY_WORD = (
    (("xbox", "playstation", "nintendo"), "Console"),
    (("watch os", "apple watch"), "Wearable"),
    (
        (
            "smart-tv", "smarttv", "smart tv", "hbbtv", "appletv", "googletv", "google tv", "android tv", "androidtv",
            "bravia", "crkey", "roku", "web0s", "netcast", "; aft", " tv safari", "viera",
        ),
        "TV",
    ),
    (("ipad", "tablet", "kindle", "silk/"), "Tablet"),
    (("iphone", "ipod", "windows phone"), "Mobile"),
)  # fmt: skip
_DESKTOPS = frozenset({"Windows", "macOS", "Linux", "Chrome OS", "Ubuntu", "Fedora", "Debian", "FreeBSD", "OpenBSD"})


def read_agent(user_agent: str) -> Agent:
    """Browser, system and type of device of a user agent; what it does not tell is blank."""
    text = user_agent[:LONGEST]
    if not text.strip():
        return Agent()
    parsed = parse(text)
    os = _system(parsed)
    return Agent(_browser(parsed), os, _device_type(text.lower(), parsed, os))


def is_bot(user_agent: str) -> bool:
    """Whether a program asks that no person browses with, such as a crawler."""
    text = user_agent[:LONGEST]
    return _is_bot(text.lower(), parse(text))


def _is_bot(text: str, parsed: Result) -> bool:
    device = parsed.device.family if parsed.device else ""
    program = parsed.user_agent.family if parsed.user_agent else ""
    return device == "Spider" or program in PROGRAMS or any(word in text for word in _BOT_WORDS)


def _browser(parsed: Result) -> str:
    family = parsed.user_agent.family if parsed.user_agent else ""
    return BROWSERS.get(family, family)


def _system(parsed: Result) -> str:
    """Windows with its version, by which 10 and 11 are told; every other system by name alone."""
    if parsed.os is None:
        return ""
    family = SYSTEMS.get(parsed.os.family, parsed.os.family)
    if family != "Windows" or not parsed.os.major:
        return family
    minor = f".{parsed.os.minor}" if parsed.os.minor else ""
    return f"Windows {parsed.os.major}{minor}"


def _device_type(text: str, parsed: Result, os: str) -> str:
    if _is_bot(text, parsed):
        return "Bot"
    for words, device_type in _BY_WORD:
        if any(word in text for word in words):
            return device_type
    if os == "Android":  # phones say Mobile, tablets say nothing
        return "Mobile" if "mobile" in text or "mozilla/" not in text else "Tablet"
    if os == "iOS":
        return "Mobile"
    return "Desktop" if os.split(" ")[0] in _DESKTOPS or os in _DESKTOPS else ""
