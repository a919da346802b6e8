"""Where one action stands in the list: the ones before and after it, in the list's order and with its filters."""

from typing import Any

from django.db.models import Q

from tracking.models import Action

from .action_filters import SORTS, ActionFilters


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
