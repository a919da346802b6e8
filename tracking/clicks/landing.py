"""Where a link may lead: to the program's own domains alone. Pure.

The address that is answered is put together again from the parts that were compared, so that a browser cannot read
another host in it than we did.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlsplit

from common.refusals import Refused

LONGEST = 2_048
CLICK_ID = "irclickid"
_PORTS = {"http": 80, "https": 443}
# Names with other letters are written as xn--…: two standards disagree on how, and a browser might take the other.
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_KEPT = "%/:?#[]@!$&'()*+,;=~-._"  # what iri_to_uri keeps of an address, too


def landing_address(text: str, domains: Iterable[str]) -> str:
    """The address in a form that every browser reads alike; raises Refused where it is not one of the domains'.

    A domain is that host alone, or with `*.` every host below it; one that names no port means the usual ones.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise Refused(f"The address is longer than {LONGEST:,} characters.")
    if not text.isprintable() or "\\" in text:
        raise Refused("The address contains characters that no address has.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("The address cannot be read.") from None
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST.fullmatch(host):
        raise Refused("The address is not one of a web page, such as https://shop.example/.")
    port = None if port == _PORTS[parts.scheme] else port
    if not any(_is_within(host, port, domain) for domain in domains):
        raise Refused(f"{host}{f':{port}' if port else ''} is not one of the domains to which links may lead.")
    where = f"{parts.scheme}://{host}{f':{port}' if port else ''}"
    query = f"?{_quoted(parts.query)}" if parts.query else ""
    fragment = f"#{_quoted(parts.fragment)}" if parts.fragment else ""
    return f"{where}{_quoted(parts.path) or '/'}{query}{fragment}"


def with_click_id(address: str, click_id: str) -> str:
    """The address with this click's id in place of any other, before its fragment; the rest stays as it is."""
    address, mark, fragment = address.partition("#")
    path, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and not _is_click_id(part)]
    return f"{path}?{'&'.join([*kept, f'{CLICK_ID}={click_id}'])}{mark}{fragment}"


def _is_click_id(part: str) -> bool:
    return any(name.lower() == CLICK_ID for name, _ in parse_qsl(part, keep_blank_values=True))


def _is_within(host: str, port: int | None, domain: str) -> bool:
    name, _, wanted_port = domain.strip().lower().partition(":")
    if (str(port) if port else "") != wanted_port:
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _quoted(text: str) -> str:
    return quote(text, safe=_KEPT)
