"""What parameters are called on pages: as rules call them, else the words of their own names."""

import re

from contracts.engine.rules.fields import VARIABLES

# Other variables read the same parameter: of these the first, which has its name, is the one that is meant.
_LABELS: dict[str, str] = {}
for _variable in VARIABLES.values():
    if _variable.family not in ("list", "catalog"):
        _LABELS.setdefault(_variable.parameter, _variable.label)
_OWN = {
    "MediaPartnerId": "Partner id", "MediaId": "Partner id", "CustomProfileId": "Profile id",
    "IpAddress": "IP address", "UniqueUrl": "Unique URL",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|\d+|_")


def in_words(parameter: str) -> str:
    """`Customer Status` of CustomerStatus, `Order sub total` of OrderSubTotal; what is not known is split alike."""
    if found := _LABELS.get(parameter) or _OWN.get(parameter):
        return found
    words = " ".join(_WORD.findall(parameter)).lower() or parameter
    return words[:1].upper() + words[1:]
