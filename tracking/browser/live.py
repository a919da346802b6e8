"""What the live view shows of browsers' reports: what was refused and left out. A bounded number for a few days."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.db.statements import fetch
from program.models import EventType, Program
from tracking.clicks.parameters import bounded
from tracking.conversions.words import in_words
from tracking.intake.conversion_data import OF_BROWSER
from tracking.models import BrowserReport
from tracking.models.conversion import Source

from .names import LeftOut

KEPT_FOR = timedelta(days=7)
MOST = 1_000  # of a program
MOST_FIELDS = 40  # of one report
LONGEST = 200  # characters of a value

# Names whose values say who the visitor is, beside their orders; the live view needs none of them.
_UNSHOWN = ("customeremail", "ipaddress", "useragent", "phonenumber", "customprofileid", "clickid")
_UNSHOWN_WITHOUT_CONSENT = {*_UNSHOWN, "customerid", *(name.casefold() for name in OF_BROWSER)}
_DROP = """
DELETE FROM tracking_browserreport WHERE program_id = %s AND id <= (
    SELECT id FROM tracking_browserreport WHERE program_id = %s ORDER BY id DESC OFFSET %s LIMIT 1
) RETURNING id
"""


def keep_report(
    program: Program,
    event_type: EventType | None,
    *,
    source: Source,
    sent: Mapping[str, Any],
    refused: Iterable[LeftOut] = (),
    left_out: Iterable[LeftOut] = (),
    conversion: int | None = None,
    agrees: bool = True,
) -> None:
    """Keep why a report was refused, or what was left out of one that was stored; the oldest go. Of a visitor who does
    not agree to be tracked it holds nobody's id.
    """
    order_id = next((value for name, value in sent.items() if name.casefold() == "orderid"), "")
    BrowserReport.objects.create(
        program=program,
        event_type=event_type,
        conversion_id=conversion,
        source=source,
        order_id=bounded(str(order_id or ""), 64),
        sent=_shortened(sent, agrees=agrees),
        refused=[_written(each) for each in list(refused)[:MOST_FIELDS]],
        left_out=[_written(each) for each in list(left_out)[:MOST_FIELDS]],
    )
    fetch(_DROP, [program.pk, program.pk, MOST])


def told(report: BrowserReport) -> list[tuple[str, str]]:
    """What it said beside its order id, in words."""
    return [(in_words(name), value) for name, value in report.sent.items() if name.casefold() != "orderid"]


def forget_old_reports() -> int:
    """Delete what is older than a week; returns how many."""
    return BrowserReport.objects.filter(received_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def forget_customer(program_id: int, customer_id: str, order_ids: Iterable[str]) -> int:
    """Delete the reports that name an erased customer or one of their orders; returns how many."""
    reports = BrowserReport.objects.filter(program=program_id)
    named = reports.filter(sent__CustomerId=bounded(customer_id, LONGEST))
    return (named | reports.filter(order_id__in=[*filter(None, order_ids)])).delete()[0]


def _written(each: LeftOut) -> list[str]:
    return [bounded(each.field, 80), bounded(each.why, 300)]


def _shortened(sent: Mapping[str, Any], *, agrees: bool) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    unshown = _UNSHOWN if agrees else _UNSHOWN_WITHOUT_CONSENT
    for name, value in list(sent.items())[:MOST_FIELDS]:
        key = name.casefold()
        if key == "items":
            kept["Items"] = str(len(value)) if isinstance(value, list) else bounded(str(value), LONGEST)
        elif key not in unshown:
            kept["CustomerId" if key == "customerid" else bounded(name, 80)] = bounded(str(value), LONGEST)
    return kept
