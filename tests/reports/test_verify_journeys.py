"""`verify` judges the journey that an action keeps again, by the published terms that its partners had."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from psycopg.types.json import Jsonb

from program.models import PromoCode
from reports.proof.verify import Proof, verify
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tests.tracking.journey_rows import action_of, make_step, order
from tracking.models import Action
from tracking.models.step import Step


@pytest.fixture
def action(brand: Any) -> Action:
    """Credited to P-1 by its last click, after an impression and a click of P-2."""
    make_event_type(program=brand)
    first, second = (make_partner(program=brand, media_partner_id=name, groups=["Tea"]) for name in ("P-1", "P-2"))
    make_contracts(program=brand, document=terms_document(), partners=[first, second])
    make_step(brand, second, profile="P1", days=5, kind="IMPRESSION")
    make_step(brand, second, profile="P1", days=3)
    make_step(brand, first, profile="P1", days=2, ReferralUrl="https://blog.example/tea", ReferralParam1="sub")
    return action_of(order(brand, CustomProfileId="P1", UserAgent="Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"))


def proof(brand: Any) -> tuple[Proof, str]:
    told: list[str] = []
    return verify(brand, tell=told.append), "\n".join(told)


def falsify(action: Action, **columns: Any) -> None:
    """As only an administrator of the database can."""
    sets = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE tracking_action SET {sets} WHERE id = %s", [*columns.values(), action.pk])


def changed(action: Action, place: int, **values: Any) -> Jsonb:
    steps = [dict(step) for step in action.journey["Steps"]]
    steps[place] |= values
    return Jsonb({**action.journey, "Steps": steps})


def test_a_journey_is_judged_again_and_counted(brand, action):
    found, told = proof(brand)
    assert (found.journeys, told) == (1, "")


def test_steps_that_were_dropped_and_terms_that_changed_since_make_no_difference(brand, action):
    Step.objects.all().delete()
    make_contracts(
        program=brand, document=terms_document(CreditPolicy="FIRST_REFERRER"), partners=[],
        start=action.event_date + timedelta(days=1),
    )  # fmt: skip
    action.partner.name = "Renamed"
    action.partner.save()
    assert proof(brand)[1] == ""


def test_another_partner_than_the_journey_says_is_named(brand, action):
    second = brand.partner_set.get(media_partner_id="P-2")
    falsify(action, partner_id=second.pk)
    told = proof(brand)[1]
    assert f"is credited to partner {second.pk} by CLICK_COOKIE, judged again to {action.partner_id}" in told


@pytest.mark.parametrize(
    ("place", "values", "words"),
    [
        (1, {"Verdict": "CREDITED"}, "of its journey is CREDITED, judged again NOT_LAST"),
        (2, {"Date": "2026-09-01T00:00:00+00:00"}, "judged again"),
        (0, {"Channel": "e-mail"}, "the values of its journey are"),
        (1, {"Groups": []}, "the values of its journey are"),
        (2, {"Facts": {}}, "referring domain is blog.example, judged again"),
    ],
    ids=["a verdict", "a date", "a channel", "groups", "facts"],
)
def test_a_false_step_is_named(brand, action, place, values, words):
    falsify(action, journey=changed(action, place, **values))
    assert words in proof(brand)[1]


def test_a_false_value_and_a_false_reference_are_named(brand, action):
    falsify(action, journey=Jsonb({**action.journey, "Values": {"PathSteps": "9"}}), referring_type="PROMOCODE")
    told = proof(brand)[1]
    assert "the values of its journey are {'PathSteps': '9'}" in told
    falsify(action, referring_type="REPORTED_PARTNER_ID")
    assert "is credited by REPORTED_PARTNER_ID, its conversion does not name a partner" in proof(brand)[1]


def test_orders_that_were_credited_by_partner_id_and_by_code_agree(brand, action):
    second = brand.partner_set.get(media_partner_id="P-2")
    PromoCode.objects.create(program=brand, code="TEA", use="CREDIT", partner=second)
    order(brand, CustomProfileId="P1", MediaPartnerId="P-2")
    order(brand, CustomProfileId="P1", OrderPromoCode="TEA")
    order(brand, OrderPromoCode="TEA")
    found, told = proof(brand)
    assert (found.actions, found.journeys, told) == (4, 3, "")


@pytest.fixture
def long(brand: Any, action: Action, monkeypatch: pytest.MonkeyPatch) -> Action:
    """Of an order with nine steps more, of which four are kept one by one."""
    monkeypatch.setattr("tracking.journeys.journeys.KEPT_STEPS", 4)
    second = brand.partner_set.get(media_partner_id="P-2")
    for number in range(9):
        source = None if number % 3 else second
        make_step(brand, source, kind="CLICK" if source else "VISIT", source="" if source else "google", profile="P1",
                  days=10 + number)  # fmt: skip
    return action_of(order(brand, CustomProfileId="P1"))


def test_a_long_journey_is_judged_from_the_first_and_the_last_of_each_sort(brand, long):
    assert long.journey["StepsInAll"] == 12
    assert [step.get("More", 0) for step in long.journey["Steps"]] == [0, 3, 1, 0, 0, 0, 0, 0]
    found, told = proof(brand)
    assert (found.journeys, told) == (2, "")


@pytest.mark.parametrize(("more", "kept"), [(2, 11), (4, 13)])
def test_another_number_of_steps_than_there_were_is_named(brand, long, more, kept):
    falsify(long, journey=changed(long, 1, More=more))
    told = proof(brand)[1]
    assert f"its journey keeps {kept} steps of 12" in told
    assert f"'PathSteps': '{kept}'" in told
