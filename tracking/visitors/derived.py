"""The derived values of a visitor: at a conversion Derived…, at a click ReferralDerived… (payouts.md §4)."""

from collections.abc import Mapping

from .client_hints import with_hints
from .ip_addresses import country_of, kept_ip, read_ip
from .regions import region_of
from .user_agents import read_agent

__all__ = ["derived_values", "kept_ip", "referral_derived"]


def derived_values(*, user_agent: str, hints: Mapping[str, str], ip_address: str) -> dict[str, str]:
    """The values that a user agent, client hints and an IP address tell; what is not known is left out.

    `hints` are by the names of headers, such as Sec-CH-UA: those of a request, or {}.
    """
    agent = with_hints(read_agent(user_agent), hints)
    address = read_ip(ip_address)
    values = {
        "DerivedBrowser": agent.browser,
        "DerivedOs": agent.os,
        "DerivedDeviceType": agent.device_type,
        "DerivedCountry": country_of(address) if address else "",
        "DerivedRegion": region_of(address) if address else "",
    }
    return {name: value for name, value in values.items() if value}


def referral_derived(values: Mapping[str, str]) -> dict[str, str]:
    """The same values of a click, by the names that rules ask for them."""
    return {f"Referral{name}": value for name, value in values.items()}
