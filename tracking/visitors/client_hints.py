"""What a browser says of itself beside the user agent, in the headers Sec-CH-UA…: where they are sent, they win."""

import re
from collections.abc import Mapping

from .user_agents import Agent

LONGEST = 500  # characters of a header that are read
_BRAND = re.compile(r'"([^"]{1,60})"; ?v=')
_BRANDS = {"Google Chrome": "Chrome", "Microsoft Edge": "Edge", "YaBrowser": "Yandex Browser"}
# The engine alone, and what leaves to the user agent whose app it is.
_NO_BROWSER = frozenset({"Chromium", "Android WebView"})
_SYSTEMS = {"Chromium OS": "Chrome OS"}
_KNOWN_SYSTEMS = frozenset({"Windows", "macOS", "Android", "Chrome OS", "Linux", "iOS"})
_LINUXES = frozenset({"Ubuntu", "Fedora", "Debian"})  # of which the hint says Linux
_WINDOWS_11 = 13  # from this version of the platform on; 10 has 1 to 10
_FIXED = frozenset({"Bot", "TV", "Console", "Wearable"})  # types that no hint speaks of


def with_hints(agent: Agent, hints: Mapping[str, str]) -> Agent:
    """The agent with what the hints say; `hints` by the names of headers, others than these are not read."""
    if agent.device_type == "Bot":
        return agent
    browser = _browser(hints) or agent.browser
    os = _system(hints, agent.os)
    return Agent(browser, os, _device_type(hints, agent, os))


def _hint(hints: Mapping[str, str], name: str) -> str:
    return hints.get(name, "")[:LONGEST].strip()


def _browser(hints: Mapping[str, str]) -> str:
    """The brand that is neither the engine nor the made-up one, such as `Not/A)Brand`."""
    brands: list[str] = _BRAND.findall(_hint(hints, "Sec-CH-UA"))
    for brand in brands:
        made_up = "not" in brand.lower() and "brand" in brand.lower()
        if brand not in _NO_BROWSER and not made_up:
            return _BRANDS.get(brand, brand)
    return ""


def _system(hints: Mapping[str, str], os: str) -> str:
    sent = _hint(hints, "Sec-CH-UA-Platform").strip('"')
    platform = _SYSTEMS.get(sent, sent)
    if platform not in _KNOWN_SYSTEMS:
        return os
    if platform == "Windows":
        return _windows(_hint(hints, "Sec-CH-UA-Platform-Version").strip('"'), os)
    return os if platform == "Linux" and os in _LINUXES else platform


def _windows(version: str, os: str) -> str:
    major = version.split(".")[0]
    if major.isascii() and major.isdecimal() and int(major) > 0:
        return "Windows 11" if int(major) >= _WINDOWS_11 else "Windows 10"
    return os if os.startswith("Windows") else "Windows"


def _device_type(hints: Mapping[str, str], agent: Agent, os: str) -> str:
    if agent.device_type in _FIXED:
        return agent.device_type
    mobile = _hint(hints, "Sec-CH-UA-Mobile")
    if mobile == "?1":
        return "Mobile"
    if mobile != "?0":
        return agent.device_type
    if os == "Android":
        return "Tablet"
    return "Desktop" if agent.device_type == "Mobile" else agent.device_type
