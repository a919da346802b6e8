"""`verify` finds every figure that was changed behind the product's back, and names its row."""

import json

import pytest
from django.core.management import CommandError, call_command

from program.event_types.services import set_customer_status_mapping
from program.models import Customer, EventType
from program.models.customer import CustomerRevenue
from program.tags.assigning.services import assign_customer_tags
from tests.factories import make_customer_tag
from tests.reports.orders import give_back, sell
from tests.reports.verifying import falsify, run
from tracking.models import Action, ActionItem, ActionUpdate, Conversion, Modification


def test_ledger_that_agree_are_counted(sold):
    counts, told, agrees = run()
    assert counts == {
        "Program": 1000,
        "Conversions": 9,
        "Waiting": 0,
        "Actions": 9,
        "Items": 10,
        "Updates": 11,
        "ErasedNotRecomputed": 0,
        "Journeys": 0,
        "Rollups": 6,
        "Customers": 0,
        "LimitCounters": 0,
        "TouchedDays": 0,
        "Differences": 0,
    }
    assert (told, agrees) == ("", True)


def test_what_was_priced_just_now_is_no_difference(sold):
    sell(sold, {"id": "C-1"})
    assert run()[0]["Differences"] == 0


def test_a_false_payout_is_named(sold):
    action = Action.objects.get(order_id="A-1")
    falsify(Action, action.pk, payout="15.01")
    counts, told, agrees = run()
    assert not agrees
    assert f"Action {action.pk} (order A-1): payout is 15.0100, priced again 15.00" in told
    assert "sum of delta payouts is 15.0000, priced again 15.0100" in told
    assert counts["Differences"] >= 2


@pytest.mark.parametrize("number", [1, 2])
def test_a_false_update_is_named(sold, number):
    update = ActionUpdate.objects.get(action__order_id="A-5", number=number)
    falsify(ActionUpdate, update.pk, delta_payout="9.00")
    _, told, agrees = run()
    assert not agrees
    assert f"ActionUpdate {update.pk} (number {number} of action {update.action_id} (order a-5)): delta payout" in told


def test_two_false_updates_that_cancel_out_are_both_named(sold):
    first, second = ActionUpdate.objects.filter(action__order_id="A-5")
    falsify(ActionUpdate, first.pk, delta_amount=first.delta_amount + 1)
    falsify(ActionUpdate, second.pk, delta_amount=second.delta_amount - 1)
    told = run()[1]
    assert f"ActionUpdate {first.pk}" in told
    assert f"ActionUpdate {second.pk}" in told


@pytest.fixture
def customers(sold):
    sell(sold, {"id": "C-1", "CustomerId": "K-1", "status": "new"}, {"id": "C-2", "CustomerId": "K-2"})
    assert run()[0]["Customers"] == 2
    return list(Customer.objects.order_by("customer_id"))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"orders": 3}, "orders is 3, of its actions 1"),
        ({"first_order": None}, "first_order is None, of its actions 2026-11-10"),
        ({"last_order": "2026-12-01T00:00Z"}, "last_order is 2026-12-01 00:00:00+00:00, of its actions 2026-11-10"),
        ({"status": "Existing"}, "status is Existing, of its actions New"),
        ({"partner_ids": []}, "partner_ids is [], of its actions ["),
    ],
)
def test_a_false_figure_of_a_customer_is_named(customers, values, told):
    falsify(Customer, customers[0].pk, **values)
    counts, lines, agrees = run()
    assert not agrees
    assert f"Customer K-1: {told}" in lines
    assert counts["Differences"] == 1


def test_tags_that_differ_from_the_taggings_of_a_customer_are_named(customers):
    tag = make_customer_tag(program=customers[0].program)
    assign_customer_tags(customers=customers[:1], tags=[tag])
    assert run()[2]
    falsify(Customer, customers[0].pk, tag_ids=[])
    falsify(Customer, customers[1].pk, tag_ids=[tag.pk])
    counts, lines, agrees = run()
    assert not agrees
    assert f"Customer K-1: tag_ids is [], of its taggings [{tag.pk}]" in lines
    assert f"Customer K-2: tag_ids is [{tag.pk}], of its taggings []" in lines
    assert counts["Differences"] == 2


def test_a_customers_revenue_that_is_false_missing_or_too_much_is_named(customers):
    first = CustomerRevenue.objects.get(customer=customers[0])
    falsify(CustomerRevenue, first.pk, revenue="21")
    assert "Customer K-1, GBP: revenue is 21.0000, of its actions 100.0000" in run()[1]
    falsify(CustomerRevenue, first.pk, currency="EUR")
    lines = run()[1]
    assert "Customer K-1, EUR: orders is 1, of its actions None" in lines
    assert "Customer K-1, GBP: orders is None, of its actions 1" in lines


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "1.00"), ("intended_payout", "1"), ("group_name", "Old customers"), ("is_restricted", True),
        ("customer_status", "repeat"), ("customer_status_category", "Existing"), ("state", "REVERSED"),
        ("updates_count", 7), ("locking_date", "2026-01-01T00:00:00Z"), ("is_hidden", True), ("currency", "EUR"),
        ("order_id", "X"), ("day", "2026-11-01"), ("order_state", '{"Reversed": true}'),
    ],
)  # fmt: skip
def test_any_false_field_of_an_action_is_found(sold, field, value):
    action = Action.objects.get(order_id="A-1")
    falsify(Action, action.pk, **{field: value})
    _, told, agrees = run()
    assert not agrees
    assert f"Action {action.pk}" in told


@pytest.mark.parametrize("field", ["payout", "sale_amount", "quantity"])
def test_a_false_item_is_named(sold, field):
    item = ActionItem.objects.get(sku="S-2")
    falsify(ActionItem, item.action_id, key="action_id", **{field: 2})
    _, told, agrees = run()
    assert not agrees
    assert f"ActionItem (line {item.index + 1} of action {item.action_id} (order a-" in told


def test_a_priced_conversion_without_its_action_is_named(sold):
    conversion = Conversion.objects.get(order_id="A-6")
    falsify(Conversion, conversion.pk, state="HELD")
    assert f"its conversion {conversion.pk} is HELD" in run()[1]
    stray = Conversion.objects.create(
        program=sold, event_type=conversion.event_type, order_id="S-9", event_date=conversion.event_date, source="FILE",
        payload={}, state="PRICED", deduplication_period=conversion.deduplication_period,
    )  # fmt: skip
    assert f"Conversion {stray.pk} is PRICED and has no action" in run()[1]


def test_what_was_sent_is_believed_and_nothing_else(sold):
    conversion = Conversion.objects.get(order_id="A-2")
    falsify(Conversion, conversion.pk, payload=json.dumps({**conversion.payload, "Amount": "44.44"}))
    assert "amount is 33.3300, priced again 44.44" in run()[1]
    modification = Modification.objects.get(order_id="A-5")
    falsify(Modification, modification.pk, payload=json.dumps({**modification.payload, "Quantity1": "2"}))
    assert "order state" in run()[1]


def test_days_can_be_chosen(sold):
    falsify(Action, Action.objects.get(order_id="B-2").pk, payout="1")
    assert run("--end", "2026-11-12")[2]
    assert not run("--start", "2026-11-13")[2]


def test_a_return_of_everything_and_its_undoing_replay(sold):
    give_back(sold, "A-5", ItemSku="S-1", ItemQuantity="3")
    give_back(sold, "B-1", CustomerStatus="repeat")
    assert run()[2]


@pytest.mark.django_db(transaction=True)
def test_it_reads_one_snapshot_and_writes_nothing_there(sold):
    assert run()[2]


def test_an_unknown_program_is_one_clear_line(db):
    with pytest.raises(CommandError, match="4 is not a known program"):
        call_command("verify", "--program", "4")


def test_a_status_that_means_something_else_by_now_replays(sold):
    """A change is priced by what its code means on its day; what came before keeps what it meant then."""
    mapping = {"Existing": ["new", "repeat"], "Re-Engaged": ["lapsed"]}
    set_customer_status_mapping(event_type=EventType.objects.get(), mapping=mapping, enabled=True)
    give_back(sold, "A-1", CustomerStatus="new")
    assert Action.objects.get(order_id="A-1").payout == 10
    assert run()[1] == ""
