"""The admin shows all that happened and changes nothing but what may be tried again."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.urls import reverse

from tests.factories import make_action, make_conversion, make_modification, make_user
from tracking.models import Action, Conversion, Modification
from tracking.modifications.apply import apply_all
from tracking.pricing.batch import price_all

NAMES = [
    "conversion", "modification", "action", "actionupdate", "touchedday", "upload", "uploaderror", "statuscheck",
    "checkedstatus", "limitcounter",
]  # fmt: skip


@pytest.fixture
def root(client_of: Any, db: None) -> Any:
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


@pytest.mark.parametrize("name", NAMES)
def test_every_list_opens_and_offers_no_adding(brand, standard, root, name):
    make_action(program=brand)
    page = root.get(reverse(f"admin:tracking_{name}_changelist"))
    assert page.status_code == 200
    assert root.get(reverse(f"admin:tracking_{name}_add")).status_code == 403


def test_an_action_is_shown_with_its_lines_and_updates_and_cannot_be_changed(brand, standard, root):
    action = make_action(program=brand, ItemSku1="S1", ItemPrice1="100")
    address = reverse("admin:tracking_action_change", args=[action.pk])
    page = root.get(address).content.decode()
    assert "S1" in page
    assert "Order tracked" in page
    assert root.post(address, {"payout": "0"}).status_code == 403


def test_the_list_of_actions_costs_the_same_however_many_there_are(brand, standard, root, django_assert_num_queries):
    make_action(program=brand)
    address = reverse("admin:tracking_action_changelist")
    root.get(address)
    with django_assert_num_queries(6):
        root.get(address)
    for _ in range(5):
        make_action(program=brand)
    with django_assert_num_queries(6):
        root.get(address)


def test_what_was_held_can_be_tried_again(brand, standard, root):
    held = make_conversion(program=brand, MediaPartnerId="P-9")
    refused = make_modification(program=brand, OrderId="A1", Amount=0)
    price_all(brand.pk)
    apply_all(brand.pk)
    for name, row in (("conversion", held), ("modification", refused)):
        data = {"action": "try_again", "_selected_action": [row.pk]}
        assert root.post(reverse(f"admin:tracking_{name}_changelist"), data).status_code == 302
    assert Conversion.objects.get().state == Modification.objects.get().state == "WAITING"
    assert not Action.objects.exists()


def test_every_model_of_the_room_is_registered():
    assert {model._meta.model_name for model in site._registry if model._meta.app_label == "tracking"} == set(NAMES)
