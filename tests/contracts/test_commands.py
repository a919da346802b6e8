"""The commands of contracts: one line of JSON, or one clear line and nothing stored."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from contracts.drafts.documents import draft_document
from contracts.models import Contract, TemplateTerms
from tests.factories import terms_document

GROUP = {
    "Rank": 1,
    "Name": "New",
    "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}],
    "PayoutRate": "15",
}


def run(*arguments):
    out = io.StringIO()
    call_command(*map(str, arguments), stdout=out)
    text = out.getvalue()
    assert text.count("\n") == 1
    return json.loads(text)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "terms.json"
    path.write_text(json.dumps(terms_document(groups=[GROUP])))
    return path


@pytest.fixture
def published(brand, sale, anna, ben, file):
    return run("publish_terms", file, "--program", 1000, "--join", "all")


def test_terms_are_published_and_joined(published):
    assert published == {
        "Name": "Standard", "Version": 1, "New": True, "Contracts": 2, "Ended": 0, "NeverBegin": 0,
        "WaitingOrders": 0, "Warnings": []
    }  # fmt: skip
    assert Contract.objects.count() == 2


def test_partners_join_by_id_from_a_day_on(brand, sale, anna, ben, file):
    answer = run("publish_terms", file, "--program", 1000, "--join", "P-ANNA, P-BEN", "--start", "2026-01-31")
    assert answer["Contracts"] == 2
    assert {contract.period.lower.date().isoformat() for contract in Contract.objects.all()} == {"2026-01-31"}


def test_the_counts_are_those_that_the_page_would_show(published, file):
    file.write_text(json.dumps(terms_document(rate="12")))
    answer = run("publish_terms", file, "--program", 1000, "--start", "2099-08-01")
    assert (answer["Contracts"], answer["Ended"], answer["NeverBegin"]) == (2, 2, 0)
    file.write_text(json.dumps(terms_document(name="Other")))
    answer = run("publish_terms", file, "--program", 1000, "--join", "all")
    assert (answer["Contracts"], answer["Ended"], answer["NeverBegin"]) == (2, 4, 2)


def test_a_start_in_the_past_is_one_clear_line_that_names_the_partners(published, file):
    file.write_text(json.dumps(terms_document(rate="12")))
    with pytest.raises(CommandError, match=r"Start: 31 Jan 2026 is before today.*P-ANNA: SALE by Standard version 1"):
        run("publish_terms", file, "--program", 1000, "--start", "2026-01-31")
    assert TemplateTerms.objects.get().versions.count() == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--program", "1"], "1 is not a known program"),
        (["--join", "P-ZED,P-YAK"], "Join: P-ZED is not a known partner.*; Join: P-YAK is not a known partner"),
        (["--start", "soon"], "write a day such as"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(brand, sale, file, arguments, told):
    with pytest.raises(CommandError, match=told) as error:
        call_command(
            "publish_terms", str(file), *(["--program", "1000"] if "--program" not in arguments else []), *arguments
        )
    assert "\n" not in str(error.value)
    assert not TemplateTerms.objects.exists()


@pytest.mark.parametrize("content", ["{", "", "[" * 100_000, "\ufeff[]", '{"Name": "x"}'])
def test_a_file_that_is_no_terms_document_is_one_clear_line(brand, tmp_path, content):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(CommandError) as error:
        call_command("publish_terms", str(path), program=1000)
    assert "\n" not in str(error.value)


def test_every_error_of_a_document_is_told_with_its_path(brand, sale, file):
    groups = [{**GROUP, "Rank": rank, "PayoutRate": "much"} for rank in range(1, 31)]
    file.write_text(json.dumps(terms_document(groups=groups)))
    with pytest.raises(CommandError) as error:
        call_command("publish_terms", str(file), program=1000)
    paths = [f"EventPayouts[0].PayoutGroups[{place}].PayoutRate: " for place in range(30)]
    assert [path for path in paths if path not in str(error.value)] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls"])
def test_groups_go_out_and_in_unchanged(published, tmp_path, kind):
    path = tmp_path / f"groups.{kind}"
    there = ["--program", 1000, "--terms", "Standard"]
    assert run("export_payout_groups", *there, "--format", kind, "--out", path) == {"Rows": 1, "File": str(path)}
    sheet = {} if kind == "csv" else {"Sheet": "Sheet1"}
    assert run("import_payout_groups", path, *there, "--event-type", "SALE") == {
        "Rows": 1, "Added": 0, "Changed": 0, "Dropped": 0, "Unchanged": 1, "Rejected": 0, "Errors": [], **sheet
    }  # fmt: skip


def test_a_dry_run_tells_and_stores_nothing(published, tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("Payout Type,Payout Value,Rules\nPercent,20,[Customer Status is New]\nFixed,,\n")
    answer = run("import_payout_groups", path, "--program", 1000, "--terms", "Standard", "--dry-run")
    assert (answer["Rows"], answer["Changed"], answer["Rejected"]) == (2, 1, 1)
    assert answer["Errors"][0]["Row"] == 3
    assert draft_document(TemplateTerms.objects.get())["EventPayouts"][0]["PayoutGroups"][0]["PayoutRate"] == "15"


def test_a_bad_row_stores_nothing_and_fails(published, tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text("Payout Type,Payout Value,Rules\nPercent,20,[Customer Status is New]\nFixed,,\n")
    with pytest.raises(CommandError, match="nothing was stored"):
        run("import_payout_groups", path, "--program", 1000, "--terms", "Standard")
    assert draft_document(TemplateTerms.objects.get())["EventPayouts"][0]["PayoutGroups"][0]["PayoutRate"] == "15"


def test_without_a_draft_the_newest_version_is_read_and_opened(published, tmp_path):
    terms = TemplateTerms.objects.get()
    terms.event_payouts.all().delete()
    path = tmp_path / "groups.csv"
    there = ["--program", 1000, "--terms", "Standard"]
    assert run("export_payout_groups", *there, "--format", "csv", "--out", path)["Rows"] == 1
    assert not terms.event_payouts.exists()
    assert run("import_payout_groups", path, *there)["Unchanged"] == 1
    assert terms.event_payouts.exists()


def test_names_that_do_not_exist_are_told(published, tmp_path):
    with pytest.raises(CommandError, match=r"“Gold” is not a known name of terms.*“Standard”"):
        run("export_payout_groups", "--program", 1000, "--terms", "Gold", "--format", "csv", "--out", tmp_path / "x")
    with pytest.raises(CommandError, match="does not pay for the event type LEAD"):
        run("export_payout_groups", "--program", 1000, "--terms", "Standard", "--event-type", "LEAD",
            "--format", "csv", "--out", tmp_path / "x")  # fmt: skip
    with pytest.raises(CommandError, match=r"cannot be read|No such file|no file"):
        run("import_payout_groups", tmp_path / "none.csv", "--program", 1000, "--terms", "Standard")
