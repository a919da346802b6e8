"""Payout groups out as a file and in again, with a preview before anything is stored."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts import services

HEAD = "Rank,Name,Payout Type,Payout Value,Rules,Limit\n"


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


@pytest.fixture
def group(event_payout):
    return services.add_payout_group(event_payout=event_payout, rules=[], name="Old", payout_rate=Decimal(3))


def url(event_payout, name, *args):
    return reverse(f"contracts:{name}", args=[1000, event_payout.pk, *args])


def check(editor, event_payout, text):
    file = SimpleUploadedFile("groups.csv", text.encode())
    return editor.post(url(event_payout, "group_import"), {"file": file})


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls"])
def test_what_is_exported_imports_again_unchanged(kind, group, event_payout, editor):
    answer = editor.get(url(event_payout, "group_export", kind))
    file = SimpleUploadedFile(f"groups.{kind}", answer.content)
    preview = editor.post(url(event_payout, "group_import"), {"file": file}).context["preview"]
    assert (preview.unchanged, preview.added, preview.changed, preview.errors) == (1, [], [], [])


def test_the_preview_stores_nothing_and_replacing_stores_it(group, event_payout, editor):
    answer = check(editor, event_payout, HEAD + "1,Neu,Percent,15,[Customer Status is New],\n")
    assert [after["Name"] for _, after in answer.context["preview"].changed] == ["Neu"]
    assert event_payout.payout_groups.get().name == "Old"
    editor.post(url(event_payout, "group_replace"), {"held": answer.context["held"]})
    assert event_payout.payout_groups.get().name == "Neu"


def test_errors_are_listed_by_row_and_only_good_rows_can_be_taken(group, event_payout, editor):
    answer = check(editor, event_payout, HEAD + "1,A,Percent,15,[Customer Status is New],\n2,B,Percent,x,,\n")
    assert answer.status_code == 422
    assert answer.context["errors"][0][:2] == (3, "Payout Value")
    held = {"held": answer.context["held"]}
    assert editor.post(url(event_payout, "group_replace"), held).status_code == 422
    assert event_payout.payout_groups.get().name == "Old"
    editor.post(url(event_payout, "group_replace"), {**held, "only_good_rows": "on"})
    assert event_payout.payout_groups.get().name == "A"


def test_a_draft_that_changed_meanwhile_is_previewed_again(group, event_payout, editor):
    answer = check(editor, event_payout, HEAD + "1,A,Percent,15,,\n")
    services.switch_row(row=group, on=False)
    answer = editor.post(url(event_payout, "group_replace"), {"held": answer.context["held"]})
    assert answer.status_code == 409
    assert "Someone else changed these terms" in answer.content.decode()
    assert event_payout.payout_groups.get().name == "Old"


def test_a_file_that_is_no_table_is_refused_in_one_sentence(group, event_payout, editor):
    file = SimpleUploadedFile("groups.pdf", b"%PDF")
    answer = editor.post(url(event_payout, "group_import"), {"file": file})
    assert answer.status_code == 422
    assert "csv" in answer.context["form"].errors["file"][0]
