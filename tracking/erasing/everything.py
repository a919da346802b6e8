"""Everything known of a customer, as one document: who they are, their tags, every order and what became of it."""

from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any

from django.db.models import Prefetch

from program.models import Customer
from program.models.customer import CustomerTagging
from tracking.actions.explain_shown import explain_shown
from tracking.models import Action, ActionUpdate, Conversion, Modification
from tracking.pricing.priced_orders import order_of

from .orders import BATCH
from .person import copies_of, orders_by_email, orders_of, person_of
from .visits import profiles_named, profiles_of, steps_told

WHO = (
    "customer_id", "name", "email", "email_sha1", "email_sha256", "country", "region", "city", "post_code",
    "first_order_date", "orders_before", "orders", "first_order", "last_order", "status", "created_at", "sent_at",
)  # fmt: skip


def everything(customer: Customer, *, tell: Callable[[int], None]) -> dict[str, Any]:
    """Dates are ISO 8601 in UTC, amounts decimal strings. `tell` gets how many orders were read."""
    numbers, person = numbers_of_orders(customer), person_of(customer)
    return {
        "Customer": {_spelled(name): getattr(customer, name) for name in WHO},
        "Revenue": list(customer.revenues.order_by("currency").values("currency", "orders", "revenue")),
        "Tags": list(_tags(customer)),
        "Orders": list(_orders(numbers, tell)),
        "Steps": list(steps_told(person, profiles_of(person, profiles_named(person, numbers)))),
    }


def numbers_of_orders(customer: Customer) -> list[int]:
    """Their orders, those that bring their e-mail address and name no customer, and what else was reported of these."""
    found = {*orders_of(customer).values_list("pk", flat=True)}
    found |= {*orders_by_email(person_of(customer)).values_list("pk", flat=True)}
    return sorted({*found, *copies_of(customer, found)})


def _spelled(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _tags(customer: Customer) -> Iterator[dict[str, Any]]:
    taggings = CustomerTagging.objects.filter(customer=customer).select_related("tag").order_by("period", "pk")
    for each in taggings:
        yield {
            "Tag": each.tag.name,
            "From": each.period.lower,
            "Until": each.period.upper,
            "Assigned": each.assigned_at,
        }


def _orders(numbers: list[int], tell: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    done = 0
    for some in batched(numbers, BATCH):
        rows = Conversion.objects.numbered(list(some)).select_related("event_type").order_by("event_date", "id")
        conversions = list(rows)
        actions = {action.conversion_id: action for action in _actions(conversions)}
        changes = _changes(conversions)
        for row in conversions:
            action = actions.get(row.pk)
            yield {
                "EventType": row.event_type.code,
                "OrderId": row.order_id,
                "EventDate": row.event_date,
                "Received": row.received_at,
                "By": row.get_source_display(),
                "TestOrder": row.is_test,
                "State": row.get_state_display(),
                "Reason": row.get_reason_display(),
                "Detail": row.detail,
                "AsSent": row.payload,
                "Derived": row.derived,
                "Action": action and _action(action),
                "Changes": changes.get((row.event_type_id, row.order_id), []),
            }
        done += len(conversions)
        tell(done)


def _actions(conversions: list[Conversion]) -> list[Action]:
    rows = Action.objects.filter(conversion__in=conversions).select_related(
        "conversion", "event_type", "program", "partner"
    )
    updates = Prefetch("updates", ActionUpdate.objects.order_by("number"))
    return list(rows.prefetch_related("items", updates))


def _action(action: Action) -> dict[str, Any]:
    told = explain_shown(action, order_of(action), stop=BATCH)
    return {
        "ActionId": action.action_id,
        "Partner": action.partner.name,
        "State": action.get_state_display(),
        "Currency": action.currency,
        "SaleAmount": action.amount,
        "Payout": action.payout,
        "CustomerStatus": action.customer_status_category,
        "CustomerStatusCode": action.customer_status,
        "PayoutGroup": action.group_name,
        "Locks": action.locking_date,
        "Due": action.clearing_date,
        "LookedUp": action.context,
        "Profile": action.profile,
        "Journey": action.journey,
        "Why": told["Trace"],
        "Items": [
            {"Sku": item.sku, "Name": item.name, "Category": item.category, "Quantity": item.quantity,
             "SaleAmount": item.sale_amount, "Payout": item.payout}
            for item in action.items.all()
        ],
        "Updates": [
            {"Number": each.number, "What": each.get_disposition_display(), "Date": each.update_date,
             "SaleAmount": each.delta_amount, "Payout": each.delta_payout, "State": each.get_state_display(),
             "Detail": each.what}
            for each in action.updates.all()
        ],
    }  # fmt: skip


def _changes(conversions: list[Conversion]) -> dict[tuple[int | None, str], list[dict[str, Any]]]:
    """What was sent to change these orders, refused changes too."""
    order_ids = {row.order_id for row in conversions if row.order_id}
    found: dict[tuple[int | None, str], list[dict[str, Any]]] = {}
    rows = Modification.objects.filter(program=conversions[0].program_id, order_id__in=order_ids)
    for row in rows.order_by("modification_date", "id"):
        found.setdefault((row.event_type_id, row.order_id), []).append({
            "Date": row.modification_date, "Received": row.received_at, "State": row.get_state_display(),
            "Detail": row.detail, "AsSent": row.payload,
        })  # fmt: skip
    return found
