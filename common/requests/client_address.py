"""Where a request comes from: the peer, or what a trusted proxy says of it."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> str | None:
    """Return the client's address; None where the server names none.

    X-Forwarded-For is read from the right, and only past proxies of TRUSTED_PROXIES: anything further left was
    written by the client and would let it choose its address.
    """
    found = _find(request)
    return str(found) if found is not None else None


def address_to_count(request: HttpRequest) -> str | None:
    """The same, to count failed log-ins by: of IPv6 the first 64 bits, since one client may use all addresses within
    them.
    """
    return _counted(_find(request))


def network_of(address: str) -> str | None:
    """The key under which failed log-ins from an address are counted; None for a text that is not an address."""
    return _counted(_read(address))


def _counted(address: Address | None) -> str | None:
    if isinstance(address, IPv6Address):
        address = ip_network((address, 64), strict=False).network_address
    return str(address) if address is not None else None


def _find(request: HttpRequest) -> Address | None:
    trusted = [ip_network(each) for each in settings.TRUSTED_PROXIES]
    found = _read(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while found is not None and forwarded and _is_in(found, trusted):
        further = _read(forwarded.pop())
        if further is None:
            break
        found = further
    return found


def _read(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_in(address: Address, networks: list[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)
