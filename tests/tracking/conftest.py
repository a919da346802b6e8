"""A brand that sells: event type SALE with a status mapping, partner P-1 on terms of 10%, New 15%."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from program.models.event_type import CustomerStatusMapping
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tests.tracking.caller import Caller
from tests.tracking.status_checking import GROUPS

NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}


@pytest.fixture
def sale(brand: Any) -> Any:
    """The event type."""
    return make_event_type(program=brand, code="SALE")


@pytest.fixture
def shop(brand: Any, sale: Any) -> Caller:
    """A program of the brand that calls the API."""
    return Caller(brand.account)


@pytest.fixture
def partner(brand: Any) -> Any:
    return make_partner(program=brand, media_partner_id="P-1", name="Meadow Media")


@pytest.fixture
def standard(brand: Any, sale: Any, partner: Any) -> Any:
    """The terms version under which the partner works, from ever on."""
    groups = [{"Rank": 1, "Name": "New", "Rules": [NEW], "PayoutRate": "15"}]
    locking = {"Basis": "TRACKED", "Period": "DAY", "MonthOffset": 0, "DayOffset": 15}
    document = terms_document(groups=groups, Locking=locking)
    return make_contracts(program=brand, document=document, partners=[partner])


@pytest.fixture
def tiered(brand: Any, sale: Any, partner: Any) -> Any:
    """Terms of 15% for New, 10% for Existing, 12% for Re-Engaged, 1% otherwise; Lapsed means Re-Engaged."""
    sale.has_status_mapping = True
    sale.save()
    for category, code in (("Re-Engaged", "lapsed"), ("Existing", "repeat"), ("Staff", "crew")):
        CustomerStatusMapping.objects.create(
            program=brand, event_type=sale, category=category, code=code, code_key=code
        )
    make_contracts(program=brand, document=terms_document(rate="1", groups=GROUPS), partners=[partner])
    return brand


@pytest.fixture
def beside() -> Any:
    """Runs something on a connection of its own; the answer waits for its end, and raises what it raised."""
    raised: list[Exception] = []

    def start(do: Callable[[], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                do()
            except Exception as error:
                raised.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()

        def end() -> None:
            thread.join(30)
            assert not thread.is_alive()
            assert raised == []

        return end

    return start
