"""The click's id in the address of the landing page."""

from urllib.parse import parse_qsl

CLICK_ID = "irclickid"


def with_click_id(address: str, click_id: str) -> str:
    """The address with this click's id in place of any other, before its fragment; the rest stays as it is."""
    address, mark, fragment = address.partition("#")
    path, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and not _is_click_id(part)]
    return f"{path}?{'&'.join([*kept, f'{CLICK_ID}={click_id}'])}{mark}{fragment}"


def _is_click_id(part: str) -> bool:
    return any(name.lower() == CLICK_ID for name, _ in parse_qsl(part, keep_blank_values=True))
