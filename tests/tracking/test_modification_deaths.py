"""Workers that die over changes to orders: the one that kills them is found out, and the others keep their order."""

from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.factories import make_action, make_modification
from tracking.models import Action, Modification
from tracking.modifications.apply import apply_all, apply_modifications


class Died(BaseException):
    """What a worker that is killed amid its work leaves behind: what it had committed, and no more."""


def apply_and_die(brand: Any, *, over: str = "") -> bool:
    """Apply a batch; True where the worker dies over it, as over each that changes this order, or any order."""

    def die(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        if '"tracking_action"' in sql and "FOR UPDATE" in sql and over in str(params):
            raise Died
        return execute(sql, params, *rest)

    try:
        with connection.execute_wrapper(die):
            apply_modifications(program_id=brand.pk)
    except Died:
        return True
    return False


def test_a_change_over_which_workers_died_is_given_up_and_the_others_are_not(brand, standard):
    orders = [f"{number}-ORDER" for number in range(5)]
    for order_id in orders:
        make_action(program=brand, OrderId=order_id)
        make_modification(program=brand, OrderId=order_id, Amount=50)
    deaths = 0
    while Modification.objects.waiting().exists():
        deaths += apply_and_die(brand, over="2-ORDER")
    assert deaths == 4  # among all, and three times alone
    states = dict(Modification.objects.values_list("order_id", "state"))
    assert states == {**dict.fromkeys(orders, "APPLIED"), "2-ORDER": "REFUSED"}
    worker_died = Modification.objects.get(order_id="2-ORDER")
    assert (worker_died.reason, worker_died.attempts) == ("GIVEN_UP", 3)
    assert "Applying it was interrupted 3 times" in worker_died.detail
    assert list(Action.objects.order_by("pk").values_list("amount", flat=True)) == [50, 50, 100, 50, 50]


def test_a_change_that_was_alone_from_the_first_is_given_up_at_its_workers_third_death(brand, standard):
    make_action(program=brand, OrderId="A1")
    make_modification(program=brand, OrderId="A1", Amount=50)
    assert [apply_and_die(brand) for _ in range(4)] == [True, True, True, False]
    assert Modification.objects.get().reason == "GIVEN_UP"


def test_deaths_by_bad_luck_neither_give_up_a_change_nor_let_a_later_one_pass(brand, standard):
    basket = {"ItemSku1": "S1", "ItemPrice1": "10.00", "ItemQuantity1": 4}
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-10T00:00:00Z", **basket)
    for day, quantity in ((14, 1), (12, 3)):
        make_modification(
            program=brand, OrderId="A1", ItemSku="S1", ItemQuantity=quantity, ModificationDate=f"2026-11-{day}"
        )
    assert [apply_and_die(brand) for _ in range(3)] == [True, True, True]  # among both, and the first twice alone
    make_modification(program=brand, OrderId="A1", ItemSku="S1", ItemQuantity=2, ModificationDate="2026-11-13")
    apply_all(brand.pk)
    assert [update.what[:19] for update in action.updates.all()[1:]] == [
        "S1: quantity 4 → 3.", "S1: quantity 3 → 2.", "S1: quantity 2 → 1.",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 2])
def test_a_failing_database_is_no_attempt_at_a_change(brand, standard, count):
    for number in range(count):
        make_action(program=brand, OrderId=f"A{number}")
        make_modification(program=brand, OrderId=f"A{number}", Amount=50)

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if '"tracking_action"' in sql and "FOR UPDATE" in sql:
            raise OperationalError("the database went away")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        apply_modifications(program_id=brand.pk)
    assert set(Modification.objects.values_list("attempts", "begun_together")) == {(0, False)}
    assert apply_modifications(program_id=brand.pk) == count
