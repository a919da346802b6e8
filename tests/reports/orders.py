"""Orders for the tests of reports: stored, priced and changed by the services that the product uses."""

from datetime import UTC, datetime
from typing import Any

from program.event_types.services import set_customer_status_mapping
from program.models import Program
from reports.rollups.fill import fill_touched_days
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tracking.conversions.new_conversions import store_conversions
from tracking.intake import read_conversion, read_modification
from tracking.modifications.apply import apply_all
from tracking.modifications.new_modifications import store_modifications
from tracking.pricing.batch import price_all

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CURRENCIES = {"GBP": 2, "EUR": 2}
MAPPING = {"New": ["new"], "Existing": ["repeat"], "Re-Engaged": ["lapsed"]}


def set_up(program: Program) -> None:
    """Event type SALE with a mapping; partners P-1 Kettle (GB, Content), P-2 Anvil & Sons (IE), P-3 Quiet; 10%."""
    event_type = make_event_type(program=program)
    set_customer_status_mapping(event_type=event_type, mapping=MAPPING, enabled=True)
    partners = [
        make_partner(program=program, media_partner_id="P-1", name="Kettle", country="GB", groups=["Content", "Top"]),
        make_partner(program=program, media_partner_id="P-2", name="Anvil & Sons", country="IE"),
        make_partner(program=program, media_partner_id="P-3", name="Quiet"),
    ]
    group = {
        "Rank": 1,
        "Name": "New customers",
        "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}],
        "PayoutRate": "15",
    }
    make_contracts(program=program, document=terms_document(groups=[group]), partners=partners)


def sell(program: Program, *orders: dict[str, Any], is_test: bool = False) -> None:
    """Store and price orders: dicts of id, day, partner, status, amount, items, or any further API parameter."""
    data = [
        read_conversion(_parameters(program, order), now=NOW, time_zone=program.time_zone, currencies=CURRENCIES)
        for order in orders
    ]
    store_conversions(program, data, source="FILE", is_test=is_test)
    price_all(program.pk)


def give_back(program: Program, order_id: str, **parameters: str) -> None:
    """Store and apply a modification; without further parameters the whole order comes back."""
    sent = {
        "CampaignId": str(program.pk),
        "EventTypeCode": "SALE",
        "OrderId": order_id,
        "ModificationDate": "2026-11-20T12:00:00Z",
        "Reason": "ITEM_RETURNED",
        **(parameters or {"Amount": "0"}),
    }
    data = read_modification(sent, now=NOW, time_zone=program.time_zone)
    store_modifications(program, [data], source="FILE")
    apply_all(program.pk)


def nine_orders(program: Program) -> None:
    """Nine orders of two partners on three days; A-4 returned whole, A-5 in part, T-1 a test order."""
    sell(
        program,
        {"id": "A-1", "status": "new", "amount": "100"},
        {"id": "A-2", "status": "new", "amount": "33.33"},
        {"id": "A-3", "status": "repeat", "amount": "50"},
        {"id": "A-4", "status": "repeat", "amount": "70"},
        {"id": "A-5", "status": "lapsed", "items": [("S-1", "10.00", "3"), ("S-2", "5.05", "1")]},
        {"id": "A-6", "status": "guest", "amount": "20"},
        {"id": "B-1", "partner": "P-2", "day": "2026-11-11", "status": "NEW", "amount": "12.34"},
        {"id": "B-2", "partner": "P-2", "day": "2026-11-13", "amount": "200"},
    )
    sell(program, {"id": "T-1", "status": "new", "amount": "999"}, is_test=True)
    give_back(program, "A-4")
    give_back(program, "A-5", ItemSku="S-1", ItemQuantity="1")
    fill_touched_days(program_id=program.pk)


def _parameters(program: Program, order: dict[str, Any]) -> dict[str, str]:
    order = dict(order)
    parameters = {
        "CampaignId": str(program.pk),
        "EventTypeCode": "SALE",
        "OrderId": order.pop("id"),
        "EventDate": f"{order.pop('day', '2026-11-10')}T10:00:00Z",
        "MediaPartnerId": order.pop("partner", "P-1"),
    }
    if status := order.pop("status", ""):
        parameters["CustomerStatus"] = status
    if items := order.pop("items", ()):
        for number, (sku, price, quantity) in enumerate(items, 1):
            parameters |= {f"ItemSku{number}": sku, f"ItemPrice{number}": price, f"ItemQuantity{number}": quantity}
    else:
        parameters["Amount"] = order.pop("amount", "100")
    return parameters | order
