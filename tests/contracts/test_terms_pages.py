"""Template terms as an editor, a viewer and a stranger meet them."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracts.drafts.ranks import move_to
from contracts.drafts.rows import add_payout_adjustment, add_payout_group, change_payout_group, delete_rows, switch_row
from contracts.drafts.template_terms import create_template_terms
from contracts.models import Contract, EventPayout, PayoutGroup, TemplateTerms
from contracts.publishing.services import publish_draft
from contracts.sections.scheduling import SCHEDULE
from tests.contracts.addresses import HTMX, NEW, confirm, url


def test_the_empty_list_says_what_to_do_next(brand, editor, viewer):
    assert url("terms_create") in editor.get(url("terms_list")).content.decode()
    assert url("terms_create") not in viewer.get(url("terms_list")).content.decode()


@pytest.mark.parametrize(("query", "found"), [("", 1), ("STAND", 1), ("spring", 1), ("autumn", 0)])
def test_terms_are_found_by_name_and_label(query, found, terms, editor):
    assert len(editor.get(url("terms_list"), {"q": query}).context["page"]) == found


PAYS = {"kind": "PERCENT", "value": "10", "payout_level": "ORDER"}


def test_terms_are_made_with_the_event_type_on_the_same_page(brand, sale, editor):
    assert "Online sale" in editor.get(url("terms_create")).content.decode()
    data = {"name": "Summer", "labels": "a, b", "currency": "GBP", "event_type": sale.pk, **PAYS}
    answer = editor.post(url("terms_create"), data)
    payout = EventPayout.objects.get()
    assert answer["Location"] == f"{url('terms_edit', payout.template_terms_id)}?event={payout.pk}"
    assert (payout.event_type, payout.sections["DefaultPayoutRate"]) == (sale, "10")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"value": ""}, "value"), ({"value": "-1"}, "value"), ({"payout_level": "ITEM"}, "payout_level")],
)
def test_a_payout_that_cannot_be_makes_no_terms_and_is_said_beside_its_field(changes, field, brand, sale, editor):
    sale.payout_levels = "ORDER"
    sale.save()
    data = {"name": "Summer", "currency": "GBP", "event_type": sale.pk, **PAYS, **changes}
    answer = editor.post(url("terms_create"), data)
    assert answer.status_code == 422
    assert field in answer.context["pays"].errors
    assert not TemplateTerms.objects.exists()


def test_populating_shows_what_would_be_copied_and_keeps_what_was_typed(terms, groups, editor):
    data = {"name": "Copy", "currency": "GBP", "use_existing": "on", "existing": terms.pk, "populate": "1"}
    answer = editor.post(url("terms_create"), data)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "10% of the order’s sale amount, 3 payout groups" in page
    assert answer.context["form"]["name"].value() == "Copy"
    assert answer.context["form"]["copy_from"].value() == terms.pk
    assert TemplateTerms.objects.count() == 1
    emptied = editor.post(url("terms_create"), {**data, "copy_from": terms.pk, "empty": "1"})
    assert emptied.context["copied"] is None
    assert emptied.context["form"]["name"].value() == "Copy"


def test_terms_that_were_chosen_and_not_populated_are_not_copied_unseen(terms, groups, sale, editor):
    data = {"name": "Copy", "currency": "GBP", "existing": terms.pk, "event_type": sale.pk, **PAYS}
    answer = editor.post(url("terms_create"), {**data, "use_existing": "on"})
    assert answer.status_code == 422
    assert "select Populate terms" in answer.content.decode()
    editor.post(url("terms_create"), data)  # switched off
    assert not PayoutGroup.objects.filter(event_payout__template_terms__name="Copy").exists()


def test_terms_of_another_brand_are_not_copied(terms, groups, charlie, client_of):
    client_of(charlie).post(reverse("contracts:terms_create", args=[2000]),
                            {"name": "Copy", "currency": "GBP", "copy_from": terms.pk})  # fmt: skip
    assert not PayoutGroup.objects.filter(event_payout__template_terms__name="Copy").exists()


def test_terms_without_an_event_type_get_one_on_the_next_page(brand, sale, editor):
    answer = editor.post(url("terms_create"), {"name": "Summer", "labels": "a, b", "currency": "GBP"})
    terms = TemplateTerms.objects.get()
    assert terms.labels == ["a", "b"]
    assert answer["Location"] == url("event_payout_create", terms.pk)
    data = {"event_type": sale.pk, "kind": "PERCENT", "value": "10", "payout_level": "ORDER"}
    answer = editor.post(answer["Location"], data)
    assert EventPayout.objects.get().sections["DefaultPayoutRate"] == "10"
    assert "of the order’s sale amount" in editor.get(answer["Location"]).content.decode()


def test_terms_are_made_from_existing_ones(terms, groups, editor):
    editor.post(url("terms_create"), {"name": "Copy", "currency": "GBP", "copy_from": terms.pk})
    assert PayoutGroup.objects.filter(event_payout__template_terms__name="Copy").count() == 3


def test_a_taken_name_is_refused_beside_the_field(terms, editor):
    answer = editor.post(url("terms_create"), {"name": "Standard", "currency": "GBP"})
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors


def schedule(**changes):
    return {
        "has_locking": "on", "locking_months": "0", "locking_days": "15", "locking_period": "MONTH",
        "has_scheduling": "on", "scheduling_months": "0", "scheduling_days": "20",
        "scheduling_period": "END_OF_MONTH", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"locking_months": "1", "locking_days": "28"}, "Days to lock: Must be at most 27 where months are counted"),
        ({"locking_days": "28"}, "Days to lock: Must be at most 27 where months are counted"),
        ({"has_locking": "", "locking_days": "28"}, "Days to lock: Must be at most 27"),
        ({"scheduling_months": "61"}, "Months to pay: Must be from 0 to 60"),
        ({"scheduling_days": "x"}, "Days to pay: Enter a whole number, such as 30."),
    ],
)
def test_no_date_is_shown_for_what_is_refused(changes, said, event_payout, editor):
    answer = editor.post(url("section_save", event_payout.pk, SCHEDULE), schedule(**changes), **HTMX)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'id="dates"' not in page


def test_the_sentences_say_the_dates_of_an_order_of_today(event_payout, editor, time_machine):
    time_machine.move_to("2021-04-24T10:00:00Z")
    answer = editor.post(url("section_save", event_payout.pk, SCHEDULE), schedule(), **HTMX)
    dates = answer.context["part"].preview["dates"]
    assert (dates.locks.isoformat(), str(dates.paid)) == ("2021-05-15T23:00:00+00:00", "2021-06-20")
    assert "16 May 2021, 00:00 BST" in answer.content.decode()


def test_locking_and_paying_are_saved_together(event_payout, editor):
    editor.post(url("section_save", event_payout.pk, SCHEDULE), schedule(locking_months="1", has_scheduling=""))
    event_payout.refresh_from_db()
    assert event_payout.sections["Locking"]["MonthOffset"] == 1
    assert (event_payout.is_on("locking"), event_payout.is_on("payout_scheduling")) == (True, False)
    answer = editor.post(
        url("section_save", event_payout.pk, SCHEDULE), schedule(locking_days="40", locking_months="1")
    )
    assert answer.status_code == 422


def test_a_refused_schedule_marks_every_field_that_is_meant_and_saves_nothing(event_payout, editor):
    typed = schedule(locking_days="40", locking_months="2", scheduling_months="61", scheduling_days="731")
    answer = editor.post(url("section_save", event_payout.pk, SCHEDULE), typed)
    assert set(answer.context["sent_form"].errors) == {"locking_days", "scheduling_months", "scheduling_days"}
    event_payout.refresh_from_db()
    assert [event_payout.sections[key]["MonthOffset"] for key in ("Locking", "PayoutScheduling")] == [0, 0]


def test_publishing_joins_partners_and_shows_the_version(groups, event_payout, anna, ben, editor):
    terms = event_payout.template_terms
    assert "First" in editor.get(url("terms_publish", terms.pk)).content.decode()
    answer = confirm(editor, url("terms_publish", terms.pk), {"join": "chosen", "partners": ["P-ANNA"]}, follow=True)
    assert [contract.partner for contract in Contract.objects.all()] == [anna]
    page = answer.content.decode()
    assert "version 1" in page
    assert "Customer Status is <b>New</b>" in page
    answer = editor.post(url("terms_publish", terms.pk), {"join": "chosen"})
    assert answer.status_code == 422


def test_the_review_leads_from_each_error_to_its_section(event_payout, sale, editor):
    sale.is_active = False
    sale.save()
    answer = editor.get(url("terms_publish", event_payout.template_terms_id))
    assert answer.context["problems"][0].place == "Online sale"
    assert 'name="comment"' not in answer.content.decode()


def test_the_review_says_in_words_which_rule_may_never_hold(groups, event_payout, editor):
    terms = event_payout.template_terms
    gold = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["Gold"]}
    change_payout_group(payout_group=groups[1], rules=[gold], name="Second", payout_rate=Decimal(12))
    for rules in ([NEW], [gold]):
        add_payout_adjustment(event_payout=event_payout, rules=rules, direction="INCREASE", rate=Decimal(5))
    switch_row(row=event_payout.payout_adjustments.get(rank=1), on=False)
    answer = editor.get(url("terms_publish", terms.pk))
    said = answer.context["warnings"]
    assert [each.place for each in said] == [
        "Online sale, payout group 2, Second",
        "Online sale, adjustment 2",
        "Online sale, payout group 3, Third",
    ]
    assert [each.url.partition("#")[2] for each in said] == ["payout-groups", "payout-adjustments", "payout-groups"]
    assert all(each.message.startswith("No customer status of SALE maps to “Gold”") for each in said[:2])
    assert said[2].message == "Can never win: First, above, takes all of its orders"
    assert "EventPayouts[" not in answer.content.decode()
    published = confirm(editor, url("terms_publish", terms.pk), {"join": ""}, follow=True).content.decode()
    assert "Online sale, payout group 2, Second: No customer status" in published
    assert "EventPayouts[" not in published


def test_the_review_shows_what_changed_side_by_side(groups, event_payout, editor):
    terms = event_payout.template_terms
    publish_draft(template_terms=terms)
    move_to(row=groups[2], position=1)
    change_payout_group(payout_group=groups[0], rules=[NEW], name="First", payout_rate=Decimal(12))
    changes = editor.get(url("terms_publish", terms.pk)).context["changes"]
    assert [section.title for section in changes] == ["Online sale: payout groups"]
    assert {change.what for change in changes[0].changes} == {"First", "Third"}
    publish_draft(template_terms=terms)
    second = terms.versions.get(number=2)
    assert "at rank 3" in editor.get(url("version_compare", second.pk)).content.decode()


def test_partners_join_the_newest_version_whatever_the_draft_holds(groups, event_payout, anna, ben, editor):
    terms = event_payout.template_terms
    publish_draft(template_terms=terms)
    delete_rows(event_payout=event_payout, kind=PayoutGroup, ids=[groups[0].pk])
    confirm(editor, url("terms_join", terms.pk), {"row": ["P-ANNA", "P-BEN"]})
    assert {contract.partner for contract in Contract.objects.all()} == {anna, ben}
    assert terms.versions.count() == 1
    assert event_payout.payout_groups.count() == 2
    assert editor.post(url("terms_join", terms.pk), {}).status_code == 422


def test_contracts_are_listed_by_partner_terms_and_status(event_payout, anna, ben, viewer):
    publish_draft(template_terms=event_payout.template_terms, join="all")
    page = viewer.get(url("contract_list"), {"q": "anna", "status": "ACTIVE"})
    assert [contract.partner for contract, *_ in page.context["listed"]] == [anna]
    assert not viewer.get(url("contract_list"), {"status": "EXPIRED"}).context["listed"]


GATES = [
    ("terms_edit", "get"), ("terms_publish", "get"), ("version_list", "get"), ("terms_change", "post"),
    ("terms_publish", "post"), ("terms_join", "post"), ("terms_delete", "post"), ("event_payout_create", "post"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "method"), GATES)
def test_another_brand_finds_nothing_and_a_viewer_changes_nothing(name, method, terms, charlie, viewer, client_of):
    assert getattr(client_of(charlie), method)(url(name, terms.pk)).status_code == 404
    assert getattr(viewer, method)(url(name, terms.pk)).status_code == (403 if method == "post" else 200)


@pytest.mark.parametrize("count", [10, 30])
def test_the_pages_run_as_many_queries_for_ten_rows_as_for_thirty(
    count, brand, event_payout, editor, django_assert_num_queries
):
    for n in range(count):
        add_payout_group(event_payout=event_payout, rules=[NEW], name=f"G{n}", payout_rate=Decimal(1))
        create_template_terms(program=brand, name=f"T{n}")
    publish_draft(template_terms=event_payout.template_terms)
    editor.get(url("terms_list"))
    with django_assert_num_queries(11):
        editor.get(url("terms_list"))
    with django_assert_num_queries(28):
        editor.get(url("terms_edit", event_payout.template_terms_id))
    with django_assert_num_queries(8):
        editor.get(url("contract_list"))
