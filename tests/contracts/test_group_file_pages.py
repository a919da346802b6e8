"""Payout groups out as a file and in again: asked for on a page, previewed, decided on by somebody."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from common.tables.read import read_table
from contracts.drafts.rows import switch_row
from contracts.group_files import jobs as group_work
from contracts.group_files.services import group_rows
from contracts.models import GroupFile
from tests.common.tables.workbooks import xlsx
from tests.contracts.group_files import BAD, HEAD, NEW, checked, exported, names, of_draft, of_file, send


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls"])
def test_what_is_exported_imports_again_unchanged(kind, group, event_payout, editor):
    file = exported(editor, event_payout, kind)
    assert (file.state, file.rows, file.progress) == ("READY", 1, 1)
    answer = editor.get(of_file(file, "download"))
    assert answer["Content-Disposition"] == f'attachment; filename="payout-groups-standard-sale.{kind}"'
    preview = checked(editor, event_payout, answer.content, f"groups.{kind}").preview
    assert (preview["Unchanged"], preview["Added"], preview["Changed"], preview["Errors"]) == (1, 0, 0, 0)


def test_an_export_is_queued_on_the_page_and_downloaded_from_it(group, event_payout, editor):
    editor.post(of_draft(event_payout, "group_export"), {"format": "csv"})
    page = of_draft(event_payout, "group_file_list")
    assert "Waiting in the background" in editor.get(page).content.decode()
    file = GroupFile.objects.get()
    assert editor.get(of_file(file, "download"))["Location"] == of_file(file)
    group_work.export_group_file(file.pk)
    assert of_file(file, "download") in editor.get(page).content.decode()


def test_the_preview_stores_nothing_and_importing_stores_it(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    page = editor.get(of_file(file)).content.decode()
    assert "15% where [Customer Status is New]" in page
    assert "3% for every order" in page
    assert names(event_payout) == ["Old"]
    editor.post(of_file(file, "confirm"))
    assert "Waiting to be imported" in editor.get(of_file(file)).content.decode()
    assert names(event_payout) == ["Old"]
    assert group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Neu"]
    assert "The draft has the payout groups of this file now." in editor.get(of_file(file)).content.decode()


def test_a_file_too_large_is_refused_before_it_is_kept(event_payout, editor, monkeypatch):
    monkeypatch.setattr("contracts.group_files.pages.group_import.most_file_bytes", 100_000)
    file = SimpleUploadedFile("groups.csv", b"x" * 200_000)
    answer = editor.post(of_draft(event_payout, "group_import"), {"file": file})
    assert answer.status_code == 413
    assert "larger than 64 MB and was not kept" in answer.content.decode()
    assert not GroupFile.objects.exists()


def test_a_file_needs_the_token_against_forgery(event_payout, editor):
    editor.handler.enforce_csrf_checks = True
    file = SimpleUploadedFile("groups.csv", HEAD.encode())
    assert editor.post(of_draft(event_payout, "group_import"), {"file": file}).status_code == 403
    assert not GroupFile.objects.exists()


def test_errors_are_listed_by_row_and_only_good_rows_can_be_taken(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW + BAD)
    assert file.preview["errors"][0][:2] == [3, "Payout Value"]
    assert "is not a number: write one such as 7.5" in editor.get(of_file(file)).content.decode()
    assert editor.post(of_file(file, "confirm")).status_code == 422
    assert not group_work.import_group_file(file.pk)
    editor.post(of_file(file, "confirm"), {"only_good_rows": "on"})
    group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Neu"]


def test_rejected_rows_come_back_with_the_reason_and_can_be_sent_repaired(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW + BAD)
    answer = editor.get(of_file(file, "download"))
    assert answer["Content-Disposition"] == 'attachment; filename="groups-rejected.csv"'
    ((_, row),) = read_table(answer.content, "groups-rejected.csv")
    assert row["Rejection Reason"].startswith("Payout Value: ")
    repaired = answer.content.replace(b",x,", b",5,")
    assert checked(editor, event_payout, repaired).preview["Errors"] == 0


def test_a_file_without_a_good_row_offers_no_import(group, event_payout, editor):
    for text in (HEAD + BAD, "Payout,Rules\n15,\n"):
        file = checked(editor, event_payout, text)
        page = editor.get(of_file(file)).content.decode()
        assert "Nothing to import" in page
        assert of_file(file, "confirm") not in page
        assert editor.post(of_file(file, "confirm"), {"only_good_rows": "on"}).status_code == 422


def test_a_file_that_says_what_the_draft_says_offers_no_import(group, event_payout, editor):
    file = checked(editor, event_payout, bytes(exported(editor, event_payout).written))
    page = editor.get(of_file(file)).content.decode()
    assert "The draft has the payout groups of this file already." in page
    assert of_file(file, "confirm") not in page


def test_a_file_that_is_no_table_is_refused_in_one_sentence(group, event_payout, editor):
    sent = {"file": SimpleUploadedFile("groups.pdf", b"%PDF")}
    answer = editor.post(of_draft(event_payout, "group_import"), sent)
    assert answer.status_code == 422
    assert "csv" in answer.context["form"].errors["file"][0]
    assert editor.post(of_draft(event_payout, "group_import")).status_code == 422
    file = checked(editor, event_payout, b"\xd0\xcf\x11\xe0 no workbook", "groups.xls")
    assert file.state == "FAILED"
    assert file.failure in editor.get(of_file(file)).content.decode()


def test_an_import_is_undone_while_the_draft_is_as_it_made_it(group, event_payout, editor):
    switch_row(row=group, on=False)
    before = list(group_rows(event_payout))
    file = checked(editor, event_payout, HEAD + NEW + "2,Second,Fixed,5,,\n")
    editor.post(of_file(file, "confirm"))
    group_work.import_group_file(file.pk)
    assert of_file(file, "undo") in editor.get(of_file(file)).content.decode()
    assert editor.post(of_file(file, "undo")).status_code == 302
    assert list(group_rows(event_payout)) == before
    page = editor.get(of_file(file)).content.decode()
    assert "Undone: the draft has the payout groups that it had before" in page
    assert of_file(file, "undo") not in page
    again = editor.post(of_file(file, "undo"))
    assert (again.status_code, list(group_rows(event_payout))) == (409, before)


def test_an_import_is_not_undone_over_what_came_after_it(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    editor.post(of_file(file, "confirm"))
    group_work.import_group_file(file.pk)
    switch_row(row=event_payout.payout_groups.get(), on=False)
    page = editor.get(of_file(file)).content.decode()
    assert "The terms changed since, so this import cannot be undone." in page
    assert of_file(file, "undo") not in page
    answer = editor.post(of_file(file, "undo"))
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.content.decode()
    assert names(event_payout) == ["Neu"]


def test_a_preview_names_the_columns_in_which_a_group_differs(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + "1,Old,Fixed,5,[Order Total >= 10],\n")
    assert 'data-label="Differs in">Payout Type, Payout Value, Rules</td>' in editor.get(of_file(file)).content.decode()


def test_a_group_without_rules_is_made_only_of_an_empty_cell_and_called_every_order(event_payout, editor):
    head = ["Name", "Payout Type", "Payout Value", "Rules"]
    rows = [["VIP", "Percent", 25, '="[Customer Status is VIP]"'], ["All", "Percent", 5, None]]
    file = checked(editor, event_payout, xlsx([head, *rows]), "groups.xlsx")
    assert [row["Name"] for row in file.preview["added"]] == ["All"]
    [(row, column, message)] = file.preview["errors"]
    assert (row, column) == (2, "Rules")
    assert "Cell D2 holds a formula without a stored value" in message
    assert 'data-label="Rules">every order</td>' in editor.get(of_file(file)).content.decode()


def test_nobody_imports_another_sheet_than_their_page_shows(event_payout, editor):
    head = ["Name", "Payout Type", "Payout Value", "Rules"]
    sheets = {name: [head, [name, "Percent", 5, "[Order Total >= 1]"]] for name in ("this year", "next")}
    file = checked(editor, event_payout, xlsx([], sheets=sheets), "groups.xlsx")
    seen = editor.get(of_file(file)).context["opened_with"]
    editor.post(of_file(file, "check"), {"sheet": "next"})
    group_work.check_group_file(file.pk)
    stale = editor.post(of_file(file, "confirm"), {"opened_with": seen})
    assert stale.status_code == 409
    assert "checked again since you saw this page" in stale.content.decode()
    assert not event_payout.payout_groups.exists()
    again = editor.post(of_file(file, "confirm"), {"opened_with": stale.context["opened_with"]})
    assert again.status_code == 302


def test_another_sheet_of_a_workbook_is_chosen_on_the_page(event_payout, editor, bob, client_of):
    head = ["Name", "Payout Type", "Payout Value", "Rules"]
    sheets = {name: [head, [name, "Percent", 5, "[Order Total >= 1]"]] for name in ("old", "this year", "next")}
    file = checked(editor, event_payout, xlsx([], sheets=sheets, hidden=["old"]), "groups.xlsx")
    page = editor.get(of_file(file)).content.decode()
    assert "sheet <b>this year</b>" in page
    assert '<option value="next">next</option>' in page
    assert editor.post(of_file(file, "check"), {"sheet": "old"}).status_code == 409
    assert client_of(bob).post(of_file(file, "check"), {"sheet": "next"}).status_code == 403
    assert editor.post(of_file(file, "check"), {"sheet": "next"}).status_code == 302
    group_work.check_group_file(file.pk)
    editor.post(of_file(file, "confirm"))
    group_work.import_group_file(file.pk)
    assert names(event_payout) == ["next"]
    assert "sheet <b>next</b>" in editor.get(of_file(file)).content.decode()


def test_a_file_can_be_discarded(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    editor.post(of_file(file, "discard"))
    file.refresh_from_db()
    assert (file.state, bytes(file.content), names(event_payout)) == ("DISCARDED", b"", ["Old"])
    assert editor.post(of_file(file, "discard")).status_code == 409
    assert editor.post(of_file(file, "check")).status_code == 409


def test_a_viewer_exports_and_sees_and_decides_nothing(group, event_payout, editor, bob, client_of):
    viewer = client_of(bob)
    assert exported(viewer, event_payout).state == "READY"
    sent = {"file": SimpleUploadedFile("groups.csv", (HEAD + NEW).encode())}
    assert viewer.post(of_draft(event_payout, "group_import"), sent).status_code == 403
    file = checked(editor, event_payout, HEAD + NEW)
    assert "An editor decides whether this is imported." in viewer.get(of_file(file)).content.decode()
    asked = ("confirm", "check", "discard", "undo")
    assert [viewer.post(of_file(file, name)).status_code for name in asked] == [403] * 4


def test_another_brand_finds_neither_the_draft_nor_its_files(group, event_payout, editor, charlie, client_of):
    stranger = client_of(charlie)
    file = checked(editor, event_payout, HEAD + NEW + BAD)
    asked = [stranger.get(of_file(file)), stranger.get(of_file(file, "download")),
             stranger.get(of_draft(event_payout, "group_file_list"))]  # fmt: skip
    asked += [stranger.post(of_file(file, name)) for name in ("confirm", "check", "discard", "undo")]
    asked += [stranger.post(of_draft(event_payout, name)) for name in ("group_export", "group_import")]
    assert {answer.status_code for answer in asked} == {404}


def test_an_unknown_format_makes_no_file(event_payout, editor):
    assert editor.post(of_draft(event_payout, "group_export"), {"format": "exe"}).status_code == 422
    assert not GroupFile.objects.exists()


def test_pages_ask_for_themselves_only_while_a_worker_is_at_it(group, event_payout, editor, django_assert_num_queries):
    htmx = {"HX-Request": "true"}
    file = send(editor, event_payout, HEAD + NEW)
    pages = [of_file(file), of_draft(event_payout, "group_file_list")]
    for page in pages:
        part = editor.get(page, headers=htmx).content.decode()
        assert part.lstrip().startswith("<div")
        assert 'hx-trigger="every 300ms"' in part
    GroupFile.objects.update(created_at=timezone.now() - timedelta(hours=1), progress=500)
    assert 'hx-trigger="every 1s"' in editor.get(pages[0], headers=htmx).content.decode()
    GroupFile.objects.update(beat_at=timezone.now() - timedelta(minutes=1))
    assert "This takes longer than it should" in editor.get(pages[0]).content.decode()
    group_work.check_group_file(file.pk)
    exported(editor, event_payout)
    for page, queries in zip(pages, (5, 7), strict=True):
        with django_assert_num_queries(queries):
            assert "hx-trigger" not in editor.get(page, headers=htmx).content.decode()


def test_the_preview_says_what_is_worth_a_second_look(group, event_payout, editor):
    rows = "1,Much,Percent,1500,,\n2,New,Percent,15,[Customer Country/Region is Germny],\n"
    file = checked(editor, event_payout, HEAD + rows)
    page = editor.get(of_file(file)).content.decode()
    assert "Worth checking" in page
    assert "more than the whole sale amount" in page
    assert "Germany" in page
    assert file.preview["Warnings"] == 3  # the first takes all orders of the second, too


def test_the_preview_says_what_is_worth_a_second_look_of_groups_that_are_on(event_payout, editor):
    head = HEAD.replace("Limit", "Switched On")
    rows = "1,All of it,Percent,150,[Customer Country/Region is Germny],yes\n2,Off,Percent,200,,no\n"
    file = checked(editor, event_payout, head + rows + BAD.replace("2,B", "3,B"))
    assert file.preview["Warnings"] == 2
    assert {tuple(each[:2]) for each in file.preview["warnings"]} == {(2, "All of it")}
    page = editor.get(of_file(file)).content.decode()
    assert "150% is more than the whole sale amount" in page
    assert "did you mean Germany?" in page


def test_a_file_without_a_good_row_does_not_say_that_it_drops_groups(group, event_payout, editor):
    page = editor.get(of_file(checked(editor, event_payout, HEAD + BAD))).content.decode()
    assert "Nothing of this file can be imported. The payout groups of the draft stay as they are." in page
    assert "Dropped" not in page
