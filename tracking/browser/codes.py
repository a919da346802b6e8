"""The code to copy into a shop: for the tag, the pixel, the API and a file, with this event type's own codes in it."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from program.event_types.tracking_code import conversion_call, conversion_file
from program.models import EventType


@dataclass(frozen=True, slots=True)
class Code:
    """One piece to copy: where it goes, and the text."""

    where: str
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class StatusCode:
    """What to send for one kind of customer."""

    status: str
    code: str


def status_codes(event_type: EventType) -> list[StatusCode]:
    """The first code of each status of the mapping, New first; New and Existing where there is none."""
    mapped = [StatusCode(name, codes[0]) for name, codes in event_type.statuses().items() if codes]
    mapped.sort(key=lambda each: (each.status != "New", each.status != "Existing", each.status))
    return mapped or [StatusCode("New", "New"), StatusCode("Existing", "Existing")]


def codes_of(event_type: EventType, by: str, *, base_url: str) -> list[Code]:
    """The pieces for one way of reporting."""
    status = status_codes(event_type)[0].code
    match by:
        case "pixel":
            return [
                Code("On the page that thanks for the order:", pixel_code(event_type, status, base_url), "the pixel")
            ]
        case "api":
            call = conversion_call(event_type=event_type, base_url=base_url, status=status)
            return [Code("From your server, for each order:", call, "the API call")]
        case "file":
            return [
                Code("The first rows of a file:", conversion_file(event_type=event_type, status=status), "the rows")
            ]
    return [
        Code("On every page, within its head:", tag_code(event_type, base_url), "the tag"),
        Code(
            "Where the customer is known:",
            _script(_call("identify", {"customerId": "CUSTOMER-1"})),
            "the identify call",
        ),
        Code(
            "On the page that thanks for the order:",
            _script(_call("trackConversion", order_of(event_type, status), event_type.pk)),
            "the order call",
        ),
    ]


def tag_code(event_type: EventType, base_url: str, *, consent: bool = False) -> str:
    asks = ' data-consent="required"' if consent else ""
    return (
        "<script>window.ire = window.ire || function () { (ire.q = ire.q || []).push(arguments); };</script>\n"
        f'<script async src="{base_url}/tag.js?program={event_type.program_id}"{asks}></script>'
    )


def test_code(event_type: EventType) -> str:
    """The order call as a test: stored apart from real orders."""
    order = order_of(event_type, status_codes(event_type)[0].code)
    return f"{_call('trackConversion', order, event_type.pk)[:-2]}, {{ test: true }});"


def order_of(event_type: EventType, status: str) -> dict[str, object]:
    return {
        "orderId": "ORDER-1001",
        "customerId": "CUSTOMER-1",
        "customerEmail": "",
        "customerStatus": status,
        "currencyCode": event_type.program.currency,
        "orderPromoCode": "",
        "orderDiscount": "0.00",
        "items": [{"sku": "SKU-1", "name": "Anvil", "category": "Anvils", "quantity": 1, "subTotal": "100.00"}],
    }


def pixel_code(event_type: EventType, status: str, base_url: str, *, is_test: bool = False) -> str:
    query = {
        "oid": "ORDER-1001", "custid": "CUSTOMER-1", "cs": status, "currcd": event_type.program.currency,
        "sku1": "SKU-1", "amt1": "100.00", "qty1": "1", **({"test": "1"} if is_test else {}),
    }  # fmt: skip
    address = f"{base_url}/xconv/{event_type.pk}/{event_type.program_id}?{urlencode(query)}"
    return f'<img src="{address.replace("&", "&amp;")}" width="1" height="1" alt="">'


def policy(base_url: str) -> str:
    """What a shop's Content-Security-Policy has to allow."""
    parts = urlsplit(base_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return f"script-src {origin}; connect-src {origin}; img-src {origin}"


def consent_code() -> str:
    return _script("ire('consent', true);  // or false, as the visitor decides")


def _call(act: str, value: dict[str, object], event_type: int | None = None) -> str:
    first = f"'{act}', " + (f"{event_type}, " if event_type is not None else "")
    return f"ire({first}{json.dumps(value, indent=2, ensure_ascii=False)});"


def _script(text: str) -> str:
    # A code with </script> in it must not end the element.
    return f"<script>\n{text.replace('</', '<\\/')}\n</script>"
