"""Who sends the orders: one program, terms of 10% and of 15% for new customers, one token; a partner whom orders name,
and one whose links customers follow and whose terms limit what is paid.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from accounts.api_tokens import make_api_token
from common.db.statements import copy_rows
from tests.factories import (
    make_account,
    make_contracts,
    make_event_type,
    make_partner,
    make_program,
    make_user,
    terms_document,
)
from tests.tables import have_tables
from tracking.journeys.click_ids import new_click_id, written_click_id

PROGRAM, PARTNER, LINKING = 1000, "P-RIG", "P-LINK"
NEW = {
    "Rank": 1,
    "Name": "New",
    "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}],
    "PayoutRate": "15",
}
LIMIT = Decimal("10000.00")  # of all that the linking partner is paid
LIMITS = [
    {"Type": "PAYOUT", "LimitBy": "ALL", "Period": "CONTRACT", "Value": str(LIMIT)},
    {"Type": "ACTION", "LimitBy": "CUSTOMER", "Period": "DAY", "Value": "1"},  # each has one: reached and never crossed
]
CLICKS: dict[int, str] = {}  # the click id by the number of the order that names it

_STEP = (
    "id", "at", "program_id", "kind", "partner_id", "source", "profile", "visitor", "not_counted", "facts",
    "ip_address",
)  # fmt: skip


def make_brand(orders: int) -> tuple[str, str]:
    """Make it; the account's SID and the token's secret."""
    have_tables()
    program = make_program(id=PROGRAM, account=make_account(name="Rig Ltd", sid="BB-RIG"))
    make_user(username="rig", program=program)  # so that this is not a first start: no demonstration
    make_event_type(program=program)
    named, linking = (make_partner(program=program, media_partner_id=name) for name in (PARTNER, LINKING))
    make_contracts(program=program, document=terms_document(groups=[NEW]), partners=[named])
    limited = terms_document(name="Limited", groups=[NEW], Limits=LIMITS)
    make_contracts(program=program, document=limited, partners=[linking])
    _store_clicks(linking, orders)
    _, secret = make_api_token(account=program.account, name="rig")
    return program.account.sid, secret


def profile(number: int) -> str:
    """The profile of the customer of an order."""
    return f"profile-{number}"


def customer(number: int) -> str:
    return f"customer-{number}"


def _store_clicks(partner: Any, orders: int) -> None:
    """A click of each order's customer, two hours ago."""
    at = datetime.now(UTC) - timedelta(hours=2)
    rows = []
    for number in range(orders):
        click = new_click_id(at)
        CLICKS[number] = written_click_id(click)
        rows.append((click, at, PROGRAM, "CLICK", partner.pk, "", profile(number), "", "", Jsonb({}), ""))
    copy_rows("tracking_step", _STEP, rows)
