"""Each derived, referral, path and catalog variable is filled by rows as traffic stores them, and a group wins by it:
one batch in which every order matches the group of its variable alone.
"""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.engine.rules.fields import VARIABLES
from program.models import CatalogItem
from tests.factories import (
    make_contracts,
    make_conversion,
    make_event_type,
    make_exception_list,
    make_partner,
    make_program,
    terms_document,
)
from tests.tracking.journey_rows import ORDERED, make_step
from tracking.models import Action, Conversion
from tracking.pricing.batch import price_batch

ASKED = [key for key, each in VARIABLES.items() if each.family in ("derived", "referral", "path", "catalog")]
ASKED.append("LIST_ITEM_SUPER_CATEGORY")
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"
SENT = {"UserAgent": WINDOWS, "IpAddress": "8.8.8.8"}
COUNTS = {"PathSteps": "9", "PathMediaCount": "6", "PathChannelCount": "5", "PathPartnerCount": "4"}


def value_of(key: str) -> str:
    """What the rule of a variable asks for; of the others no order has it."""
    variable = VARIABLES[key]
    if variable.parameter in COUNTS or key == "PATH_PARTNER_COUNT_PROGRAM":
        return COUNTS.get(variable.parameter, "3")
    if key == "REFERRAL_DERIVED_COUNTRY":
        return "IE"
    return {
        "DERIVED_BROWSER": "Chrome", "DERIVED_OS": "Windows", "DERIVED_DEVICE_TYPE": "Desktop", "DERIVED_COUNTRY": "US",
        "PATH_CLOSING_CHANNELS": "loyalty",
    }.get(key, f"of {key}")  # fmt: skip


def rule_of(key: str) -> dict[str, Any]:
    operator = {"number": "EQ", "tags": "BELONGS_TO", "list": "IN_LIST"}.get(VARIABLES[key].type, "IS")
    value = value_of(key)
    if key in ("DERIVED_OS", "DERIVED_BROWSER"):
        operator = "STARTS_WITH"
    return {"Variable": key, "Operator": operator, "Values": [value]}


class World:
    """A brand whose terms have a group for each variable, and whose customers have come in every way."""

    def __init__(self) -> None:
        self.program = make_program(id=1000)
        make_event_type(program=self.program)
        self.valid: list[Any] = []
        self.makers: dict[str, Callable[[str], dict[str, str]]] = {
            "derived": self.derived, "referral": self.referral, "catalog": self.catalog, "list": self.listed,
            "path": self.path,
        }  # fmt: skip
        self.usual = self.partner("Usual")

    def partner(self, name: str, *, joined: bool = True, **fields: Any) -> Any:
        partner = make_partner(program=self.program, name=name, **fields)
        if joined:
            self.valid.append(partner)
        return partner

    def click(self, partner: Any, profile: str, days: float = 1, **facts: str) -> dict[str, str]:
        make_step(self.program, partner, profile=profile, days=days, **facts)
        return {"CustomProfileId": profile}

    def visit(self, profile: str, days: float, source: str, channel: str = "other") -> None:
        make_step(self.program, None, kind="VISIT", profile=profile, days=days, source=source, Channel=channel)

    def derived(self, key: str) -> dict[str, str]:
        return {**self.click(self.usual, key), **SENT}

    def referral(self, key: str) -> dict[str, str]:
        return self.click(self.usual, key, **{VARIABLES[key].parameter: value_of(key)})

    def catalog(self, key: str) -> dict[str, str]:
        field = key.removeprefix("ITEM_CATALOG_").lower()
        CatalogItem.objects.create(program=self.program, sku=key, **{field: value_of(key)})
        return {**self.click(self.usual, key), "ItemSku1": key, "ItemPrice1": "100"}

    def listed(self, key: str) -> dict[str, str]:
        make_exception_list(program=self.program, name=value_of(key), values=["tea_green"])
        item = {"ItemSku1": "S", "ItemPrice1": "100", "ItemCategory1": "Tea", "ItemSubCategory1": "Green"}
        return {**self.click(self.usual, key), **item}

    def path(self, key: str) -> dict[str, str]:
        named = {"media": "name", "groups": "groups", "channels": "channel"}
        part, _, what = key.removeprefix("PATH_").lower().partition("_")
        if part in ("introducing", "participating", "closing"):
            return self.part(key, part, named[what])
        return self.counted(key)

    def part(self, key: str, part: str, field: str) -> dict[str, str]:
        own = {"name": f"Own {key}"} | {field: [value_of(key)] if field == "groups" else value_of(key)}
        if field == "channel" and part != "closing":
            self.visit(key, {"introducing": 9, "participating": 5}[part], f"Source {key}", value_of(key))
            if part == "participating":
                self.click(self.usual, key, 9)
            return self.click(self.usual, key)
        for place, days in (("introducing", 9), ("participating", 5), ("closing", 1)):
            self.click(self.partner(**own) if place == part else self.usual, key, days)
        return {"CustomProfileId": key}

    def counted(self, key: str) -> dict[str, str]:
        number = int(value_of(key))
        for place in range(number - 1):
            match key:
                case "PATH_STEPS":
                    self.click(self.usual, key, place + 2)
                case "PATH_MEDIA_COUNT":
                    self.visit(key, place + 2, f"Source {place}")
                case "PATH_CHANNEL_COUNT":
                    self.visit(key, place + 2, "One", f"channel {place}")
                case _:
                    joined = key == "PATH_PARTNER_COUNT_PROGRAM"
                    self.click(self.partner(f"{key} {place}", joined=joined), key, place + 2)
        return self.click(self.usual, key)


@pytest.fixture(scope="module")
def won(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The group by which the order of each variable is paid."""
    from django.db import transaction  # noqa: PLC0415

    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        orders = {key: world.makers[VARIABLES[key].family](key) for key in ASKED}
        groups = [
            {"Rank": rank, "Name": key, "Rules": [rule_of(key)], "PayoutRate": "20"}
            for rank, key in enumerate(sorted(ASKED, key=lambda key: key.startswith("DERIVED")), 1)
        ]
        make_contracts(program=world.program, document=terms_document(groups=groups), partners=world.valid)
        for key, params in orders.items():
            row = make_conversion(
                program=world.program, MediaPartnerId="", OrderId=key, EventDate=ORDERED.isoformat(), **params
            )
            if VARIABLES[key].family == "derived":
                only = {VARIABLES[key].parameter: row.derived.get(VARIABLES[key].parameter, value_of(key))}
                Conversion.objects.filter(pk=row.pk).update(derived=only)
        assert price_batch() == len(ASKED)
        yield dict(Action.objects.values_list("order_id", "group_name"))
        transaction.set_rollback(True)


@pytest.mark.django_db  # or pytest-django makes no database where this file runs alone
@pytest.mark.parametrize("key", ASKED)
def test_a_published_group_wins_by_the_variable(key, won):
    assert won.get(key) == key
