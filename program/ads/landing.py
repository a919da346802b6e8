"""Where a link may lead: to the program's own domains alone. Pure.

The address that is answered is put together again from the parts that were compared, so that a browser cannot read
another host in it than we did.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from common.refusals import Refusal, Refused

LONGEST = 2_048
_PORTS = {"http": 80, "https": 443}
# Names with other letters are written as xn--…: two standards disagree on how, and a browser might take the other.
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_KEPT = "%/:?#[]@!$&'()*+,;=~-._"  # what iri_to_uri keeps of an address, too


def landing_address(text: str, domains: Iterable[str]) -> str:
    """The address in a form that every browser reads alike; raises Refused where it is not one of the domains', with
    the code `unknown` where that is all that is wrong.

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
    place = f"{host}:{port}" if port else host
    if not any(_is_within(host, port, domain) for domain in domains):
        raise Refused(Refusal("", f"{place} is not one of the domains to which links may lead.", "unknown"))
    query = f"?{_quoted(parts.query)}" if parts.query else ""
    fragment = f"#{_quoted(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme}://{place}{_quoted(parts.path) or '/'}{query}{fragment}"


def _is_within(host: str, port: int | None, domain: str) -> bool:
    name, _, wanted_port = domain.strip().lower().partition(":")
    if (str(port) if port else "") != wanted_port:
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _quoted(text: str) -> str:
    return quote(text, safe=_KEPT)
