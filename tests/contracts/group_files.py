"""Sending, checking and taking files of payout groups, as their pages do."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts.group_files import jobs as group_work
from contracts.models import GroupFile

HEAD = "Rank,Name,Payout Type,Payout Value,Rules,Limit\n"
NEW = "1,Neu,Percent,15,[Customer Status is New],\n"
BAD = "2,B,Percent,x,,\n"


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
    assert group_work.check_group_file(file.pk)
    file.refresh_from_db()
    return file


def exported(browser, event_payout, format="csv"):
    assert browser.post(of_draft(event_payout, "group_export"), {"format": format}).status_code == 302
    file = GroupFile.objects.latest("id")
    assert group_work.export_group_file(file.pk)
    file.refresh_from_db()
    return file


def names(event_payout):
    return list(event_payout.payout_groups.values_list("name", flat=True))
