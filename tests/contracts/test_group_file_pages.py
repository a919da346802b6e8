"""Payout groups out as a file and in again: asked for on a page, done by a worker, decided on by somebody."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from contracts import services
from contracts.models import GroupFile
from contracts.services import group_work
from program.files.read import read_table
from program.models import ExceptionList
from tests.factories import make_exception_list

HEAD = "Rank,Name,Payout Type,Payout Value,Rules,Limit\n"
NEW = "1,Neu,Percent,15,[Customer Status is New],\n"
BAD = "2,B,Percent,x,,\n"


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


@pytest.fixture
def group(event_payout):
    return services.add_payout_group(event_payout=event_payout, rules=[], name="Old", payout_rate=Decimal(3))


def of_draft(event_payout, name):
    return reverse(f"contracts:{name}", args=[1000, event_payout.pk])


def of_file(file, name="detail"):
    return reverse(f"contracts:group_file_{name}", args=[1000, file.pk])


def send(browser, event_payout, content, name="groups.csv"):
    content = content.encode() if isinstance(content, str) else content
    answer = browser.post(of_draft(event_payout, "group_import"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302
    return GroupFile.objects.latest("id")


def checked(browser, event_payout, content, name="groups.csv"):
    file = send(browser, event_payout, content, name)
    assert group_work.work_on_group_file(file.pk)
    file.refresh_from_db()
    return file


def exported(browser, event_payout, format="csv"):
    assert browser.post(of_draft(event_payout, "group_export"), {"format": format}).status_code == 302
    file = GroupFile.objects.latest("id")
    assert group_work.work_on_group_file(file.pk)
    file.refresh_from_db()
    return file


def names(event_payout):
    return list(event_payout.payout_groups.values_list("name", flat=True))


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
    assert "Queued" in editor.get(page).content.decode()
    file = GroupFile.objects.get()
    assert editor.get(of_file(file, "download"))["Location"] == of_file(file)
    group_work.work_on_group_file(file.pk)
    assert of_file(file, "download") in editor.get(page).content.decode()


def test_the_preview_stores_nothing_and_importing_stores_it(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    page = editor.get(of_file(file)).content.decode()
    assert "15% where [Customer Status is New]" in page
    assert "3% where every order" in page
    assert names(event_payout) == ["Old"]
    editor.post(of_file(file, "confirm"))
    assert "Waiting to be imported" in editor.get(of_file(file)).content.decode()
    assert names(event_payout) == ["Old"]
    assert group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Neu"]
    assert "The draft has the payout groups of this file now." in editor.get(of_file(file)).content.decode()


def test_a_file_too_large_is_refused_before_it_is_kept(event_payout, editor, monkeypatch):
    monkeypatch.setattr("program.files.sent.MAX_SIZE", 100_000)
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
    assert "must be a decimal string" in editor.get(of_file(file)).content.decode()
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


def test_a_draft_that_changed_before_the_decision_has_the_file_checked_again(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    services.switch_row(row=group, on=False)
    page = editor.get(of_file(file)).content.decode()
    assert "Check it again" in page
    assert of_file(file, "confirm") not in page
    answer = editor.post(of_file(file, "confirm"))
    assert answer.status_code == 409
    assert "The terms changed since this file was checked. Nothing was imported" in answer.content.decode()
    assert not group_work.import_group_file(file.pk)
    assert group_work.work_on_group_file(file.pk)
    page = editor.get(of_file(file)).content.decode()
    assert "3% where every order, switched off" in page
    assert "below is what it would do now" in page
    editor.post(of_file(file, "confirm"))
    group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Neu"]


def test_a_draft_that_changed_after_the_decision_is_left_alone(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    editor.post(of_file(file, "confirm"))
    services.switch_row(row=group, on=False)
    assert group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Old"]
    file.refresh_from_db()
    assert (file.state, file.failure) == ("QUEUED", group_work.CHANGED)


def test_a_list_that_is_gone_since_the_check_makes_a_new_check(brand, event_payout, editor):
    make_exception_list(program=brand, name="Winter", values=["S1"])
    file = checked(editor, event_payout, HEAD + "1,A,Percent,15,[List for Item SKU is Winter],\n")
    editor.post(of_file(file, "confirm"))
    ExceptionList.objects.all().delete()
    group_work.import_group_file(file.pk)
    group_work.work_on_group_file(file.pk)
    file.refresh_from_db()
    assert (file.state, file.preview["Rejected"], names(event_payout)) == ("READY", 1, [])


def test_a_bell_that_rings_twice_does_nothing_twice(group, event_payout, editor, terms):
    file = checked(editor, event_payout, HEAD + NEW)
    assert not group_work.work_on_group_file(file.pk)
    editor.post(of_file(file, "confirm"))
    assert editor.post(of_file(file, "confirm")).status_code == 409
    assert group_work.import_group_file(file.pk)
    terms.refresh_from_db()
    revision = terms.draft_revision
    assert not group_work.import_group_file(file.pk)
    terms.refresh_from_db()
    assert terms.draft_revision == revision


def test_a_worker_that_was_taken_for_dead_writes_nothing_any_more(group, event_payout, editor, monkeypatch):
    file = checked(editor, event_payout, HEAD + NEW)
    editor.post(of_file(file, "confirm"))
    write = group_work.write_groups

    def lose_the_claim(**fields):
        GroupFile.objects.update(attempts=2)
        write(**fields)

    monkeypatch.setattr(group_work, "write_groups", lose_the_claim)
    group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Old"]


@pytest.mark.parametrize(("waits", "runs"), [group_work.FIRST, group_work.SECOND])
def test_work_whose_worker_died_is_begun_again_and_given_up_at_last(waits, runs, group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    GroupFile.objects.update(state=waits)
    assert group_work.group_files_to_resume() == [(file.pk, waits)]
    GroupFile.objects.update(state=runs, attempts=3)
    assert group_work.group_files_to_resume() == []
    GroupFile.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert group_work.group_files_to_resume() == [(file.pk, runs)]
    (group_work.work_on_group_file if waits == "QUEUED" else group_work.import_group_file)(file.pk)
    assert "Its worker died over it three times" in editor.get(of_file(file)).content.decode()
    assert names(event_payout) == ["Old"]


def test_a_file_that_is_no_table_is_refused_in_one_sentence(group, event_payout, editor):
    sent = {"file": SimpleUploadedFile("groups.pdf", b"%PDF")}
    answer = editor.post(of_draft(event_payout, "group_import"), sent)
    assert answer.status_code == 422
    assert "csv" in answer.context["form"].errors["file"][0]
    assert editor.post(of_draft(event_payout, "group_import")).status_code == 422
    file = checked(editor, event_payout, b"\xd0\xcf\x11\xe0 no workbook", "groups.xls")
    assert file.state == "FAILED"
    assert file.failure in editor.get(of_file(file)).content.decode()


def test_a_fault_of_the_product_is_told_without_its_inside(group, event_payout, editor):
    file = send(editor, event_payout, HEAD + NEW)
    GroupFile.objects.update(kind="EXPORT", filename="groups.exe")
    group_work.work_on_group_file(file.pk)
    assert "A fault of this program" in editor.get(of_file(file)).content.decode()


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
    assert [viewer.post(of_file(file, name)).status_code for name in ("confirm", "check", "discard")] == [403] * 3


def test_another_brand_finds_neither_the_draft_nor_its_files(group, event_payout, editor, charlie, client_of):
    stranger = client_of(charlie)
    file = checked(editor, event_payout, HEAD + NEW + BAD)
    asked = [stranger.get(of_file(file)), stranger.get(of_file(file, "download")),
             stranger.get(of_draft(event_payout, "group_file_list"))]  # fmt: skip
    asked += [stranger.post(of_file(file, name)) for name in ("confirm", "check", "discard")]
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
    assert "Still waiting for a worker" in editor.get(pages[0]).content.decode()
    group_work.work_on_group_file(file.pk)
    exported(editor, event_payout)
    for page, queries in zip(pages, (5, 7), strict=True):
        with django_assert_num_queries(queries):
            assert "hx-trigger" not in editor.get(page, headers=htmx).content.decode()


def test_old_files_are_dropped_unless_a_worker_is_at_them(group, event_payout, editor):
    checked(editor, event_payout, HEAD + NEW)
    send(editor, event_payout, HEAD + NEW)
    assert group_work.drop_old_group_files() == 0
    GroupFile.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert group_work.drop_old_group_files() == 1
    assert GroupFile.objects.get().state == "QUEUED"


def wait_for(file, state):
    until = time.monotonic() + 90
    while file.state != state and time.monotonic() < until:
        time.sleep(0.2)
        file.refresh_from_db()
    assert file.state == state


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_exports_and_imports(group, event_payout, editor, celery_worker):
    editor.post(of_draft(event_payout, "group_export"), {"format": "xlsx"})
    file = GroupFile.objects.get()
    wait_for(file, "READY")
    assert [row["Name"] for _, row in read_table(bytes(file.written), file.filename)] == ["Old"]
    file = send(editor, event_payout, HEAD + "".join(f"{n},Group {n},Fixed,{n},,\n" for n in range(1, 1_201)))
    wait_for(file, "READY")
    assert names(event_payout) == ["Old"]
    editor.post(of_file(file, "confirm"))
    wait_for(file, "IMPORTED")
    assert (len(names(event_payout)), file.progress) == (1_200, 1_200)
