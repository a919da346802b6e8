"""import_conversions, import_modifications and import_partners, as a program calls them."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from program.models import Partner
from reports.models import DailyPerformance
from tests.common.tables.workbooks import xlsx
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tracking.models import Action, Conversion

HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,ItemSku,ItemQuantity,ItemPrice\n"
ORDERS = (
    HEAD
    + "1000,SALE,2026-01-05T10:00:00Z,A1,P-1,GBP,S1,2,2.50\n1000,SALE,2026-01-05T10:00:00Z,A1,P-1,GBP,S2,1,5\n"
    + "1000,SALE,2026-01-05T10:00:00Z,A2,P-1,GBP,S1,one,5\n1000,SALE,2026-01-05T11:00:00Z,A3,P-1,GBP,S1,1,5\n"
)
RETURNS = (
    "CampaignId,EventTypeCode,OrderId,ModificationDate,Reason,ItemSku,ItemQuantity\n"
    "1000,SALE,A1,2026-01-07T10:00:00Z,ITEM_RETURNED,S1,0\n"
)


@pytest.fixture
def partner(brand):
    make_event_type(program=brand, code="SALE")
    return make_partner(program=brand, media_partner_id="P-1")


@pytest.fixture
def run(tmp_path, capsys):
    def command(name, text, *args, program=1000):
        (tmp_path / "file.csv").write_text(text)
        call_command(name, str(tmp_path / "file.csv"), "--program", str(program), *args)
        out = capsys.readouterr().out
        assert out.count("\n") == 1
        return json.loads(out)

    return command


def test_good_rows_are_stored_and_bad_ones_listed(partner, run):
    answer = run("import_conversions", ORDERS)
    [error] = answer.pop("Errors")
    assert answer == {"Rows": 4, "Accepted": 2, "Duplicates": 0, "Rejected": 1}
    assert (error["Row"], error["Field"]) == (4, "ItemQuantity")
    assert Conversion.objects.waiting().count() == 2
    assert run("import_conversions", ORDERS)["Duplicates"] == 2


def test_a_dry_run_says_the_same_and_stores_nothing(partner, run):
    assert run("import_conversions", ORDERS, "--dry-run")["Accepted"] == 2
    assert not Conversion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_waiting_returns_when_all_is_priced_and_in_the_reports(brand, partner, run):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    run("import_conversions", ORDERS, "--wait")
    assert list(Action.objects.order_by("order_id").values_list("order_id", "payout")) == [
        ("A1", Decimal("1.00")),
        ("A3", Decimal("0.50")),
    ]
    assert run("import_modifications", RETURNS, "--wait")["Accepted"] == 1
    assert Action.objects.get(order_id="A1").payout == Decimal("0.50")
    day = DailyPerformance.objects.filter(day=date(2026, 1, 5))
    assert sum(row.action_cost for row in day) == Decimal("1.00")


@pytest.mark.django_db(transaction=True)
def test_a_change_that_its_order_refuses_is_listed_with_its_row(brand, partner, run):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    run("import_conversions", ORDERS, "--wait")
    answer = run("import_modifications", RETURNS + "1000,SALE,A1,2026-01-08T10:00:00Z,ITEM_RETURNED,S9,0\n", "--wait")
    [refused] = answer["Refused"]
    assert (refused["Row"], refused["OrderId"], refused["Reason"]) == (3, "A1", "SKU_NOT_FOUND")
    assert "S9" in refused["Message"]


@pytest.mark.parametrize(
    ("quantities", "left"), [("030", 0), ("0303", 3), ("1001", 1), ("3012", 2)], ids=lambda value: str(value)
)
@pytest.mark.django_db(transaction=True)
def test_changes_of_one_moment_apply_by_their_rows_and_the_file_again_changes_nothing(
    brand, partner, run, quantities, left
):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    run("import_conversions", ORDERS, "--wait")
    head, row = RETURNS.splitlines()
    row = row.replace("ITEM_RETURNED", "ORDER_UPDATE")  # what came back does not go up again
    text = "\n".join([head, *(row[:-1] + quantity for quantity in quantities)])
    run("import_modifications", text, "--wait")
    for _ in range(2):
        action = Action.objects.get(order_id="A1")
        assert action.items.get(sku="S1").quantity == left
        again = run("import_modifications", text, "--wait")
        assert (again["Accepted"], again["Duplicates"]) == (0, len(quantities))


@pytest.mark.django_db(transaction=True)
def test_what_goes_on_in_a_second_file_applies_and_the_first_file_again_does_not(brand, partner, run):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    run("import_conversions", ORDERS, "--wait")
    row = RETURNS.splitlines()[1]
    longer = RETURNS + row.replace("ITEM_RETURNED", "ORDER_UPDATE")[:-1] + "3\n" + row
    run("import_modifications", RETURNS, "--wait")
    assert run("import_modifications", longer, "--wait")["Accepted"] == 2
    assert run("import_modifications", RETURNS, "--wait")["Accepted"] == 0
    assert Action.objects.get(order_id="A1").items.get(sku="S1").quantity == 0


def test_partners_are_imported(brand, run):
    answer = run("import_partners", "PartnerId,Name,Country\nP-7,Seven,GB\nP-8,,GB\n")
    assert (answer["Accepted"], answer["Rejected"], answer["Errors"][0]["Field"]) == (1, 1, "Name")
    assert Partner.objects.get().media_partner_id == "P-7"


def test_a_workbook_is_read_from_the_sheet_that_is_named(partner, tmp_path, capsys):
    head = HEAD.strip().split(",")
    row = [1000, "SALE", "2026-01-05", "A1", "P-1", "GBP", "S1", 1, 10]
    path = tmp_path / "orders.xlsx"
    path.write_bytes(xlsx([], sheets={"old": [head], "May": [head, row], "June": [head, row, row]}, hidden=["old"]))

    def answer(*args):
        call_command("import_conversions", str(path), "--program", "1000", "--dry-run", *args)
        return json.loads(capsys.readouterr().out)

    assert {name: answer()[name] for name in ("Rows", "Sheet", "OtherSheets")} == {
        "Rows": 1, "Sheet": "May", "OtherSheets": ["June"],
    }  # fmt: skip
    assert answer("--sheet", "June")["Rows"] == 2
    assert answer("--sheet", "old")["Rows"] == 0
    with pytest.raises(CommandError, match="no sheet “July”; its sheets are “May”, “June”"):
        answer("--sheet", "July")


def test_what_cannot_be_done_is_said_in_one_line(brand, run):
    with pytest.raises(CommandError, match="7 is not a known program"):
        run("import_partners", "PartnerId\n", program=7)
    with pytest.raises(CommandError, match=r"file\.csv: The file is empty"):
        run("import_partners", "")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_partners", "/nowhere/a.csv", "--program", "1000")
