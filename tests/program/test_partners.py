"""Partners and groups, one by one and by the file."""

import pytest

from common.refusals import Refused
from program.models import Partner, PartnerGroup
from program.partners.forms import MembersForm
from program.partners.group_services import add_group_members, create_partner_group, rename_partner_group
from program.partners.services import (
    PartnerCounts,
    PartnerValues,
    add_partner,
    change_partner,
    deactivate_partner,
    save_partners,
)
from tests.factories import make_partner, make_partner_group
from tracking.intake.partner_data import read_partner


def row(partner_id, name="Kettle", country="", groups=(), email=""):
    return PartnerValues(partner_id, name, country, tuple(groups), email)


def groups_of(partner):
    return sorted(partner.groups.values_list("name", flat=True))


def test_a_file_adds_partners_and_the_groups_it_names(brand):
    rows = [row("P-1", country="gb", groups=["Blog", "VIP"], email="a@kettle.example"), row("P-2", groups=["blog"])]
    assert save_partners(program=brand, rows=rows) == PartnerCounts(added=2, changed=0, unchanged=0)
    first, second = Partner.objects.order_by("media_partner_id")
    assert (first.country, first.email, groups_of(first)) == ("GB", "a@kettle.example", ["Blog", "VIP"])
    assert groups_of(second) == ["Blog"]


def test_the_same_file_again_changes_nothing(brand):
    rows = [row("P-1", country="GB", groups=["Blog"])]
    save_partners(program=brand, rows=rows)
    assert save_partners(program=brand, rows=rows) == PartnerCounts(added=0, changed=0, unchanged=1)


def test_a_file_changes_what_it_names_and_leaves_what_it_leaves_out(brand):
    partner = make_partner(program=brand, media_partner_id="P-1", country="GB", email="a@b.example", groups=["Blog"])
    assert save_partners(program=brand, rows=[row("P-1", name="New name")]) == PartnerCounts(0, 1, 0)
    partner.refresh_from_db()
    assert (partner.name, partner.country, partner.email, groups_of(partner)) == (
        "New name", "GB", "a@b.example", ["Blog"],
    )  # fmt: skip


def test_the_rows_of_the_partners_reader_fit(brand):
    data = read_partner({"PartnerId": "P-1", "Name": "Kettle", "Groups": "Blog; VIP", "Country": "GB"})
    assert save_partners(program=brand, rows=[data]).added == 1


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (row(""), "media_partner_id"),
        (row("P-1", name=" "), "name"),
        (row("P-1", country="Germany"), "country"),
        (row("P-1", email="nobody"), "email"),
        (row("P-1", groups=["g" * 81]), "groups"),
    ],
    ids=["no id", "no name", "country in words", "no address", "long group"],
)
def test_one_bad_row_stores_nothing_of_the_file(brand, bad, field):
    with pytest.raises(Refused) as refused:
        save_partners(program=brand, rows=[row("P-9"), bad])
    assert [refusal.path for refusal in refused.value] == [field]
    assert not Partner.objects.exists()


def test_an_id_that_stands_twice_is_refused(brand):
    with pytest.raises(Refused, match="P-1 is listed twice"):
        save_partners(program=brand, rows=[row("P-1"), row(" P-1 ")])


def test_partner_ids_differ_by_letter_case(brand):
    assert save_partners(program=brand, rows=[row("p-1"), row("P-1")]).added == 2


def test_many_partners_take_as_many_queries_as_a_few(brand, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        save_partners(program=brand, rows=[row(f"P-{n}", groups=[f"Group {n % 7}"]) for n in range(900)])
    assert PartnerGroup.objects.count() == 7


def test_an_id_is_freed_of_what_nobody_sees(brand):
    partner = add_partner(program=brand, partner_id="\u200b50\u20601\u00a0", name="Alpha")
    assert partner.media_partner_id == "501"
    form = MembersForm({"partner_ids": "\ufeff501\n 502\u200b, "})
    assert form.is_valid()
    assert form.cleaned_data["partner_ids"] == ["501", "502"]


def test_an_id_in_use_is_refused(brand):
    add_partner(program=brand, partner_id="P-1", name="Kettle")
    with pytest.raises(Refused, match="partner with the id P-1 already"):
        add_partner(program=brand, partner_id="P-1", name="Other")


def test_a_change_replaces_the_groups(brand):
    partner = make_partner(program=brand, groups=["Blog", "VIP"])
    change_partner(partner=partner, name="K", country="de", email="", is_active=True, groups=["VIP", "Newsletter"])
    assert (partner.country, groups_of(partner)) == ("DE", ["Newsletter", "VIP"])


def test_a_partner_is_deactivated_once(brand):
    partner = make_partner(program=brand)
    assert deactivate_partner(partner=partner)
    assert not deactivate_partner(partner=partner)


def test_group_names_are_unique_in_any_letter_case(brand):
    group = create_partner_group(program=brand, name="  Top   blogs ")
    assert group.name == "Top blogs"
    with pytest.raises(Refused, match="already exists"):
        create_partner_group(program=brand, name="TOP BLOGS")
    assert rename_partner_group(group=group, name="TOP BLOGS").name == "TOP BLOGS"


def test_members_are_added_once(brand):
    group, partner = make_partner_group(program=brand), make_partner(program=brand)
    assert add_group_members(group=group, partners=[partner]) == 1
    assert add_group_members(group=group, partners=[partner]) == 0
