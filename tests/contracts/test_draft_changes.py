"""A draft that saves itself: what a save answers, what the draft changes, and the way back."""

import re
from decimal import Decimal

import pytest

from contracts.drafts.documents import draft_document
from contracts.drafts.rows import add_payout_adjustment, add_payout_group, delete_rows, switch_row
from contracts.drafts.sections import set_terms_sections
from contracts.drafts.template_terms import add_event_payout, change_template_terms
from contracts.models import PayoutGroup, TemplateTerms
from contracts.publishing.services import publish_draft
from contracts.sections.default_payout import DEFAULT_PANEL
from contracts.sections.lists.payout_adjustments import ADJUSTMENTS
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.registry import TERMS_PANELS
from contracts.sections.scheduling import SCHEDULE
from tests.contracts.addresses import HTMX, NEW, url
from tests.contracts.test_terms_pages import schedule

PAYS = {"kind": "PERCENT", "value": "10", "payout_level": "ORDER"}


def save(client, event_payout, panel, data, **options):
    return client.post(url("section_save", event_payout.pk, panel), data, **options, **HTMX)


def changes(client, event_payout):
    return client.get(url("terms_changes", event_payout.template_terms_id), {"event": event_payout.pk})


def test_a_save_answers_the_row_the_summary_and_what_to_send_next(event_payout, editor):
    first = save(editor, event_payout, SCHEDULE, schedule(locking_days="20"))
    assert first.status_code == 200
    assert "draft-changed" in first["HX-Trigger"]
    page = first.content.decode()
    assert "locked 20 days after the end of the month · paid 20 days after the end of the month" in page
    assert "Actions are locked 20 days after the end of the month they are tracked." in page
    seen = first.context["part"].form.opened_with
    second = save(editor, event_payout, SCHEDULE, schedule(locking_days="21", opened_with=seen))
    assert second.status_code == 200
    third = save(editor, event_payout, SCHEDULE, schedule(locking_days="22", opened_with=seen))
    assert third.status_code == 409, "it would overwrite what the second saved"
    assert "Someone else changed this" in third.content.decode()


def test_another_level_shows_the_whole_page_again(event_payout, editor):
    assert "HX-Refresh" not in save(editor, event_payout, DEFAULT_PANEL, {**PAYS, "value": "12"})
    assert save(editor, event_payout, DEFAULT_PANEL, {**PAYS, "payout_level": "ITEM"})["HX-Refresh"] == "true"


def test_a_draft_that_was_never_published_has_nothing_to_compare_with(event_payout, editor):
    page = changes(editor, event_payout).content.decode()
    assert "Not published yet." in page
    assert "Review and publish" in page
    assert "Discard" not in page


def test_what_differs_is_counted_named_and_marked(event_payout, groups, editor):
    publish_draft(template_terms=event_payout.template_terms)
    assert "Nothing to publish" in changes(editor, event_payout).content.decode()
    save(editor, event_payout, SCHEDULE, schedule(locking_days="20"))
    add_payout_group(event_payout=event_payout, rules=[NEW], name="Fourth", payout_rate=Decimal(1))
    answer = changes(editor, event_payout)
    assert {part.slug: part.before for part in answer.context["parts"] if part.is_changed} == {
        "payout-groups": "3 payout groups",
        "schedule": "locked 15 days after the end of the month · paid 20 days after the end of the month",
    }
    page = answer.content.decode()
    assert "Review 2 changes" in page
    assert "Action locking, Fourth" in page


def test_each_part_that_differs_is_reverted_from_its_lines(event_payout, groups, lead, editor):
    terms = event_payout.template_terms
    publish_draft(template_terms=terms)
    change_template_terms(template_terms=terms, name="Other", labels=[], currency="GBP")
    set_terms_sections(template_terms=terms, values={"change_notification_period": 3})
    save(editor, event_payout, SCHEDULE, schedule(locking_days="20"))
    add_payout_group(event_payout=event_payout, rules=[NEW], name="Fourth", payout_rate=Decimal(1))
    delete_rows(event_payout=event_payout, kind=PayoutGroup, ids=[groups[0].pk])
    add_event_payout(template_terms=terms, event_type=lead, payout_rate=Decimal(1))
    lines = [
        (each.part, each.count, each.revert_url)
        for each in changes(editor, event_payout).context["lines"]
        if each.revert_url
    ]
    assert lines == [
        (TERMS_PANELS["notice"].title, 1, url("terms_panel_revert", terms.pk, TERMS_PANELS["notice"])),
        (SCHEDULE.title, 1, url("panel_revert", event_payout.pk, SCHEDULE)),
        (GROUPS.title, 2, url("list_revert", event_payout.pk, GROUPS)),
    ], "nothing of the head, and nothing of an event type that version 1 does not pay for"


def test_a_viewer_reads_the_changes_without_a_way_to_revert(event_payout, viewer):
    publish_draft(template_terms=event_payout.template_terms)
    add_payout_group(event_payout=event_payout, rules=[NEW], name="Fourth", payout_rate=Decimal(1))
    page = changes(viewer, event_payout).content.decode()
    assert "Fourth" in page
    assert 'form="revert"' not in page


@pytest.mark.parametrize("count", [3, 30])
def test_the_changes_are_read_by_as_many_queries_for_three_groups_as_for_thirty(
    count, event_payout, editor, django_assert_num_queries
):
    publish_draft(template_terms=event_payout.template_terms)
    for number in range(count):
        add_payout_group(event_payout=event_payout, rules=[NEW], name=f"G{number}", payout_rate=Decimal(1))
    changes(editor, event_payout)
    with django_assert_num_queries(12):
        changes(editor, event_payout)


def test_a_section_is_taken_back_and_the_others_stay(event_payout, groups, editor):
    publish_draft(template_terms=event_payout.template_terms)
    save(editor, event_payout, SCHEDULE, schedule(locking_days="20", has_scheduling=""))
    save(editor, event_payout, DEFAULT_PANEL, {**PAYS, "value": "12"})
    editor.post(url("panel_revert", event_payout.pk, SCHEDULE))
    event_payout.refresh_from_db()
    assert event_payout.sections["Locking"]["DayOffset"] == 15
    assert event_payout.is_on("payout_scheduling")
    assert event_payout.sections["DefaultPayoutRate"] == "12"


def test_a_list_is_taken_back_with_its_order_and_its_switch(event_payout, groups, editor):
    publish_draft(template_terms=event_payout.template_terms)
    delete_rows(event_payout=event_payout, kind=PayoutGroup, ids=[groups[0].pk])
    editor.post(url("section_switch", event_payout.pk, GROUPS), {}, **HTMX)
    editor.post(url("list_revert", event_payout.pk, GROUPS))
    event_payout.refresh_from_db()
    assert event_payout.is_on("payout_groups")
    assert [group.name for group in event_payout.payout_groups.order_by("rank")] == ["First", "Second", "Third"]


def test_rows_that_are_switched_off_outlast_both_ways_back(event_payout, groups, editor):
    switch_row(row=groups[1], on=False)
    publish_draft(template_terms=event_payout.template_terms)
    editor.post(url("list_revert", event_payout.pk, GROUPS))
    editor.post(url("section_switch", event_payout.pk, ADJUSTMENTS), {}, **HTMX)
    add_payout_adjustment(event_payout=event_payout, rules=[], direction="INCREASE", rate=Decimal(5))
    editor.post(url("terms_discard", event_payout.template_terms_id))
    event_payout = event_payout.template_terms.event_payouts.get()
    rows = event_payout.payout_groups.order_by("rank").values_list("name", "is_active")
    assert list(rows) == [("First", True), ("Third", True), ("Second", False)]
    assert event_payout.payout_adjustments.get().is_active is False


def test_nothing_is_taken_back_where_there_is_nothing_to_go_back_to(event_payout, lead, editor):
    terms = event_payout.template_terms
    assert b"never published" in editor.post(url("panel_revert", event_payout.pk, SCHEDULE), follow=True).content
    assert b"never published" in editor.post(url("terms_discard", terms.pk), follow=True).content
    publish_draft(template_terms=terms)
    new = add_event_payout(template_terms=terms, event_type=lead, payout_rate=Decimal(1))
    assert b"Version 1 does not pay for" in editor.post(url("panel_revert", new.pk, SCHEDULE), follow=True).content


def test_all_changes_are_discarded_and_the_draft_is_as_published(event_payout, groups, lead, editor):
    terms = event_payout.template_terms
    published = publish_draft(template_terms=terms).version.document
    save(editor, event_payout, SCHEDULE, schedule(locking_days="20"))
    add_event_payout(template_terms=terms, event_type=lead, payout_rate=Decimal(1))
    change_template_terms(template_terms=terms, name="Other", labels=[], currency="GBP")
    page = editor.post(url("terms_discard", terms.pk), follow=True).content.decode()
    terms.refresh_from_db()
    assert draft_document(terms) == published
    assert "As published" in page


def test_what_another_editor_changed_since_is_not_discarded_unseen(event_payout, groups, editor):
    terms = event_payout.template_terms
    published = publish_draft(template_terms=terms).version.document
    save(editor, event_payout, SCHEDULE, schedule(locking_days="20"))
    seen = changes(editor, event_payout).content.decode()
    [revision] = re.findall(r'name="seen" value="(\d+)" form="discard-changes-form"', seen)
    save(editor, event_payout, DEFAULT_PANEL, {**PAYS, "value": "12"})
    address = url("terms_discard", terms.pk)
    asked = editor.post(address, {"seen": revision})
    assert asked.status_code == 409
    page = asked.content.decode()
    assert "Nothing was discarded; these are its changes now." in page
    assert "12% of the order’s sale amount" in page
    assert draft_document(TemplateTerms.objects.get(pk=terms.pk)) != published
    [revision] = re.findall(r'name="seen" value="(\d+)"', page)
    assert editor.post(address, {"seen": revision}).status_code == 302
    assert draft_document(TemplateTerms.objects.get(pk=terms.pk)) == published


@pytest.mark.parametrize("name", ["panel_revert", "list_revert", "terms_panel_revert"])
def test_what_another_editor_changed_since_is_not_reverted_unseen(name, event_payout, groups, editor):
    terms = event_payout.template_terms
    publish_draft(template_terms=terms)
    set_terms_sections(template_terms=terms, values={"change_notification_period": 3})
    save(editor, event_payout, SCHEDULE, schedule(locking_days="20"))
    delete_rows(event_payout=event_payout, kind=PayoutGroup, ids=[groups[0].pk])
    [revision] = re.findall(r'name="seen" value="(\d+)"></form>', changes(editor, event_payout).content.decode())
    save(editor, event_payout, SCHEDULE, schedule(locking_days="25"))
    address = url(name, *{
        "panel_revert": [event_payout.pk, SCHEDULE], "list_revert": [event_payout.pk, GROUPS],
        "terms_panel_revert": [terms.pk, TERMS_PANELS["notice"]],
    }[name])  # fmt: skip
    document = draft_document(TemplateTerms.objects.get(pk=terms.pk))
    said = editor.post(address, {"seen": revision}, follow=True).content.decode()
    assert "The draft has changed since you saw it. Nothing was reverted" in said
    assert draft_document(TemplateTerms.objects.get(pk=terms.pk)) == document
    revision = TemplateTerms.objects.get(pk=terms.pk).draft_revision
    editor.post(address, {"seen": revision})
    assert draft_document(TemplateTerms.objects.get(pk=terms.pk)) != document


def test_a_payout_of_more_than_the_sale_is_remarked_beside_it_and_saved(event_payout, editor):
    answer = save(editor, event_payout, DEFAULT_PANEL, {**PAYS, "value": "150"})
    assert answer.status_code == 200
    assert "150% is more than the whole sale amount" in answer.content.decode()
    page = editor.get(url("terms_edit", event_payout.template_terms_id)).content.decode()
    assert "150% is more than the whole sale amount" in page.partition('id="default-payout-doubts"')[2][:600]
    answer = save(editor, event_payout, DEFAULT_PANEL, {**PAYS, "value": "15"})
    assert "more than the whole" not in answer.content.decode()


@pytest.mark.parametrize("name", ["terms_discard", "panel_revert", "list_revert"])
def test_a_viewer_takes_nothing_back_and_a_stranger_finds_nothing(name, event_payout, viewer, charlie, client_of):
    part = {"terms_discard": [event_payout.template_terms_id], "panel_revert": [event_payout.pk, SCHEDULE]}
    address = url(name, *part.get(name, [event_payout.pk, GROUPS]))
    assert viewer.post(address).status_code == 403
    assert client_of(charlie).post(address).status_code == 404


def test_the_draft_of_another_brand_shows_no_changes(event_payout, client_of, charlie):
    assert changes(client_of(charlie), event_payout).status_code == 404
