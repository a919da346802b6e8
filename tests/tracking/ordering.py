"""Orders of one customer at moments of a test's own, and the page that says what one is paid."""

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from tests.factories import (
    make_action,
)
from tracking.models import Action

DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def order(program: Any, moment: datetime = DAY, **params: Any) -> Action:
    return make_action(program=program, **{"CustomerId": "C-1", "EventDate": moment.isoformat(), **params})


def receipt(client_of: Any, alice: Any, action: Action) -> str:
    page = client_of(alice).get(reverse("tracking:action_detail", args=[action.program_id, action.pk])).content.decode()
    return " ".join(page.split())
