"""How many orders of the last 30 days each payout group of a draft won under terms in force."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from contracts.drafts.ranks import move_to
from contracts.drafts.rows import add_payout_group, change_payout_group
from contracts.drafts.unpublished import open_draft
from contracts.models import Contract, EventPayout, PayoutGroup, TemplateTerms
from contracts.sections.lists.orders_won import orders_won
from contracts.sections.lists.payout_groups import GROUPS
from program.tags.services import change_customer_tag
from tests.contracts.addresses import HTMX, url
from tests.factories import (
    make_action,
    make_contracts,
    make_customer_tag,
    make_event_type,
    make_modification,
    make_partner,
    terms_document,
)
from tracking.models import Action
from tracking.modifications.apply import apply_all

NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
OLD = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["Existing"]}
BIG = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["500"]}


def group(rank: int, *rules: Any, name: str = "", rate: str = "15") -> Any:
    return {"Rank": rank, "Name": name, "Rules": list(rules), "PayoutRate": rate}


@pytest.fixture
def draft(brand: Any) -> EventPayout:
    """Two groups in force, New and Existing, and the draft that was made of them."""
    make_event_type(program=brand, code="SALE")
    partner = make_partner(program=brand, media_partner_id="P-1")
    document = terms_document(groups=[group(1, NEW, name="New"), group(2, OLD)])
    make_contracts(program=brand, document=document, partners=[partner])
    terms = TemplateTerms.objects.get()
    open_draft(template_terms=terms)
    return terms.event_payouts.get()


def won(event_payout: EventPayout) -> list[int | None] | None:
    """By rank; None for a group of which nothing is said."""
    groups = list(PayoutGroup.objects.filter(event_payout=event_payout).order_by("rank"))
    found = orders_won(event_payout, groups)
    return None if found is None else [found.get(each.pk) for each in groups]


def test_orders_are_counted_by_the_group_that_paid_them(brand: Any, draft: EventPayout) -> None:
    assert won(draft) == [0, 0]
    for status in ("New", "New", "Existing", "Other"):
        make_action(program=brand, CustomerStatus=status)
    assert won(draft) == [2, 1]


def test_reversed_and_test_orders_and_those_of_earlier_days_do_not_count(brand: Any, draft: EventPayout) -> None:
    make_action(program=brand, CustomerStatus="New", OrderId="BACK")
    make_action(program=brand, CustomerStatus="New", is_test=True)
    for days in (29, 31):
        make_action(program=brand, CustomerStatus="New", EventDate=(timezone.now() - timedelta(days=days)).isoformat())
    assert won(draft) == [2, 0]
    make_modification(program=brand, OrderId="BACK", Reason="ITEM_RETURNED", Amount="0")
    apply_all(brand.pk)
    assert Action.objects.get(order_id="BACK").state == "REVERSED"
    assert won(draft) == [1, 0]


def test_a_group_keeps_its_orders_when_its_tag_has_another_name(brand: Any) -> None:
    make_event_type(program=brand, code="SALE")
    partner = make_partner(program=brand, media_partner_id="P-1")
    vip, staff = make_customer_tag(program=brand, name="VIP"), make_customer_tag(program=brand, name="Staff")
    asked = {"Variable": "CUSTOMER_TAG", "Operator": "NOT_BELONGS_TO", "Values": ["VIP", "Staff"]}
    make_contracts(program=brand, document=terms_document(groups=[group(1, asked)]), partners=[partner])
    terms = TemplateTerms.objects.get()
    open_draft(template_terms=terms)
    make_action(program=brand)
    for tag, name in ((vip, "Gold"), (vip, "Best"), (staff, "Team")):
        change_customer_tag(tag=tag, name=name)
    assert won(terms.event_payouts.get()) == [1]


def test_a_group_keeps_its_orders_when_it_is_moved_renamed_or_paid_otherwise(brand: Any, draft: EventPayout) -> None:
    make_action(program=brand, CustomerStatus="New")
    new = draft.payout_groups.get(rank=1)
    change_payout_group(payout_group=new, rules=[NEW], name="Fresh", payout=Decimal(3))
    move_to(row=new, position=2, seen=None)
    assert won(draft) == [0, 1]


def test_a_condition_that_was_not_published_shows_nothing(brand: Any, draft: EventPayout) -> None:
    make_action(program=brand, CustomerStatus="New")
    change_payout_group(payout_group=draft.payout_groups.get(rank=1), rules=[NEW, BIG], name="New", payout_rate=15)
    add_payout_group(event_payout=draft, rules=[BIG], payout_rate=Decimal(20))
    assert won(draft) == [None, 0, None]


def test_of_two_groups_with_one_condition_the_first_has_won(brand: Any, draft: EventPayout) -> None:
    make_action(program=brand, CustomerStatus="New")
    add_payout_group(event_payout=draft, rules=[NEW], payout_rate=Decimal(20))
    assert won(draft) == [1, 0, None]


def test_versions_that_were_in_force_in_these_days_are_added_up(brand: Any, draft: EventPayout) -> None:
    make_action(program=brand, CustomerStatus="New")
    other = make_partner(program=brand, media_partner_id="P-2")
    later = terms_document(groups=[group(1, BIG), group(2, NEW)])
    make_contracts(program=brand, document=later, partners=[other])
    make_action(program=brand, CustomerStatus="New", MediaPartnerId="P-2")
    assert won(draft) == [2, 0]
    long_ago = timezone.now() - timedelta(days=40)
    Contract.objects.update(period=DateTimeTZRange(None, long_ago))
    assert won(draft) is None


def test_orders_of_other_terms_do_not_count(brand: Any, draft: EventPayout) -> None:
    other = make_partner(program=brand, media_partner_id="P-2")
    make_contracts(program=brand, document=terms_document(name="Other", groups=[group(1, NEW)]), partners=[other])
    make_action(program=brand, CustomerStatus="New", MediaPartnerId="P-2")
    assert won(draft) == [0, 0]


def test_the_page_says_it_and_asks_as_often_for_one_group_as_for_many(
    brand: Any, draft: EventPayout, client_of: Any, bob: Any, django_assert_num_queries: Any
) -> None:
    make_action(program=brand, CustomerStatus="New")
    client, address = client_of(bob), url("row_list_part", draft.pk, GROUPS)
    page = " ".join(client.get(address, **HTMX).content.decode().split())
    assert '<p class="ranked-orders">1 <span>orders won in 30 days</span></p>' in page
    with django_assert_num_queries(20):
        client.get(address, **HTMX)
    for number in range(12):
        rule = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": [str(number)]}
        add_payout_group(event_payout=draft, rules=[rule], payout_rate=Decimal(20))
    with django_assert_num_queries(21):  # more than eight are searched
        client.get(address, **HTMX)


def test_terms_that_nobody_works_under_have_no_such_column(draft: EventPayout, client_of: Any, bob: Any) -> None:
    Contract.objects.all().delete()
    page = client_of(bob).get(url("row_list_part", draft.pk, GROUPS), **HTMX).content.decode()
    assert "Orders won" not in page
    assert "ranked-orders" not in page
