"""From a figure of a report to the actions that it counts."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from program.models import Program
from reports.queries.figures import KNOWN_STATUSES, OTHER
from reports.queries.filters import Filters

NO_STATUS = "OTHER"  # the list of actions' name for Other


class ActionsBehind:
    """Addresses of the list of actions, each with every filter of the report: the orders that a figure counts.

    Partners and event types are given by the numbers of their rows.
    """

    def __init__(
        self, program: Program, filters: Filters, *, partners: Sequence[int] = (), event_types: Sequence[int] = ()
    ) -> None:
        self.filters = filters
        asked: dict[str, Iterable[Any]] = {
            "state": ["NOT_REVERSED"],
            "reported": ["1"],
            "currency": [filters.currency or program.currency],
            "event_type": event_types,
            "partner_country": filters.countries,
            "partner_group": filters.partner_groups,
            "customer_status": filters.status_codes,
        }
        self._base = f"{reverse('tracking:action_list', args=[program.pk])}?{urlencode(asked, doseq=True)}"
        self._partners = urlencode({"partner": partners}, doseq=True)

    def address(self, *, day: date | str | None = None, partner: int | None = None, status: str | None = "") -> str:
        """The actions of the range, or of one day; of all partners, or of one (a row's number); of every customer
        status, of one, or (None) of all but New, Existing and Re-Engaged. A text stands for a day that is written
        in later."""
        days = f"&start_date={day or self.filters.start}&end_date={day or self.filters.end}"
        partners = self._partners if partner is None else f"partner={partner}"
        if status is None:
            statuses = urlencode({"status_not": KNOWN_STATUSES}, doseq=True)
        elif status:
            statuses = urlencode({"status": NO_STATUS if status == OTHER else status})
        else:
            statuses = ""
        return "&".join(part for part in (f"{self._base}{days}", partners, statuses) if part)
