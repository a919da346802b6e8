"""IP addresses of visitors: the country of one, and what a program keeps of it."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

from iptocc import country_code

from program.models import Program
from program.models.program import IpAddresses

KEPT_BITS = {4: 24, 6: 48}  # of a shortened address, by version
_NO_COUNTRY = frozenset({"EU", "AP", "ZZ"})  # regions of registries


def read_ip(text: str) -> IPv4Address | IPv6Address | None:
    """The address; an IPv4 address inside an IPv6 one is read as IPv4. None where the text is not an address."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped or IPv6Address(int(found))  # without the name of an interface
    return found


def country_of(address: IPv4Address | IPv6Address) -> str:
    """The country to which the address is assigned, ISO alpha-2; blank where it is not known."""
    found = country_code(str(address)) or ""
    return "" if found in _NO_COUNTRY else found


def kept_ip(ip_address: str, program: Program) -> str:
    """What the program keeps of an IP address: in full, shortened, or nothing. Nothing too of a text that is none."""
    found = read_ip(ip_address)
    if found is None or program.ip_addresses == IpAddresses.NONE:
        return ""
    if program.ip_addresses == IpAddresses.FULL:
        return str(found)
    return str(ipaddress.ip_network((found, KEPT_BITS[found.version]), strict=False).network_address)
