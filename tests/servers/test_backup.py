"""The drill: the database is backed up while work continues, restored elsewhere, and compared by its hash."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F

from reports.models import DailyPerformance, DailyTotal, WeeklyPerformance
from reports.proof.ledger_hash import LEDGER, hash_ledger
from reports.rollups.fill import fill_touched_days
from servers.dumps import dump
from servers.embedded import EmbeddedError
from servers.embedded.postgres import find_programs
from servers.home import PROJECT
from tests.factories import (
    make_action,
    make_contracts,
    make_event_type,
    make_modification,
    make_partner,
    make_program,
    terms_document,
)
from tracking.models import Action, ActionItem, Conversion
from tracking.modifications.apply import apply_modifications

Manage = Callable[..., "subprocess.CompletedProcess[str]"]
OTHER = "brandboard_restored"


@pytest.fixture
def ledger(brand: Any) -> Any:
    """A few orders, one with two lines, a return, an order that was held, and their rollups."""
    make_event_type(program=brand)
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    make_action(program=brand, CustomerId="Zoë\tÄther\n“x”", OrderId="A-1")
    lines = {"ItemSku1": "S", "ItemSubTotal1": "20.00", "ItemQuantity1": "2", "ItemSku2": "T", "ItemSubTotal2": "5.05"}
    make_action(program=brand, OrderId="A-2", **lines, ItemQuantity2="1")
    make_modification(program=brand, OrderId="A-1", Amount="50.05")
    apply_modifications()
    fill_touched_days()
    return brand


@pytest.fixture
def manage(product_environment: dict[str, str]) -> Manage:
    """A command of the product on the test's database, or on another of the same server."""

    def run(*command: str, database: str = "") -> "subprocess.CompletedProcess[str]":
        environment = dict(product_environment)
        if database:
            name = connection.settings_dict["NAME"]
            environment["DATABASE_URL"] = environment["DATABASE_URL"].replace(f"dbname={name}", f"dbname={database}")
        words = [sys.executable, "manage.py", *command]
        return subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, text=True)

    return run


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {OTHER} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {OTHER} TEMPLATE template0")
    yield OTHER
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {OTHER} WITH (FORCE)")


def back_up(path: Path) -> dict[str, Any]:
    answer = io.StringIO()
    call_command("backup", str(path), stdout=answer)
    return json.loads(answer.getvalue())


def test_a_restored_copy_has_the_same_ledger_and_one_cent_is_seen(empty_database, ledger, manage, tmp_path):
    path = tmp_path / "copy.dump"
    copied = back_up(path)
    assert copied["Tables"]["Actions"]["Rows"] == 2
    assert path.stat().st_mode & 0o077 == 0
    restored = manage("restore", str(path), database=OTHER)
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["SHA256"] == copied["SHA256"] == hash_ledger().sha256
    proof = manage("verify", "--program", "1000", database=OTHER)
    assert (proof.returncode, json.loads(proof.stdout)["Differences"]) == (0, 0)
    # The live ledger changes, and no longer equals the copy.
    Action.objects.filter(order_id="A-2").update(payout=F("payout") + Decimal("0.01"))
    assert hash_ledger().sha256 != copied["SHA256"]
    with pytest.raises(CommandError, match="already holds tables"):
        call_command("restore", str(path))


def test_a_copy_whose_hash_does_not_fit_is_refused(empty_database, ledger, manage, tmp_path):
    path = tmp_path / "copy.dump"
    back_up(path)
    beside = tmp_path / "copy.dump.ledger.json"
    written = json.loads(beside.read_text())
    beside.write_text(json.dumps({**written, "SHA256": "0" * 64}))
    answer = manage("restore", str(path), database=OTHER)
    assert answer.returncode == 1
    assert "The restored ledger differs from the one that was backed up" in answer.stderr


def test_no_copy_is_written_over(ledger, tmp_path):
    (tmp_path / "copy.dump").write_text("another day's")
    with pytest.raises(CommandError, match="already exists"):
        call_command("backup", str(tmp_path / "copy.dump"))


def test_the_hash_is_the_same_every_time_and_wherever_the_rollups_were_computed(ledger):
    before = hash_ledger()
    for rollup in (DailyPerformance, WeeklyPerformance, DailyTotal):
        rollup.objects.filter(program=ledger).update(id=F("id") + 1000)
    with connection.cursor() as cursor:
        cursor.execute("SET TimeZone = 'Asia/Tokyo'")
        cursor.execute("SET DateStyle = 'German'")
    try:
        assert hash_ledger() == before
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET TimeZone")
            cursor.execute("RESET DateStyle")
    assert {part.name: part.rows for part in before.parts} == {
        "Versions": 1, "Contracts": 1, "ContractEventTypes": 1, "Conversions": 2, "Modifications": 1, "Actions": 2,
        "Items": 3, "Updates": 3, "LimitCounters": 0, "Rollups": 1, "Weeks": 1, "Totals": 1,
    }  # fmt: skip


CHANGES = {
    "Conversions": lambda: Conversion.objects.filter(order_id="A-1").update(detail="x"),
    "Actions": lambda: Action.objects.filter(order_id="A-1").update(payout=F("payout") - Decimal("0.01")),
    "Items": lambda: ActionItem.objects.filter(sku="S").update(quantity=3),
    "Rollups": lambda: DailyPerformance.objects.update(action_cost=F("action_cost") + Decimal("0.01")),
    "Weeks": lambda: WeeklyPerformance.objects.update(action_cost=F("action_cost") + Decimal("0.01")),
    "Totals": lambda: DailyTotal.objects.update(action_cost=F("action_cost") + Decimal("0.01")),
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_change_is_found_in_its_table_alone(ledger, table):
    before = hash_ledger()
    CHANGES[table]()
    after = hash_ledger()
    assert after.sha256 != before.sha256
    assert [part.name for part, was in zip(after.parts, before.parts, strict=True) if part != was] == [table]


def test_the_ledger_of_one_program_do_not_depend_on_others(ledger):
    before, whole = hash_ledger(program_id=1000), hash_ledger()
    rival = make_program(id=2000, name="Rivets")
    make_event_type(program=rival)
    make_contracts(
        program=rival, document=terms_document(), partners=[make_partner(program=rival, media_partner_id="P-1")]
    )
    make_action(program=rival)
    assert hash_ledger(program_id=1000) == before
    assert hash_ledger() != whole


def test_no_order_of_rows_is_open():
    """Each is by the primary key or by all fields of a unique constraint, and no column of it may be empty."""
    for _, model, order in LEDGER:
        fields = [next(field for field in model._meta.concrete_fields if field.column == column) for column in order]
        assert not any(field.null for field in fields)
        key = {field.name for field in model._meta.pk_fields}
        unique = [key, *(set(constraint.fields) for constraint in model._meta.total_unique_constraints)]
        assert {field.name for field in fields} in unique, model


def test_programs_that_speak_no_tls_say_which_are_needed(db, monkeypatch, tmp_path):
    options = {**connection.settings_dict["OPTIONS"], "sslmode": "require"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    with pytest.raises(CommandError, match=r"lacks.*BRANDBOARD_POSTGRES_BIN"):
        dump(tmp_path / "copy", snapshot="none")


def test_a_folder_with_the_programs_of_a_client_alone_is_enough(db, monkeypatch, tmp_path):
    client = tmp_path / "client"
    client.mkdir()
    (client / "pg_dump").symlink_to(find_programs() / "pg_dump")
    monkeypatch.setenv("BRANDBOARD_POSTGRES_BIN", str(client))
    with pytest.raises(CommandError, match="snapshot"):  # so it reached the database
        dump(tmp_path / "copy", snapshot="none")
    monkeypatch.setenv("BRANDBOARD_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(EmbeddedError, match="holds no pg_dump"):
        dump(tmp_path / "copy", snapshot="none")


def test_the_copy_and_its_hash_are_of_one_moment(transactional_db, ledger):
    from reports.proof.ledger_hash import hash_in_snapshot, snapshot  # noqa: PLC0415

    before = hash_ledger()
    with snapshot():
        other = connection.copy()
        with transaction.atomic(), other.cursor() as cursor:
            cursor.execute("UPDATE tracking_action SET payout = payout + 1")
        other.close()
        assert hash_in_snapshot() == before
    assert hash_ledger() != before
