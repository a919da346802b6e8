"""A customer tag has another name: what published terms, drafts, files and warnings make of it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from common.db.edits import fingerprint
from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction, row_values
from contracts.drafts.unpublished import has_unpublished_changes, open_draft
from contracts.drafts.warnings import row_warnings
from contracts.group_files.services import group_rows, read_groups, replace_groups, version_group_rows
from contracts.models import TemplateTerms
from contracts.publishing.services import publish_draft
from program.tags.services import change_customer_tag
from tests.factories import make_action, make_customer, make_customer_tag, make_program


def belongs_to(*names):
    return [{"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": list(names)}]


@pytest.fixture
def vip(brand):
    return make_customer_tag(program=brand)


@pytest.fixture
def group(event_payout, vip):
    return add_payout_group(event_payout=event_payout, name="Best", rules=belongs_to("vip"), payout_rate=Decimal(50))


def names_in(row):
    row.refresh_from_db()
    return row.rules[0]["Values"]


def test_every_rule_of_every_draft_has_the_new_name_at_once(brand, event_payout, group, vip):
    staff = make_customer_tag(program=brand, name="Staff")
    adjustment = add_payout_adjustment(
        event_payout=event_payout, rules=belongs_to("Staff", "VIP"), direction="INCREASE", rate=Decimal(1)
    )
    restriction = add_payout_restriction(event_payout=event_payout, rules=belongs_to("Staff"))
    seen = fingerprint(row_values(group))
    change_customer_tag(tag=vip, name="Gold")
    assert [names_in(row) for row in (group, adjustment, restriction)] == [["Gold"], ["Staff", "Gold"], ["Staff"]]
    assert fingerprint(row_values(group)) != seen, "who edits the row meanwhile is told"
    change_customer_tag(tag=staff, name="Team")
    change_customer_tag(tag=vip, name="VIP")
    assert [names_in(row) for row in (group, adjustment, restriction)] == [["VIP"], ["Team", "VIP"], ["Team"]]


def test_a_draft_without_the_tag_is_not_touched(event_payout, terms, vip):
    terms.refresh_from_db()
    before = terms.draft_revision
    change_customer_tag(tag=vip, name="Gold")
    terms.refresh_from_db()
    assert terms.draft_revision == before


def test_what_is_saved_by_an_earlier_name_has_the_present_one(event_payout, vip):
    change_customer_tag(tag=vip, name="Gold")
    row = add_payout_group(event_payout=event_payout, rules=belongs_to("VIP", "gold", "Other"), payout_rate=Decimal(5))
    assert row.rules[0]["Values"] == ["Gold", "Other"]
    assert [warning for warning in row_warnings(row) if "VIP" in warning or "Gold" in warning] == []


def test_published_terms_go_on_paying_the_tag_and_the_draft_counts_as_published(
    brand, anna, event_payout, group, terms, vip
):
    version = publish_draft(template_terms=terms, join="all").version
    change_customer_tag(tag=vip, name="Gold")
    terms.refresh_from_db()
    assert version.document["EventPayouts"][0]["PayoutGroups"][0]["Rules"][0]["Values"] == ["vip"]
    assert not has_unpublished_changes(terms)
    assert not TemplateTerms.objects.with_summary(timezone.now()).get(pk=terms.pk).is_edited
    make_customer(program=brand, customer_id="C-1", tags=["Gold"])
    action = make_action(program=brand, CustomerId="C-1", MediaPartnerId="P-ANNA")
    assert (action.payout, action.group_name) == (50, "Best")


def test_a_draft_that_is_opened_from_an_older_version_has_the_present_name(anna, event_payout, group, terms, vip):
    publish_draft(template_terms=terms, join="all")
    change_customer_tag(tag=vip, name="Gold")
    terms.event_payouts.all().delete()
    assert open_draft(template_terms=terms)
    assert terms.event_payouts.get().payout_groups.get().rules[0]["Values"] == ["Gold"]


def test_files_write_the_new_name_and_read_both(anna, event_payout, group, terms, vip):
    version = publish_draft(template_terms=terms, join="all").version
    change_customer_tag(tag=vip, name="Gold")
    written = "[Customer Tag belongs to Gold]"
    (row,) = group_rows(event_payout)
    assert row["Rules"] == written
    (published,) = version_group_rows(version, "SALE")
    assert published["Rules"] == written
    for name in ("VIP", "Gold"):
        sent = {**row, "Rules": f"[Customer Tag belongs to {name}]"}
        cells = {column: str(value) for column, value in sent.items()}
        preview = read_groups(event_payout=event_payout, rows=[(2, cells)])
        assert (preview.unchanged, preview.warnings) == (1, [])
        replace_groups(event_payout=event_payout, preview=read_groups(event_payout=event_payout, rows=[(2, cells)]))
        assert event_payout.payout_groups.get().rules[0]["Values"] == ["Gold"]


def test_a_tag_of_another_program_is_not_meant(event_payout, group):
    change_customer_tag(tag=make_customer_tag(program=make_program(), name="VIP"), name="Gold")
    assert names_in(group) == ["vip"]
