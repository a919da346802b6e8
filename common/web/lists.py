"""What list pages read from their address: page, order, words and numbers of rows."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

SIZES = [25, 50, 100]
PLACES = ("page", "after", "before")  # of the address: where in the list the page is
LONGEST_QUERY = 2_000  # characters
MOST_VALUES = 25  # of one filter: each has a chip whose link holds all the others


def read_moment(text: str) -> datetime:
    """A moment that an address names, in UTC: the database does not take every difference to it that can be written.
    Raises ValueError for anything else.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the offset is missing")
    try:
        return moment.astimezone(UTC)
    except OverflowError as overflow:
        raise ValueError("outside of the calendar") from overflow


def page_of(request: HttpRequest, rows: "QuerySet[Any]") -> dict[str, Any]:
    """The page in the address (?page=, ?page_size=) with what components/pagination.html takes."""
    asked = request.GET.get("page_size", "")
    size = int(asked) if asked in map(str, SIZES) else SIZES[0]
    return {"page": Paginator(rows, size).get_page(request.GET.get("page")), "sizes": SIZES, "size": size}


def sorted_by(request: HttpRequest, rows: "QuerySet[Any]", columns: dict[str, str]) -> "tuple[QuerySet[Any], str]":
    """The rows in the order of ?sort= (a key of `columns`, a minus before it for descending), and that key.

    The first column is the order where none is asked for; the primary key settles ties, so that pages never overlap.
    """
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") not in columns:
        sort = next(iter(columns))
    minus = "-" if sort.startswith("-") else ""
    return rows.order_by(minus + columns[sort.removeprefix("-")], "pk"), sort


def text_of(request: HttpRequest, name: str) -> str:
    """A word in the address, trimmed, without the character that no column can hold."""
    return text_in(request.GET, name)


def text_in(data: QueryDict, name: str) -> str:
    """A word in what was sent, trimmed, without the character that no column can hold."""
    return data.get(name, "").replace("\x00", "").strip()


def texts_in(data: QueryDict, name: str) -> list[str]:
    """The first words that were sent by one name, trimmed, once each, without the character that no column can hold."""
    return _words(data.getlist(name))[:MOST_VALUES]


def ticked_of(request: HttpRequest, name: str) -> list[str]:
    """The ids, in words, of all rows that were ticked, once each."""
    return _words(request.POST.getlist(name))


def _words(texts: Iterable[str]) -> list[str]:
    cleaned = (text.replace("\x00", "").strip() for text in texts)
    return list(dict.fromkeys(text for text in cleaned if text))


def number_of(request: HttpRequest, name: str) -> int | None:
    """A row's number in the address; None where there is none or it cannot be a row's number."""
    return number_in(request.GET, name)


def number_in(data: QueryDict, name: str) -> int | None:
    """A row's number in what was sent; None where there is none or it cannot be a row's number."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def numbers_of(request: HttpRequest, name: str) -> list[int]:
    """The numbers of the rows that were ticked."""
    return [int(text) for text in request.POST.getlist(name) if text.isascii() and text.isdigit() and len(text) < 18]


def back_to_list(request: HttpRequest, view: str, program_id: int) -> HttpResponse:
    """Redirect to the list that a bulk form was sent from, with its filters (the form's hidden `query`).

    A longer query than any page makes is left out: proxies refuse an answer with such an address.
    """
    response = redirect(view, program_id)
    query = QueryDict(request.POST.get("query", "")).urlencode()
    if 0 < len(query) <= LONGEST_QUERY:
        response["Location"] += f"?{query}"
    return response
