"""Click ids: a number whose first 48 bits are the moment in milliseconds, as in a UUID of version 7, so that the month
in which a click is kept is known from its id. The rest is random: nobody finds the click of somebody else.
"""

import base64
import secrets
from datetime import UTC, datetime
from uuid import UUID

LENGTH = 26  # letters and digits


def new_click_id(at: datetime) -> UUID:
    """A new id for a click at that moment (aware)."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(bytes=milliseconds.to_bytes(6) + secrets.token_bytes(10))


def written_click_id(click: UUID) -> str:
    """As it stands in addresses and parameters: 26 capital letters and digits."""
    return base64.b32encode(click.bytes).decode().rstrip("=")


def read_click_id(text: str) -> UUID | None:
    """The id, None where the text cannot be one of ours."""
    if len(text) != LENGTH or not text.isascii():
        return None
    try:
        return UUID(bytes=base64.b32decode(text.upper() + "=" * 6))
    except ValueError:
        return None


def moment_of(click: UUID) -> datetime:
    """When it was made, to the millisecond; 1970 where the number is not one of a moment."""
    try:
        return datetime.fromtimestamp(int.from_bytes(click.bytes[:6]) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime(1970, 1, 1, tzinfo=UTC)
