"""Terms with limits and what they come to, shared by the tests of limits."""

from datetime import UTC, datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracts.models import Contract, ContractEventType
from program.models import EventType
from reports.proof.verify import verify
from tests.factories import (
    make_contracts,
    make_modification,
    terms_document,
)
from tracking.actions.explain import explain_action
from tracking.actions.explain_shown import explain_shown
from tracking.models import Action, LimitCounter
from tracking.modifications.apply import apply_modifications
from tracking.pricing.priced_orders import order_of

LOCKING = {"Basis": "TRACKED", "Period": "DAY", "MonthOffset": 0, "DayOffset": 15}
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def limit(type_="PAYOUT", by="ALL", period="CONTRACT", value="25"):
    """A limit as the terms document has it."""
    return {"Type": type_, "LimitBy": by, "Value": value} | ({"Period": period} if by in ("ALL", "CUSTOMER") else {})


def agreed(program, partner, *limits, **parts):
    """Terms with these limits that the partner works under."""
    document = terms_document(Limits=list(limits), Locking=LOCKING, **parts)
    return make_contracts(program=program, document=document, partners=[partner])


def change(program, **params):
    """Apply a change of an order."""
    params.setdefault("Reason", "ORDER_UPDATE")
    made = make_modification(program=program, **params)
    apply_modifications()
    made.refresh_from_db()
    assert made.state == "APPLIED", made.detail


def assert_proven(program):
    """Verify finds no difference, and every action is explained to the cent."""
    said: list[str] = []
    proof = verify(program, tell=said.append)
    assert said == []
    for action in Action.objects.select_related("conversion", "event_type", "program"):
        assert explain_action(action)["Agrees"]
        assert explain_shown(action, order_of(action))["Agrees"]
    return proof


def held():
    """What each counter holds."""
    return {(row.what, row.limit_by, row.scope): row.value for row in LimitCounter.objects.all()}


def payouts():
    """The payout of each action, in the order in which they were made."""
    return [str(value) for value in Action.objects.order_by("id").values_list("payout", flat=True)]


def join(partner, version):
    """From ever on."""
    period = DateTimeTZRange(None, None)
    own = {"program": version.program, "partner": partner, "period": period}
    contract = Contract.objects.create(terms_version=version, **own)
    event_type = EventType.objects.get(code="SALE")
    ContractEventType.objects.create(contract=contract, event_type=event_type, **own)
