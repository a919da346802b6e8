"""The tracking code to copy: what a shop sends so that an order, with its customer status, arrives here."""

import shlex

from program.models import EventType


def conversion_call(*, event_type: EventType, base_url: str, status: str | None = None) -> str:
    """A call of the API that reports one order of this event type; with a customer status code where one is given."""
    program = event_type.program
    parameters = {
        "ClickId": "CLICK-ID",
        "CampaignId": str(program.pk),
        "EventTypeCode": event_type.code,
        "EventDate": "NOW",
        "OrderId": "ORDER-1001",
        "CustomerId": "CUSTOMER-1",
        **({"CustomerStatus": status} if status is not None else {}),
        "CurrencyCode": program.currency,
        "ItemSku1": "SKU-1",
        "ItemPrice1": "100.00",
        "ItemQuantity1": "1",
    }
    lines = [
        f"curl {base_url}/Advertisers/{program.account.sid}/Conversions",
        f'-u "{program.account.sid}:$AUTH_TOKEN"',
    ]
    lines += [f"-d {shlex.quote(f'{name}={value}')}" for name, value in parameters.items()]
    return "# CLICK-ID is the irclickid of the address of the landing page.\n" + " \\\n  ".join(lines)


def conversion_file(*, event_type: EventType, status: str | None = None) -> str:
    """The head and first row of a conversions file that reports the same."""
    program = event_type.program
    columns = ["CampaignId", "EventTypeCode", "EventDate", "OrderId", "MediaPartnerId", "CustomerId"]
    values = [str(program.pk), event_type.code, "2026-11-20T10:00:00Z", "ORDER-1001", "PARTNER-ID", "CUSTOMER-1"]
    if status is not None:
        columns.append("CustomerStatus")
        values.append(status)
    columns += ["CurrencyCode", "ItemSku", "ItemPrice", "ItemQuantity"]
    values += [program.currency, "SKU-1", "100.00", "1"]
    return ",".join(columns) + "\n" + ",".join(_cell(value) for value in values)


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if any(sign in value for sign in ',"\n') else value
