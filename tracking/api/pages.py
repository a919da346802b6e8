"""Lists of the API in pages, with the counts and addresses that clients of the platform expect."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from common.refusals import Refusals

from .answers import invalid

LARGEST_PAGE = 1_000
LAST_PAGE = 1_000_000


def page_of(
    request: HttpRequest, rows: Any, name: str, written: Callable[[Any], dict[str, Any]], *, number: int, size: int
) -> dict[str, Any]:
    """One page of rows under `name`. Raises Failure 400 for an invalid page."""
    errors = Refusals()
    if not 1 <= number <= LAST_PAGE:
        errors.add("Page", "Send a page from 1.")
    if not 1 <= size <= LARGEST_PAGE:
        errors.add("PageSize", f"Send a number from 1 to {LARGEST_PAGE}.")
    if errors:
        raise invalid(errors)
    paginator = Paginator(rows, size)
    total, pages = paginator.count, paginator.num_pages
    start = (number - 1) * size
    shown = list(rows[start : start + size]) if start < total else []

    def address(page: int) -> str:
        return f"{request.path}?Page={page}&PageSize={size}"

    return {
        "@page": str(number),
        "@numpages": str(pages),
        "@pagesize": str(size),
        "@total": str(total),
        "@start": str(start),
        "@end": str(start + len(shown) - 1 if shown else start),
        "@uri": address(number),
        "@firstpageuri": address(1),
        "@previouspageuri": address(number - 1) if number > 1 else "",
        "@nextpageuri": address(number + 1) if number < pages else "",
        "@lastpageuri": address(pages),
        name: [written(row) for row in shown],
    }
