"""The domains to which click links may lead, as somebody types them: one a line, `*.` for every host below one."""

import re

from common.refusals import Refusal, Refused

MOST = 100
LONGEST = 253  # characters of a host
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_ADDRESS = re.compile(r"(?:https?:)?//([^/?#]*)")
_USUAL_PORTS = ("80", "443")
# Below these everybody can have a host of their own: a link that leads anywhere there would lead anywhere.
SHARED = frozenset({
    "amazonaws.com", "appspot.com", "azurewebsites.net", "blogspot.com", "cloudfront.net", "fly.dev", "github.io",
    "gitlab.io", "herokuapp.com", "myshopify.com", "netlify.app", "ngrok.io", "onrender.com", "pages.dev", "vercel.app",
    "web.app", "weebly.com", "wixsite.com", "wordpress.com", "workers.dev",
})  # fmt: skip
_OF_COUNTRY = frozenset({"ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"})  # such as co.uk


def read_domains(text: str) -> list[str]:
    """The domains of the lines, each once; raises Refused with each line that is none."""
    found: dict[str, None] = {}
    errors = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found[_read(line.strip())] = None
        except Refused as refused:
            errors += [Refusal("landing_domains", f"Line {number}: {each.message}") for each in refused]
    if len(found) > MOST:
        errors.append(Refusal("landing_domains", f"These are {len(found):,} domains; {MOST} are possible."))
    if errors:
        raise Refused(*errors[:20])
    return list(found)


def _read(typed: str) -> str:
    text = typed.lower()
    if address := _ADDRESS.match(text):
        raise Refused(f"“{typed}” is an address. Enter the domain alone, such as {address[1] or 'shop.example'}.")
    name, colon, port = text.partition(":")
    if colon and not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65_536):
        raise Refused(f"“{typed}” does not end in a valid port, such as :8001.")
    is_wild, host = name.startswith("*."), name.removeprefix("*.")
    if not host.isascii():
        raise Refused(f"“{typed}” has letters beyond a to z. Enter it as browsers send it, beginning with xn--.")
    labels = host.split(".")
    if len(host) > LONGEST or not all(map(_LABEL.fullmatch, labels)):
        raise Refused(f"“{typed}” is not a valid domain. Enter one such as shop.example, or *.shop.example.")
    if len(labels) == 1 and (is_wild or host != "localhost"):
        raise Refused(f"“{typed}” is not a whole domain. Enter one such as shop.example.")
    if is_wild and _is_shared(host, labels):
        raise Refused(f"Everybody can have a name below {host}. Enter your own, such as shop.{host}.")
    usual = not port or port in _USUAL_PORTS
    return name if usual else f"{name}:{int(port)}"


def _is_shared(host: str, labels: list[str]) -> bool:
    """Whether hosts below it belong to anybody: of those who host shops for others, and such as co.uk."""
    is_of_country = len(labels) == 2 and labels[0] in _OF_COUNTRY and len(labels[1]) == 2
    return is_of_country or host in SHARED or labels[-1].isdecimal()
