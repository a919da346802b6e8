"""A row that is open while somebody else deletes it or discards the draft: it is told, kept, and added as a new one."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction, delete_rows
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.drafts.unpublished import discard_changes
from contracts.models import EventPayout
from contracts.publishing.services import publish_draft
from contracts.sections.lists.payout_adjustments import ADJUSTMENTS
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.lists.payout_restrictions import RESTRICTIONS
from tests.contracts.addresses import HTMX, NEW, url
from tests.contracts.page_fields import forms_of
from tests.factories import make_event_type, make_program

TYPED = {
    GROUPS.slug: {"name": "Mine", "kind": "PERCENT", "value": "12.5"},
    ADJUSTMENTS.slug: {"direction": "DECREASE", "kind": "FIXED", "value": "12.5"},
    RESTRICTIONS.slug: {"zero_payout_hide_report": "on"},
}
ADD = {
    GROUPS.slug: lambda payout: add_payout_group(event_payout=payout, rules=[NEW], payout_rate=Decimal(5)),
    ADJUSTMENTS.slug: lambda payout: add_payout_adjustment(
        event_payout=payout, rules=[NEW], direction="INCREASE", rate=Decimal(5)
    ),
    RESTRICTIONS.slug: lambda payout: add_payout_restriction(event_payout=payout, rules=[NEW]),
}
KINDS = pytest.mark.parametrize("kind", [GROUPS, ADJUSTMENTS, RESTRICTIONS], ids=str)


def shown(page, html, save):
    """The fields of the form that is sent to the address that this ends like."""
    return next(form for form in forms_of(page, html) if "event_payout" in form.fields and form.address.endswith(save))


def opened(client, kind, row):
    """The address of a row, and what its form sends with other values typed."""
    page = reverse("contracts:row_edit", args=[1000, kind, row.pk])
    fields = shown(page, client.get(page).content.decode(), page).fields
    return page, fields | {"variable": ["ORDER_TOTAL"], "operator": ["GTE"], "values": ["77"], **TYPED[kind.slug]}


def discarded(event_payout):
    """The event payout of the same draft after its changes were discarded: another row."""
    discard_changes(template_terms=event_payout.template_terms)
    return EventPayout.objects.get()


def assert_added(kind, event_payout):
    [row] = kind.model.objects.filter(event_payout=event_payout)
    assert row.rules == [{"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["77"]}]
    values = kind.form.initial_of(row)
    assert {name: values[name] for name in TYPED[kind.slug]} == {
        name: True if typed == "on" else typed for name, typed in TYPED[kind.slug].items()
    }


@KINDS
def test_what_was_typed_in_a_deleted_row_is_added_as_a_new_one_in_the_list_as_it_is_now(kind, event_payout, editor):
    row = ADD[kind.slug](event_payout)
    page, typed = opened(editor, kind, row)
    delete_rows(event_payout=event_payout, kind=kind.model, ids=[row.pk])
    answer = editor.post(page, typed, **HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == f"#{kind.slug}"
    assert f"This {kind.noun} is gone" in html
    assert f"Add as a new {kind.noun}" in html
    form = shown(page, html, "/new/")
    assert f'hx-post="{form.address}"' in html
    assert editor.post(form.address, form.fields, **HTMX).status_code == 200
    assert_added(kind, event_payout)


@KINDS
def test_after_the_draft_was_discarded_it_is_added_to_the_draft_as_it_is_now(kind, event_payout, editor):
    publish_draft(template_terms=event_payout.template_terms)
    page, typed = opened(editor, kind, ADD[kind.slug](event_payout))
    other = discarded(event_payout)
    answer = editor.post(page, typed, **HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert f"This {kind.noun} is gone" in html
    form = shown(page, html, "/new/")
    assert f'hx-post="{form.address}"' not in html, "the rest of the page shows rows that are gone, too"
    assert editor.post(form.address, form.fields).status_code == 302
    assert_added(kind, other)


@KINDS
def test_without_script_it_is_a_page_of_its_own(kind, event_payout, editor):
    row = ADD[kind.slug](event_payout)
    page, typed = opened(editor, kind, row)
    delete_rows(event_payout=event_payout, kind=kind.model, ids=[row.pk])
    answer = editor.post(page, typed)
    assert answer.status_code == 409
    form = shown(page, answer.content.decode(), "/new/")
    assert editor.post(form.address, form.fields).status_code == 302
    assert_added(kind, event_payout)


@KINDS
def test_a_new_row_survives_it_too(kind, event_payout, editor):
    publish_draft(template_terms=event_payout.template_terms)
    page = url("row_create", event_payout.pk, kind)
    fields = shown(page, editor.get(page).content.decode(), page).fields
    other = discarded(event_payout)
    typed = fields | {"variable": ["ORDER_TOTAL"], "operator": ["GTE"], "values": ["77"], **TYPED[kind.slug]}
    answer = editor.post(page, typed, **HTMX)
    assert answer.status_code == 409
    assert "Someone else discarded the draft’s changes" in answer.content.decode()
    form = shown(page, answer.content.decode(), "/new/")
    assert editor.post(form.address, form.fields).status_code == 302
    assert_added(kind, other)


def test_what_is_wrong_with_it_is_said_beside_it(event_payout, editor):
    row = ADD[GROUPS.slug](event_payout)
    page, typed = opened(editor, GROUPS, row)
    delete_rows(event_payout=event_payout, kind=GROUPS.model, ids=[row.pk])
    answer = editor.post(page, typed | {"value": "much", "values": ["many"]}, **HTMX)
    assert answer.status_code == 409
    form = shown(page, answer.content.decode(), "/new/")
    assert (form.fields["value"], form.fields["values"]) == (["much"], ["many"])
    assert "Write a number with a point" in answer.content.decode()


def test_an_event_type_that_is_no_longer_paid_for_is_not_found(event_payout, lead, editor):
    publish_draft(template_terms=event_payout.template_terms)
    added = add_event_payout(template_terms=event_payout.template_terms, event_type=lead, payout_rate=Decimal(5))
    page, typed = opened(editor, GROUPS, ADD[GROUPS.slug](added))
    discarded(event_payout)
    assert editor.post(page, typed, **HTMX).status_code == 404


def test_another_brands_draft_is_not_found_and_a_viewer_is_refused(event_payout, editor, viewer):
    row = ADD[GROUPS.slug](event_payout)
    page, typed = opened(editor, GROUPS, row)
    delete_rows(event_payout=event_payout, kind=GROUPS.model, ids=[row.pk])
    assert viewer.post(page, typed, **HTMX).status_code == 403
    theirs = make_program()
    terms = create_template_terms(program=theirs, name="Theirs")
    sale = make_event_type(program=theirs, code="SALE")
    payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=Decimal(10))
    for number in (payout.pk, ""):
        other = {"event_payout": number, "template_terms": terms.pk, "event_type": sale.pk}
        assert editor.post(page, typed | other, **HTMX).status_code == 404


@pytest.mark.parametrize("kind", [GROUPS, RESTRICTIONS], ids=str)
def test_a_new_row_says_where_in_a_long_list_it_will_be(kind, event_payout, editor, monkeypatch):
    monkeypatch.setattr("contracts.editing.row_lists.SIZE", 2)
    for _ in range(3):
        ADD[kind.slug](event_payout)
    page = editor.get(url("row_create", event_payout.pk, kind), **HTMX).content.decode()
    assert "as #4, on page 2" in page
    answer = editor.post(
        url("row_create", event_payout.pk, kind),
        {"variable": "ORDER_TOTAL", "operator": "GTE", "values": "77", **TYPED[kind.slug]},
        **HTMX,
    )
    part = answer.context["part"]
    assert (part.page.number, part.saved) == (2, part.items[-1].row.pk)
    assert part.items[-1].row.rank == 4


def test_a_new_row_of_a_list_of_one_page_says_nothing_of_pages(event_payout, editor):
    ADD[GROUPS.slug](event_payout)
    assert "on page" not in editor.get(url("row_create", event_payout.pk, GROUPS), **HTMX).content.decode()
