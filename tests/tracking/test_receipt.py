"""The receipt of an action, through HTTP."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tests.tracking.printed import sections
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion, read_modification
from tracking.models import Action
from tracking.modifications.apply import apply_all
from tracking.modifications.new_modifications import store_modifications
from tracking.pricing.batch import price_all

LIST = "/p/1000/transactions/actions/"
NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
BIG = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["150"]}
GROUPS = [
    {"Rank": 1, "Name": "New, big basket", "Rules": [NEW, BIG], "PayoutRate": "20"},
    {"Rank": 2, "Name": "New", "Rules": [NEW], "PayoutRate": "15"},
    {"Rank": 3, "Name": "Everyone in Wales", "Rules": [NEW], "PayoutRate": "11"},
]


@pytest.fixture
def kettle(brand):
    make_event_type(program=brand, code="SALE")
    return make_partner(program=brand, media_partner_id="P-1", name="Kettle Blog")


def order(brand, *, is_test=False, **params):
    sent = {
        "CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "2026-11-14T19:42:00Z", "OrderId": "TT-1",
        "MediaPartnerId": "P-1", "CurrencyCode": "GBP", "CustomerStatus": "New", **params,
    }  # fmt: skip
    if not any(name.startswith("Item") for name in sent):
        sent.setdefault("Amount", "100.00")
    store_conversion(brand, read_conversion(sent, now=timezone.now()), source="API", is_test=is_test)
    price_all(brand.pk)
    return Action.objects.filter(order_id=sent["OrderId"]).first()


def agree(brand, kettle, **terms):
    make_contracts(program=brand, document=terms_document(**terms), partners=[kettle])


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_explanation_names_the_failing_rule_of_each_group_above_the_winner(client_of, alice, brand, kettle):
    agree(brand, kettle, groups=GROUPS)
    action = order(brand, OrderTax="20")
    page = page_of(client_of(alice), f"{LIST}{action.pk}/")
    assert "Why this pays £15.00" in page
    failing = page.index("Order Total ≥ £150.00")
    assert "£120.00, the sale amount with Order Tax" in page[failing : failing + 100]
    assert "not met" in page[failing : failing + 140]
    assert failing < page.index("2 New") < page.index("15% of the order’s sale amount: £100.00")
    assert "One group below it was not tried" in page
    assert "New, received as “New”" in page
    assert "Order Tax £20.00 is not part of it" in page
    assert "does not match the stored figures" not in page


def test_a_code_that_is_mapped_to_no_status_says_so_and_leads_to_the_mapping(client_of, alice, brand, kettle):
    agree(brand, kettle, groups=GROUPS)
    action = order(brand, CustomerStatus="platinum")
    client, mapping = client_of(alice), reverse("program:event_type_mapping", args=[1000, action.event_type_id])
    page = page_of(client, f"{LIST}{action.pk}/")
    assert "“platinum” was received, which is mapped to no customer status" in page
    assert "received as “platinum”" not in page
    for address in (f"{LIST}{action.pk}/", f"/p/1000/transactions/conversions/{action.conversion_id}/"):
        assert f'“platinum” is <a class="link" href="{mapping}">mapped to no status</a>' in page_of(client, address)


@pytest.mark.parametrize(("now", "past"), [("2026-11-20", 1), ("2026-12-08", 3), ("2027-12-31", 4)])
def test_dates_that_have_passed_are_marked_in_both_lists(client_of, alice, brand, kettle, now, past):
    locking = {"Period": "MONTH", "MonthOffset": 0, "DayOffset": 5}
    agree(brand, kettle, Locking=locking, PayoutScheduling={"Period": "END_OF_DAY", "DayOffset": 20})
    action = order(brand)
    with time_machine.travel(f"{now}T12:00:00Z", tick=False):
        page = page_of(client_of(alice), f"{LIST}{action.pk}/")
    dates = page[page.index('<ol class="dates">') :]
    assert dates[: dates.index("</ol>")].count("is-past") == past
    assert ">Paid<" not in page
    assert ('class="is-ahead"><span>Due' in page) == (past < 4)


def test_an_adjustment_shows_the_amount_before_and_after(client_of, alice, brand, kettle):
    agree(brand, kettle, PayoutAdjustments=[{"Rules": [NEW], "Direction": "INCREASE", "Rate": "5"}])
    action = order(brand)
    page = page_of(client_of(alice), f"{LIST}{action.pk}/")
    assert "Why this pays £10.50" in page
    assert "+5%" in page
    assert "£10.00 before" in page
    assert "These terms have no payout groups" in page


def test_an_adjustment_that_takes_more_than_there_is_says_that_it_stops_at_0(client_of, alice, brand, kettle):
    agree(brand, kettle, PayoutAdjustments=[{"Rules": [NEW], "Direction": "DECREASE", "Amount": "25"}])
    page = page_of(client_of(alice), f"{LIST}{order(brand).pk}/")
    assert "Why this pays £0.00" in page
    assert "it takes no more than that, as no payout goes below 0" in page


def test_a_restriction_says_what_it_met(client_of, alice, brand, kettle):
    agree(brand, kettle, PayoutRestrictions=[{"Rules": [NEW], "ZeroPayoutHideReport": False}])
    page = page_of(client_of(alice), f"{LIST}{order(brand).pk}/")
    assert "Why this pays £0.00" in page
    assert "applies" in page
    assert "nothing is paid, regardless of the payout groups" in page


def test_terms_by_item_explain_each_line(client_of, alice, brand, kettle):
    shoes = {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Shoes"]}
    groups = [{"Rank": 1, "Name": "Shoes", "Rules": [shoes], "PayoutRate": "20"}]
    agree(brand, kettle, groups=groups, PayoutLevel="ITEM")
    action = order(
        brand, ItemSku1="A", ItemPrice1="10", ItemQuantity1="3", ItemCategory1="Shoes", ItemDiscount1="1",
        ItemSku2="B", ItemPrice2="3.33", ItemCategory2="Hats", OrderDiscount="5",
    )  # fmt: skip
    page = page_of(client_of(alice), f"{LIST}{action.pk}/")
    assert "Line 1, A" in page
    assert "Line 2, B" in page
    assert "20% of each item’s sale amount: £22.55" in page
    assert "Item Discount on A" in page
    assert "shared over the lines in proportion" in page
    assert "Hats, line 2" in page
    assert f"Why this pays £{action.payout:.2f}" in page
    assert "does not match the stored figures" not in page


def test_the_updates_add_up_and_a_return_is_shown(client_of, alice, brand, kettle):
    agree(brand, kettle)
    action = order(brand, ItemSku1="A", ItemPrice1="10", ItemQuantity1="8")
    change = {
        "CampaignId": "1000", "EventTypeCode": "SALE", "OrderId": "TT-1", "Reason": "ITEM_RETURNED",
        "ModificationDate": "2026-11-18T10:05:00Z", "ItemSku": "A", "ItemQuantity": "6",
    }  # fmt: skip
    store_modifications(brand, [read_modification(change, now=timezone.now())], source="FILE")
    apply_all(brand.pk)
    page = page_of(client_of(alice), f"{LIST}{action.pk}/")
    assert "Item returned" in page
    assert "−2.00" in page
    assert "<del>8</del> 6" in page
    assert "Sum of 2 updates</span><span>6.00" in page


def test_many_groups_make_no_huge_page(client_of, alice, brand, kettle):
    groups = [
        {"Rank": rank, "Name": f"Code {rank}", "PayoutRate": "1",
         "Rules": [{"Variable": "ORDER_PROMO_CODE", "Operator": "IS", "Values": [f"C{rank}"]}]}
        for rank in range(1, 1001)
    ]  # fmt: skip
    agree(brand, kettle, groups=groups)
    action = order(brand, OrderPromoCode="C1000")
    client = client_of(alice)
    response = client.get(f"{LIST}{action.pk}/")
    assert len(response.content) < 60_000
    assert "1000 Code 1000" in response.content.decode().replace(",", "")
    assert "Of 999 groups that did not match" in " ".join(response.content.decode().split())
    last = page_of(client, f"{LIST}{action.pk}/payout-groups/?page=10")
    assert "Code 999" in last
    assert "Order Promo Code is C999" in last
    assert client.get(f"{LIST}{action.pk}/payout-groups/?line=3").status_code == 404


def change(brand, **params):
    sent = {
        "CampaignId": "1000", "EventTypeCode": "SALE", "OrderId": "TT-1", "Reason": "ITEM_RETURNED",
        "ModificationDate": "2026-11-18T10:05:00Z", **params,
    }  # fmt: skip
    store_modifications(brand, [read_modification(sent, now=timezone.now())], source="FILE")
    apply_all(brand.pk)


def test_a_returned_unit_takes_its_share_of_the_order_discount_with_it(client_of, alice, brand, kettle):
    agree(brand, kettle)
    action = order(brand, ItemSku1="A", ItemPrice1="5", ItemQuantity1="2", OrderDiscount="3")
    change(brand, ItemSku="A", ItemQuantity="1")
    page = page_of(client_of(alice), f"{LIST}{action.pk}/")
    lines, discounts, *_ = sections(page)
    assert [line.amount for line in lines.lines] == [5, 5]
    assert [line.amount for line in discounts.lines] == [Decimal("-1.5"), Decimal("3.5")]
    assert "£1.50 of £3.00: every unit keeps its share, and the rest went with 1 returned unit" in page
    assert "2 were ordered" in page


def test_a_payout_that_a_restriction_kills_has_no_green_tick(client_of, alice, brand, kettle):
    agree(brand, kettle, PayoutRestrictions=[{"Rules": [NEW, BIG], "ZeroPayoutHideReport": False}])
    client = client_of(alice)
    action = order(brand, Amount="200")
    Action.objects.update(state="APPROVED")
    killed = page_of(client, f"{LIST}{action.pk}/").partition("</main>")[0]
    assert "Approved" in killed
    assert "is-refusing" in killed
    assert "is-met" not in killed
    assert "badge-ok" not in killed
    paid = page_of(client, f"{LIST}{order(brand, OrderId='TT-2').pk}/")
    assert "is-refusing" not in paid


def test_only_an_action_whose_lines_are_all_left_out_is_said_to_be(client_of, alice, brand, kettle):
    cards = {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Cards"]}
    agree(brand, kettle, PayoutLevel="ITEM", PayoutRestrictions=[{"Rules": [cards], "ZeroPayoutHideReport": True}])
    card = {"ItemSku1": "A", "ItemPrice1": "10", "ItemCategory1": "Cards"}
    one = order(brand, OrderId="A-1", **card)
    both = order(brand, OrderId="A-2", **card, ItemSku2="B", ItemPrice2="10")
    client, words = client_of(alice), "The restriction leaves the action out of reports."
    assert words in page_of(client, f"{LIST}{one.pk}/")
    assert words not in page_of(client, f"{LIST}{both.pk}/")


def test_the_receipt_leads_to_version_group_partner_and_customer(client_of, alice, brand, kettle):
    agree(brand, kettle, groups=GROUPS)
    action = order(brand, CustomerId="C-7")
    client = client_of(alice)
    page = page_of(client, f"{LIST}{action.pk}/")
    version = f"/p/1000/contracts/versions/{action.terms_version_id}/?event=SALE"
    for address in (version, f"/p/1000/partners/{kettle.pk}/", f"/p/1000/customers/{action.customer_id}/"):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
    assert f'href="{version}&amp;page=1#group-2"' in page
    assert 'id="group-2"' in client.get(version).content.decode()


def test_a_long_order_shows_twelve_lines_and_the_others_as_one_sum(client_of, alice, brand, kettle):
    agree(brand, kettle)
    items = {f"ItemSku{n}": f"S{n}" for n in range(1, 31)} | {f"ItemPrice{n}": "1.50" for n in range(1, 31)}
    action = order(brand, **items)
    client = client_of(alice)
    lines = sections(page_of(client, f"{LIST}{action.pk}/"))[0].lines
    assert len(lines) == 14
    assert (lines[12].words, lines[12].amount) == ("18 more lines Show all", 27)
    whole = page_of(client, f"{LIST}{action.pk}/?lines=all")
    assert len(sections(whole)[0].lines) == 31
    assert whole.count(">S30<") == 2


def test_previous_and_next_follow_the_order_and_the_filters_of_the_list(client_of, alice, brand, kettle):
    agree(brand, kettle)
    amounts = {"A-1": "30", "A-2": "10", "A-3": "20", "B-1": "15"}
    pks = {name: order(brand, OrderId=name, Amount=amount).pk for name, amount in amounts.items()}
    client = client_of(alice)

    def beside(name, query):
        context = client.get(f"{LIST}{pks[name]}/?{query}").context
        names = {pk: name for name, pk in pks.items()} | {None: None}
        return names[context["previous"]], names[context["following"]]

    assert beside("A-3", "sort=payout&q=A-") == ("A-2", "A-1")
    assert beside("A-3", "sort=-payout") == ("A-1", "B-1")
    assert beside("A-2", "sort=payout") == (None, "B-1")
    assert beside("B-1", "") == (None, "A-3")
    assert beside("A-1", "sort=locks") == (None, "A-2")
    page = page_of(client, f"{LIST}{pks['A-3']}/?sort=payout&q=A-&page=1")
    assert f'rel="next" aria-keyshortcuts="j" href="{LIST}{pks["A-1"]}/?sort=payout&amp;q=A-"' in page


def test_a_receipt_asks_the_database_no_more_for_more_lines(client_of, alice, brand, kettle, django_assert_num_queries):
    agree(brand, kettle, groups=GROUPS)
    one = order(brand, ItemSku1="A", ItemPrice1="1")
    two = order(
        brand,
        OrderId="TT-2",
        **{f"ItemSku{n}": "A" for n in range(1, 9)},
        ItemPrice1="2",
        **{f"ItemPrice{n}": "1" for n in range(2, 9)},
    )
    client = client_of(alice)
    client.get(f"{LIST}{one.pk}/")
    for action in (one, two):
        with django_assert_num_queries(11):
            client.get(f"{LIST}{action.pk}/")
