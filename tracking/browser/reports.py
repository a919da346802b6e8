"""A browser's report of an order, from the tag or the pixel: read, stored as a conversion, and kept for the live view
where something of it was refused.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from common.currencies import CURRENCY_DIGITS
from common.formats.comparison import compared
from common.observability.counters import count
from common.queue.notify import notify_soon
from common.refusals import Refused
from contracts.engine.document.reading import text_problem
from program.models import Customer, CustomerTag, EventType, Program
from program.tags.assigning.services import assign_customer_tags
from tracking.conversions.event_types import EventTypes
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import ConversionData, EventKey, read_conversion
from tracking.models.conversion import Source
from tracking.tasks import price

from .live import keep_report
from .names import LeftOut, Read

LONGEST_TAG = 80
MADE_BY_US = "IR_AN_64_TS"  # an order id that asks us to make one
NOT_BY_BROWSERS = (
    "Orders of this event type come from your server alone. Settings → Event Types → {} says who reports them."
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a report: whether they may be tracked, and if so their profile and what their request tells."""

    agrees: bool
    profile: str
    derived: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a report."""

    number: int | None  # of the stored conversion
    refused: tuple[LeftOut, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def take_report(
    program: Program, key: str, read: Read, *, source: Source, visitor: Visitor, is_test: bool = False
) -> Outcome:
    """Store what a browser reports of an order, or keep why not."""
    event_types = EventTypes(program)
    event_type, left_out = None, list(read.left_out)
    try:
        event_type = event_types.of(_event_key(key))
        if event_type.reported_by == EventType.Reporters.SERVER:
            raise Refused(NOT_BY_BROWSERS.format(event_type.name))
        data = _conversion(program, event_type, read.params, visitor, left_out)
        tags = _open_tags(program, data, read.tags, left_out)
        stored = store_conversion(
            program, data, source=source, is_test=is_test, event_types=event_types,
            derived=visitor.derived if visitor.agrees else {},
        )  # fmt: skip
    except Refused as refused:
        why = tuple(LeftOut(each.path, each.message) for each in refused)
        keep_report(
            program, event_type, source=source, sent=read.params, refused=why, left_out=left_out,
            agrees=visitor.agrees,
        )  # fmt: skip
        count("brandboard_browser_reports", source.lower(), "refused")
        return Outcome(None, why, tuple(left_out))
    if tags and not is_test and not stored.is_duplicate:
        _tag(program, data, tags)
    if left_out:
        keep_report(
            program, event_type, source=source, sent=read.params, left_out=left_out, conversion=stored.number,
            agrees=visitor.agrees,
        )  # fmt: skip
    count("brandboard_browser_reports", source.lower(), "duplicate" if stored.is_duplicate else "taken")
    notify_soon(price, program.pk)
    return Outcome(stored.number, (), tuple(left_out))


def _event_key(key: str) -> EventKey:
    return EventKey("EventTypeId" if key.isascii() and key.isdigit() else "EventTypeCode", key[:64])


def _conversion(
    program: Program, event_type: EventType, params: Mapping[str, Any], visitor: Visitor, left_out: list[LeftOut]
) -> ConversionData:
    now = timezone.now()
    sent = {
        **params, "CampaignId": str(program.pk), "EventTypeId": str(event_type.pk), "EventDate": now.isoformat()
    }  # fmt: skip
    for name in [name for name in sent if name.casefold() == "orderid" and sent[name] == MADE_BY_US]:
        sent[name] = f"AN-{secrets.token_hex(12)}"
    if not visitor.agrees:
        sent = {name: value for name, value in sent.items() if name.casefold() != "trackingconsent"}
        sent["TrackingConsent"] = "false"
    elif visitor.profile and not any(name.casefold() == "customprofileid" for name in sent):
        sent["CustomProfileId"] = visitor.profile
    return read_conversion(sent, now=now, time_zone=program.time_zone, currencies=CURRENCY_DIGITS, is_from_browser=True)


def _open_tags(
    program: Program, data: ConversionData, names: Iterable[str], left_out: list[LeftOut]
) -> list[CustomerTag]:
    """Those of the named tags that are opened to browsers."""
    texts = []
    for name in names:
        if problem := text_problem(name, LONGEST_TAG):
            left_out.append(LeftOut("tags", f"A tag {problem}."))
        else:
            texts.append(name)
    wanted = {compared(name): name for name in texts}
    if not wanted:
        return []
    if not data.payload.get("CustomerId"):
        left_out.append(LeftOut("tags", "A tag is put on a customer: send customerId, too."))
        return []
    open_tags = CustomerTag.objects.assignable().filter(program=program, is_open=True, name_key__in=wanted)
    found = {tag.name_key: tag for tag in open_tags}
    for key, name in wanted.items():
        if key not in found:
            left_out.append(LeftOut(f"tags: {name}", "Is not a tag that is open to browsers."))
    return list(found.values())


def _tag(program: Program, data: ConversionData, tags: list[CustomerTag]) -> None:
    """Put the tags on the customer from the order on, so that it is priced with them."""
    customer, _ = Customer.objects.get_or_create(program=program, customer_id=data.payload["CustomerId"])
    assign_customer_tags(customers=[customer], tags=tags, since=data.event_date)
