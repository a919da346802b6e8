"""The region of an IP address, from a file of the operator's in the format MMDB. Without one no region is known."""

from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import maxminddb
import structlog
from django.conf import settings

REGION_VARIABLES = ("DERIVED_REGION", "REFERRAL_DERIVED_REGION")
NO_FILE = "this installation has no file of regions"
LONGEST = 255  # characters of a value
_FLAT = ("region", "state1", "subdivision")  # as some makers name it

log = structlog.get_logger(__name__)


def region_of(address: IPv4Address | IPv6Address) -> str:
    """The state or region of the address by its English name; blank where it is not known."""
    reader = _reader(settings.REGION_DATABASE)
    if reader is None:
        return ""
    try:
        return _region(reader.get(address))[:LONGEST]
    except (maxminddb.InvalidDatabaseError, ValueError):  # a file for IPv4 alone is asked for another
        return ""


def is_readable() -> bool:
    """Whether this installation has a file of regions that can be read."""
    return _reader(settings.REGION_DATABASE) is not None


def unfilled_variables() -> dict[str, str]:
    """The rule variables that no order has a value of here, each with the reason."""
    return {} if is_readable() else dict.fromkeys(REGION_VARIABLES, NO_FILE)


@cache
def _reader(path: str) -> maxminddb.Reader | None:
    """Opened once in each process: after another file is put there, the product is restarted."""
    if not path:
        return None
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        log.error("region_database_not_readable", path=path, error=str(error))
        return None


def _region(record: Any) -> str:
    """Of a record of GeoIP City and those like it, or of a flat one."""
    if not isinstance(record, dict):
        return ""
    match record.get("subdivisions"):
        case [{"names": {"en": str(name)}}, *_]:
            return name.strip()
        case [{"iso_code": str(code)}, *_]:
            return code.strip()
    return next((value.strip() for name in _FLAT if isinstance(value := record.get(name), str)), "")
