"""Checks changes of known orders before they are stored: a worker would refuse the same ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from common.refusals import Refusal, Refused
from program.models import Program
from tracking.intake import ModificationData
from tracking.models import Action, Conversion, Modification
from tracking.models.action import ActionItem

from .order_changes import RETURNS, before_order, raised

type OrderKey = tuple[int | None, str]  # event type, order id


class Addressed(NamedTuple):
    """A change, and which order it names."""

    order: OrderKey
    data: ModificationData


class KnownOrders:
    """The orders that some changes name, as they stand now. Two queries, and one more for returns."""

    def __init__(self, program: Program, changes: Iterable[Addressed]) -> None:
        self._program = program
        changes = list(changes)
        ids = {change.order[1] for change in changes}
        self._dates: dict[OrderKey, datetime] = {}
        rows = Conversion.objects.filter(program=program, order_id__in=ids).exclude(state=Conversion.State.DUPLICATE)
        # A modification is of the newest order with its id, and of a test order only where there is no other.
        for event_type, order_id, date in rows.order_by("-is_test", "event_date", "id").values_list(
            "event_type_id", "order_id", "event_date"
        ):
            self._dates[(event_type, order_id)] = date
        self.order_ids = {order_id for _, order_id in self._dates}
        self._quantities = _quantities(program, {
            change.order[1] for change in changes if change.data.reason in RETURNS and change.data.items
        })  # fmt: skip

    def check(self, change: Addressed, *, is_next: bool) -> None:
        """Raise Refused where the order is known and cannot change so.

        `is_next` says that no other change of the file comes in between, so that quantities are compared with the
        present ones.
        """
        errors = []
        ordered = self._dates.get(change.order)
        zone = self._program.zone
        if ordered is not None:
            days = change.data.modification_date.astimezone(zone).date(), ordered.astimezone(zone).date()
            if days[0] < days[1]:
                errors.append(Refusal("ModificationDate", before_order(*days)))
        standing = self._quantities.get(change.order, {}) if is_next and change.data.reason in RETURNS else {}
        for item in change.data.items:
            now = standing.get(item.sku)
            if now is not None and item.quantity > now:
                errors.append(Refusal("ItemQuantity", raised(change.data.reason, item.sku, now, item.quantity)))
        if errors:
            raise Refused(*errors)


def _quantities(program: Program, order_ids: set[str]) -> Mapping[OrderKey, Mapping[str, int]]:
    """The quantity of each SKU that is on one line, of orders that no waiting change is about to change."""
    if not order_ids:
        return {}
    waiting = Modification.objects.waiting().filter(program=program, order_id__in=order_ids)
    changing = set(waiting.values_list("event_type_id", "order_id"))
    actions = Action.objects.filter(program=program, order_id__in=order_ids).order_by("-is_test", "event_date", "id")
    newest = {(event_type, order_id): pk for event_type, order_id, pk in
              actions.values_list("event_type_id", "order_id", "id")}  # fmt: skip
    lines: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    items = ActionItem.objects.filter(action__in=newest.values()).exclude(sku="")
    for action, sku, quantity in items.values_list("action_id", "sku", "quantity"):
        lines[action][sku].append(quantity)
    return {
        order: {sku: found[0] for sku, found in lines[pk].items() if len(found) == 1}
        for order, pk in newest.items()
        if order not in changing
    }
