"""Pages of the list of actions, and where one action stands in it: what is before and after it.

A page far back must not cost more than the first. So the numbers of its actions are read first, from an index of the
order that holds the usual filters too, and then their rows.
"""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q

from common.web.lists import SIZES
from tracking.models import Action

from .action_filters import SORTS, ActionFilters


class Counted(Paginator):  # type: ignore[type-arg]
    """Pages of rows whose number is known from their sums."""

    def __init__(self, rows: Any, size: int, count: int) -> None:
        super().__init__(rows, size)
        self.count = count


class Rows:
    """The actions of the list in its order, of which a page takes a part."""

    def __init__(self, filters: ActionFilters) -> None:
        minus = "-" if filters.sort.startswith("-") else ""
        field = SORTS[filters.sort.removeprefix("-")]
        # Ties by the newer row, or the older one: the index has both ways.
        self._numbers = filters.actions().order_by(f"{minus}{field}", f"{minus}id").values_list("pk", flat=True)

    def __getitem__(self, part: slice) -> list[Action]:
        numbers = list(self._numbers[part])
        rows = Action.objects.select_related("partner", "customer", "event_type").defer("context", "order_state")
        found = rows.in_bulk(numbers)
        return [found[number] for number in numbers if number in found]


def paged(filters: ActionFilters, count: int) -> dict[str, Any]:
    """What components/pagination.html takes."""
    page = Counted(Rows(filters), filters.size, count).get_page(filters.request.GET.get("page"))
    return {"page": page, "sizes": SIZES, "size": filters.size}


def neighbours(filters: ActionFilters, action: Action) -> tuple[int | None, int | None]:
    """The numbers of the actions before and after this one; None at the list's ends."""
    return _next(filters, action, is_forward=False), _next(filters, action, is_forward=True)


def _next(filters: ActionFilters, action: Action, *, is_forward: bool) -> int | None:
    field = SORTS[filters.sort.removeprefix("-")]
    upwards = filters.sort.startswith("-") != is_forward
    order = [field, "id"] if upwards else [f"-{field}", "-id"]
    rows = filters.actions().filter(_beyond(field, getattr(action, field), action.pk, upwards=upwards))
    return rows.order_by(*order).values_list("pk", flat=True).first()


def _beyond(field: str, value: Any, pk: int, *, upwards: bool) -> Q:
    """What comes after this value and id in the database's order, in which nothing is more than any value."""
    way = "gt" if upwards else "lt"
    if value is None:
        same = Q(**{f"{field}__isnull": True, f"id__{way}": pk})
        return same if upwards else same | Q(**{f"{field}__isnull": False})
    beyond = Q(**{f"{field}__{way}": value}) | Q(**{field: value, f"id__{way}": pk})
    if Action._meta.get_field(field).null:
        return beyond | Q(**{f"{field}__isnull": True}) if upwards else beyond
    return beyond & Q(**{f"{field}__{way}e": value})  # by which the index is read from that place on
