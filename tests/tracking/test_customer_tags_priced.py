"""What counts of a customer's tags is what was true at the event, whenever the order is priced."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from program.models import CustomerTag
from program.models.customer import CustomerTagging
from program.tags.services import change_customer_tag
from tests.factories import (
    make_action,
    make_contracts,
    make_customer,
    make_customer_tag,
    make_modification,
    terms_document,
)
from tracking.actions.explain import explain_action
from tracking.modifications.apply import apply_all

VIP = {"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}
START, END = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 8, 9, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def vip(brand: Any, sale: Any, partner: Any) -> CustomerTag:
    """A tag for which the terms pay 50%; the customer C-1 carried it for a week."""
    group = {"Rank": 1, "Name": "VIP", "Rules": [VIP], "PayoutRate": "50"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])
    tag = make_customer_tag(program=brand, name="VIP")
    carry(tag, make_customer(program=brand, customer_id="C-1"), START, END)
    return tag


def carry(tag: CustomerTag, customer: Any, since: datetime, until: datetime | None) -> None:
    CustomerTagging.objects.create(
        program_id=tag.program_id, customer=customer, tag=tag, period=DateTimeTZRange(since, until)
    )


@pytest.mark.parametrize(
    ("moment", "payout"),
    [(START - MOMENT, 10), (START, 50), (END - MOMENT, 50), (END, 10)],
    ids=["just before", "from then", "last", "until then"],
)
def test_an_order_counts_the_tags_of_its_event_date(brand, vip, moment, payout):
    action = make_action(program=brand, CustomerId="C-1", EventDate=moment.isoformat())
    assert (action.payout, action.profile["CustomerTags"]) == (payout, ["VIP"] if payout == 50 else [])


def test_a_receipt_says_that_the_customer_had_no_tag(brand, vip, alice, client_of):
    action = make_action(program=brand, CustomerId="C-1", EventDate=END.isoformat())
    page = client_of(alice).get(reverse("tracking:action_detail", args=[1000, action.pk])).content.decode()
    assert "the customer had no tag when it was placed" in page


def test_terms_go_on_meaning_a_renamed_tag(brand, vip):
    change_customer_tag(tag=vip, name="Gold")
    action = make_action(program=brand, CustomerId="C-1", EventDate=START.isoformat())
    assert action.payout == 50
    assert (action.profile["CustomerTags"], action.profile["CustomerTagsFormerly"]) == (["Gold"], ["VIP"])
    assert explain_action(action)["Agrees"]


def test_what_the_action_keeps_counts_after_the_customer_was_tagged_again(brand, vip):
    action = make_action(program=brand, CustomerId="C-1", OrderId="A-1")  # yesterday, without the tag
    other = make_customer_tag(program=brand, name="Staff")
    carry(vip, action.customer, END, None)
    carry(other, action.customer, START, None)
    make_modification(program=brand, OrderId="A-1", Reason="ORDER_UPDATE", Amount="80.00")
    apply_all(brand.pk)
    action.refresh_from_db()
    assert (action.payout, action.profile["CustomerTags"]) == (8, [])
    assert explain_action(action)["Agrees"]
    assert make_action(program=brand, CustomerId="C-1").profile["CustomerTags"] == ["Staff", "VIP"]


def test_a_change_pays_by_a_tag_that_the_customer_no_longer_has(brand, vip):
    CustomerTagging.objects.update(period=DateTimeTZRange(START, None))
    action = make_action(program=brand, CustomerId="C-1", OrderId="A-1")
    assert action.payout == 50
    CustomerTagging.objects.all().delete()
    make_modification(program=brand, OrderId="A-1", Reason="ORDER_UPDATE", Amount="80.00")
    apply_all(brand.pk)
    action.refresh_from_db()
    assert (action.payout, action.group_name) == (40, "VIP")


def test_verify_finds_no_difference_after_tags_were_renamed_and_taken_off(brand, vip, capsys):
    make_action(program=brand, CustomerId="C-1", EventDate=START.isoformat())
    make_action(program=brand, CustomerId="C-1")
    change_customer_tag(tag=vip, name="Gold")
    make_action(program=brand, CustomerId="C-1", EventDate=START.isoformat())
    CustomerTag.objects.all().delete()
    call_command("verify", "--program", "1000")
    assert '"Differences": 0' in capsys.readouterr().out


def test_the_receipt_names_the_tags_that_counted(brand, vip, client_of, alice):
    action = make_action(program=brand, CustomerId="C-1", EventDate=START.isoformat())
    CustomerTagging.objects.all().delete()
    page = client_of(alice).get(reverse("tracking:action_groups", args=[1000, action.pk])).content.decode()
    assert "vip" in page
