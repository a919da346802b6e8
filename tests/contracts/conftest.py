from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from program.models import ReceivedValue
from tests.contracts.addresses import NEW
from tests.factories import make_event_type, make_partner


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand, code="SALE", name="Online sale")


@pytest.fixture
def lead(brand):
    return make_event_type(program=brand, code="LEAD", name="Sign-up")


@pytest.fixture
def terms(brand):
    return create_template_terms(program=brand, name="Standard", labels=["spring"])


@pytest.fixture
def event_payout(terms, sale):
    """The draft of Standard: 10% of an order."""
    return add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(10))


@pytest.fixture
def anna(brand):
    return make_partner(program=brand, media_partner_id="P-ANNA")


@pytest.fixture
def ben(brand):
    return make_partner(program=brand, media_partner_id="P-BEN")


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


@pytest.fixture
def viewer(bob, client_of):
    return client_of(bob)


@pytest.fixture
def groups(event_payout):
    return [
        add_payout_group(event_payout=event_payout, rules=[NEW], name=name, payout_rate=Decimal(15))
        for name in ("First", "Second", "Third")
    ]


@pytest.fixture
def group(event_payout):
    return add_payout_group(event_payout=event_payout, rules=[], name="Old", payout_rate=Decimal(3))


@pytest.fixture
def receive(brand, sale):
    """Let a value have been received with so many orders, so many days ago."""

    def received(variable, value, orders=1, days_ago=0):
        day = timezone.localdate() - timedelta(days=days_ago)
        ReceivedValue.objects.create(
            program=brand, event_type=sale, variable=variable, value=value, day=day, orders=orders
        )

    return received
