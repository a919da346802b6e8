"""Orders whose customer statuses are checked, and their check as the worker makes it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from program.models import EventType, Program
from tests.factories import make_action
from tracking.models import Action, StatusCheck
from tracking.status_check.checks import create_check, make_check

RATES = {"New": "15", "Existing": "10", "Re-Engaged": "12"}
GROUPS = [
    {
        "Rank": rank,
        "Name": status,
        "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": [status]}],
        "PayoutRate": rate,
    }
    for rank, (status, rate) in enumerate(RATES.items(), 1)
]
DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
PERIOD = (date(2026, 1, 1), date(2026, 12, 31))


def order(program: Program, days: float, status: str, *, customer: str = "C-1", **params: Any) -> Action:
    """An order of 100.00 so many days after the first."""
    moment = (DAY + timedelta(days=days)).isoformat()
    return make_action(program=program, EventDate=moment, CustomerStatus=status, **{"CustomerId": customer, **params})


def checked(program: Program, *, days: int = 30, period: tuple[date, date] = PERIOD, code: str = "SALE") -> StatusCheck:
    event_type = EventType.objects.get(program=program, code=code)
    check = create_check(
        event_type=event_type, user_id=None, start=period[0], end=period[1], re_engaged_after_days=days
    )
    assert make_check(check.pk)
    check.refresh_from_db()
    assert check.state == "READY", check.failure
    return check
