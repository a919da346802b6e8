"""Lists, a page at a time, with the addresses of the other pages."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from ninja import Schema
from pydantic import Field, WithJsonSchema

from common.refusals import Refusals

from .answers import invalid
from .credentials import ApiRequest

LARGEST_PAGE = 1_000
LAST_PAGE = 1_000_000
ROW_DIGITS = 18
# For the document only: `page_of` refuses other values with its own messages.
Pages = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LAST_PAGE})]
Sizes = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE})]


class Page(Schema):
    """What every list has beside its rows."""

    page: str = Field(alias="@page")
    numpages: str = Field(alias="@numpages")
    pagesize: str = Field(alias="@pagesize")
    total: str = Field(alias="@total")
    start: str = Field(alias="@start")
    end: str = Field(alias="@end")
    uri: str = Field(alias="@uri")
    firstpageuri: str = Field(alias="@firstpageuri")
    previouspageuri: str = Field(alias="@previouspageuri")
    nextpageuri: str = Field(alias="@nextpageuri")
    lastpageuri: str = Field(alias="@lastpageuri")


def page_of(
    request: ApiRequest,
    rows: Any,
    name: str,
    written: Callable[[Any], dict[str, Any]],
    *,
    number: int,
    size: int,
    query: Mapping[str, str] | None = None,
    most: int | None = None,
    after: str | None = None,
) -> dict[str, Any]:
    """One page of rows under `name`. Raises Failure 400 for an invalid page.

    `query` is repeated in the addresses of other pages. Rows are counted up to `most`. Where `after` is not None the
    rows are in the order of their numbers, and the next page is found by the last one of this, whatever its depth.
    """
    errors = Refusals()
    if not 1 <= number <= LAST_PAGE:
        errors.add("Page", "Send a page from 1.")
    if not 1 <= size <= LARGEST_PAGE:
        errors.add("PageSize", f"Send a number from 1 to {LARGEST_PAGE}.")
    if after and not (after.isascii() and after.isdigit() and len(after) <= ROW_DIGITS):
        errors.add("AfterId", "Leave it as @nextpageuri has it.")
    if errors:
        raise invalid(errors)
    total = rows.count() if most is None else rows[:most].count()
    start = (number - 1) * size
    if after:
        found = list(rows.filter(pk__gt=int(after))[: size + 1])
    else:
        found = list(rows[start : start + size + 1]) if start < total or total == most else []
    shown, is_more = found[:size], len(found) > size
    pages = max(1, -(-total // size))

    def address(page: int, last: Any = None) -> str:
        cursor = {"AfterId": str(last.pk)} if last is not None and after is not None else {}
        return f"{request.path}?{urlencode({**(query or {}), 'Page': page, 'PageSize': size, **cursor})}"

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
        "@nextpageuri": address(number + 1, shown[-1]) if is_more else "",
        "@lastpageuri": address(pages) if total != most else "",
        name: [written(row) for row in shown],
    }
