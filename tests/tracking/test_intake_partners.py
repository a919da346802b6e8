"""Rows of a partners file."""

import pytest

from common.refusals import Refused
from tracking.intake import PartnerData, read_partner


def test_groups_are_parted_by_commas_or_semicolons():
    partner = read_partner(
        {
            "PartnerId": " P-1 ",
            "Name": "One",
            "Country": "DE",
            "Groups": "Email; Influencer, ,Email",
            "Email": "a@b.example",
        }
    )
    assert partner == PartnerData("P-1", "One", "DE", ("Email", "Influencer"), "a@b.example")


def test_a_partner_needs_an_id_and_a_name_and_nothing_else():
    assert read_partner({"PartnerId": 7, "Name": "Seven", "Email": ""}) == PartnerData("7", "Seven", "", (), "")


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ({}, {"PartnerId", "Name"}),
        ({"PartnerId": "P" * 65, "Name": "One"}, {"PartnerId"}),
        ({"PartnerId": "P", "Name": "One", "Email": "nobody"}, {"Email"}),
        ({"PartnerId": "P", "Name": "One", "Phone": "1"}, {"Phone"}),
        ({"PartnerId": "P", "Name": "One", "Groups": "g" * 101}, {"Groups"}),
    ],
)
def test_a_bad_row_names_its_fields(params, fields):
    with pytest.raises(Refused) as caught:
        read_partner(params)
    assert {refusal.path for refusal in caught.value} == fields


def test_the_id_of_a_partner_is_freed_of_what_nobody_sees():
    assert read_partner({"PartnerId": "\u200b50\u20601\u00a0", "Name": "Alpha"}).partner_id == "501"
