"""What is kept of a reported conversion: its derived values, and the IP address as the program's setting says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from program.models import Program
from tracking.intake.parsing import is_refused

from .derived import derived_values
from .ip_addresses import kept_ip

OF_VISITOR = ("UserAgent", "IpAddress")


class Written(str):
    """A payload as JSON text, which is stored as it is."""

    __slots__ = ()


class Reported(NamedTuple):
    """A conversion's payload as it is stored, and the derived values of its visitor."""

    payload: dict[str, Any] | Written
    derived: Mapping[str, str] = {}


def reported(payload: dict[str, Any], program: Program, *, derived: Mapping[str, str] | None = None) -> Reported:
    """What is kept of a payload. The user agent stays as it was sent; where the visitor has not agreed to be tracked,
    nothing is derived, and user agent and IP address go. `derived` are the values of a browser that sent it itself.
    """
    if derived is None and not any(name in payload for name in OF_VISITOR):
        return Reported(payload)
    if is_refused(payload):
        return Reported({name: value for name, value in payload.items() if name not in OF_VISITOR})
    agent, address = (payload.get(name, "") for name in OF_VISITOR)
    kept = {**payload, "IpAddress": kept_ip(address, program)}
    if not kept["IpAddress"]:
        del kept["IpAddress"]
    if derived is None:
        derived = derived_values(user_agent=agent, hints={}, ip_address=address)
    return Reported(kept, derived)
