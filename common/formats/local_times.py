"""Times of a place's own clock, some of which do not exist."""

from datetime import UTC, datetime, tzinfo


def why_skipped(local: datetime, zone: tzinfo) -> str:
    """Why a time without offset does not exist in the zone, in words: the clock was put forward over it. Else ""."""
    after = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if after == local:
        return ""
    return (
        f"{local:%H:%M} does not exist on {local:%Y-%m-%d} in {zone}: the clock is put forward over it. "
        f"Write {after:%H:%M}, or another time that exists."
    )
