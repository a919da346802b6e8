"""A document becomes a version that never changes; publishing it again makes none."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from common.refusals import Refused
from contracts.agreements.plans import plan_of, terms_of
from contracts.drafts.documents import draft_document
from contracts.drafts.rows import add_payout_group, switch_row
from contracts.drafts.sections import switch_section
from contracts.drafts.template_terms import create_template_terms, remove_event_payout
from contracts.drafts.unpublished import has_unpublished_changes, open_draft
from contracts.models import TemplateTerms, TermsVersion
from contracts.publishing.services import preview_publishing, publish_document, publish_draft
from program.models import CustomerStatusMapping
from tests.factories import make_event_type, make_exception_list, terms_document

NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
GROUP = {"Rank": 10, "Name": "New", "Rules": [NEW], "PayoutRate": "15.00"}


def rule(value, operator="IS"):
    return {"Variable": "CUSTOMER_STATUS", "Operator": operator, "Values": [value]}


def publish(brand, **fields):
    return publish_document(program=brand, document=terms_document(**fields))


def test_the_draft_becomes_version_1_and_then_2(terms, event_payout, alice):
    first = publish_draft(template_terms=terms, user=alice, comment="As agreed")
    assert (first.version.number, first.is_new) == (1, True)
    assert (first.version.published_by, first.version.comment) == (alice, "As agreed")
    add_payout_group(event_payout=event_payout, rules=[NEW], payout_rate=Decimal(15))
    assert publish_draft(template_terms=terms).version.number == 2
    assert TermsVersion.objects.get(number=1).document["EventPayouts"][0]["PayoutGroups"] == []


def test_an_unchanged_draft_makes_no_version(terms, event_payout):
    first = publish_draft(template_terms=terms)
    switch_section(event_payout=event_payout, section="locking", on=False)
    switch_section(event_payout=event_payout, section="locking", on=True)
    again = publish_draft(template_terms=terms)
    assert (again.version, again.is_new) == (first.version, False)


def test_a_version_refuses_to_change_or_go(terms, event_payout):
    version = publish_draft(template_terms=terms).version
    for change in (
        lambda: TermsVersion.objects.filter(pk=version.pk).update(comment="x"),
        lambda: TermsVersion.objects.filter(pk=version.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_whether_the_draft_has_unpublished_changes(terms, event_payout):
    assert has_unpublished_changes(terms)
    publish_draft(template_terms=terms)
    terms.refresh_from_db()
    assert not has_unpublished_changes(terms)
    group = add_payout_group(event_payout=event_payout, rules=[NEW], payout_rate=Decimal(15))
    terms.refresh_from_db()
    assert has_unpublished_changes(terms)
    switch_row(row=group, on=False)
    terms.refresh_from_db()
    assert not has_unpublished_changes(terms), "what is off is not in the document"


def test_a_document_fills_the_draft_and_is_read_back_from_it(brand, sale):
    published = publish(
        brand,
        groups=[GROUP, {**GROUP, "Rank": 5, "Name": "VIP", "Limits": [{"Type": "PAYABLE_ITEMS", "Value": "3"}]}],
        PayoutAdjustments=[{"Rules": [], "Direction": "INCREASE", "Rate": "5"}],
        PayoutRestrictions=[{"Rules": [NEW], "ZeroPayoutHideReport": True}],
        Locking={"Period": "MONTH", "MonthOffset": 0, "DayOffset": 15},
        CreditPolicy="LAST_REFERRER",
    )
    terms = published.version.template_terms
    groups = terms.event_payouts.get().payout_groups.all()
    assert [(row.rank, row.name, row.payable_items) for row in groups] == [(5, "VIP", 3), (10, "New", None)]
    assert not has_unpublished_changes(terms)
    assert not publish_draft(template_terms=terms).is_new


@pytest.mark.parametrize("locking", [None, {"OpenEnded": True}, {"Period": "DAY", "DayOffset": 1}])
@pytest.mark.parametrize("scheduling", [None, {"Period": "END_OF_DAY"}])
def test_absent_sections_stay_absent(brand, sale, locking, scheduling):
    published = publish(brand, Locking=locking, PayoutScheduling=scheduling)
    assert not publish_draft(template_terms=published.version.template_terms).is_new


def test_a_document_of_the_same_name_is_the_next_version_and_replaces_the_draft(brand, sale):
    terms = publish(brand).version.template_terms
    published = publish(brand, rate="12.50")
    assert (published.version.number, published.version.template_terms) == (2, terms)
    assert draft_document(terms)["EventPayouts"][0]["DefaultPayoutRate"] == "12.5"
    again = publish(brand, rate="12.5")
    assert (again.version, again.is_new) == (published.version, False)


def test_unpublished_changes_of_the_draft_survive_a_document(brand, sale):
    terms = publish(brand).version.template_terms
    add_payout_group(event_payout=terms.event_payouts.get(), rules=[NEW], payout_rate=Decimal(15))
    publish(brand, rate="12")
    assert terms.event_payouts.get().payout_groups.count() == 1
    terms.refresh_from_db()
    assert has_unpublished_changes(terms)


def test_every_error_is_told_at_once_and_nothing_is_stored(brand, sale):
    by_order = make_event_type(program=brand, code="CALL", payout_levels="ORDER")
    make_event_type(program=brand, code="OLD", is_active=False)
    payouts = [
        {"EventTypeCode": code, "PayoutLevel": "ITEM", "DefaultPayout": "1"} for code in ("NONE", by_order.code, "OLD")
    ]
    with pytest.raises(Refused) as refused:
        publish_document(program=brand, document={"Name": "N" * 121, "Currency": "GBP", "EventPayouts": payouts})
    assert [refusal.path for refusal in refused.value] == [
        "Name",
        "EventPayouts[0].EventTypeCode",
        "EventPayouts[1].PayoutLevel",
        "EventPayouts[2].EventTypeCode",
    ]
    assert not TemplateTerms.objects.exists()


def test_a_list_must_exist(brand, sale):
    in_list = {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]}
    document = terms_document(groups=[{**GROUP, "Rules": [in_list]}])
    with pytest.raises(Refused, match="Winter"):
        publish_document(program=brand, document=document)
    make_exception_list(program=brand, name="Winter")
    assert publish_document(program=brand, document=document).is_new


@pytest.mark.parametrize(
    ("value", "warns"), [("new", 0), (" Returning ", 0), ("vip", 0), ("lapsed*", 0), ("gold", 1), ("v1", 1)]
)
def test_a_status_that_nothing_maps_to_is_a_warning(brand, sale, value, warns):
    sale.has_status_mapping = True
    sale.save()
    CustomerStatusMapping.objects.create(program=brand, event_type=sale, category="VIP", code="v1", code_key="v1")
    published = publish(brand, groups=[{**GROUP, "Rules": [rule(value)]}])
    assert len(published.warnings) == warns
    assert all(each.startswith("EventPayouts[0].PayoutGroups[0].Rules[0].Values:") for each in published.warnings)


def test_a_preview_tells_what_would_happen_and_stores_nothing(terms, event_payout):
    preview = preview_publishing(template_terms=terms)
    assert (preview.newest, preview.is_changed, preview.errors) == (None, True, ())
    publish_draft(template_terms=terms)
    assert not preview_publishing(template_terms=terms).is_changed
    remove_event_payout(event_payout=event_payout)
    assert preview_publishing(template_terms=terms).errors[0][0] == "EventPayouts"


def test_an_empty_draft_is_opened_from_the_newest_version(brand, terms, event_payout):
    assert not open_draft(template_terms=create_template_terms(program=brand, name="Empty"))
    publish_draft(template_terms=terms)
    remove_event_payout(event_payout=event_payout)
    assert open_draft(template_terms=terms)
    assert terms.event_payouts.get().sections["DefaultPayoutRate"] == "10"


def test_plans_are_compiled_once_from_the_version(terms, event_payout, django_assert_num_queries):
    version = publish_draft(template_terms=terms).version
    with django_assert_num_queries(1):
        plan = plan_of(version.pk, "SALE")
    with django_assert_num_queries(0):
        assert plan_of(version.pk, "SALE") is plan
        assert terms_of(version.pk).name == "Standard"
    with pytest.raises(KeyError):
        plan_of(version.pk, "LEAD")


def test_ten_thousand_groups_are_published_and_fill_the_draft(brand, sale, django_assert_max_num_queries):
    groups = [{**GROUP, "Rank": rank, "Name": f"Group {rank}"} for rank in range(1, 10_001)]
    with django_assert_max_num_queries(60):
        version = publish(brand, groups=groups).version
    assert version.template_terms.event_payouts.get().payout_groups.count() == 10_000
