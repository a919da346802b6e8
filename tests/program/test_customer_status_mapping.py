"""What a brand may say of its customer status codes (payouts.md §4)."""

import pytest

from common.refusals import Refusal, Refused
from program.event_types.services import set_customer_status_mapping
from program.event_types.status_map import join_codes, parse_status_map, split_codes
from tests.factories import make_event_type

ONLINE = {"New": ["new"], "Existing": ["repeat", "known"], "Re-Engaged": ["lapsed"]}


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand)


def test_each_category_keeps_several_codes(sale):
    set_customer_status_mapping(event_type=sale, mapping=ONLINE, enabled=True)
    assert sale.statuses() == {"Existing": ["known", "repeat"], "New": ["new"], "Re-Engaged": ["lapsed"]}


def test_codes_and_categories_are_trimmed_and_empty_ones_left_out(sale):
    set_customer_status_mapping(event_type=sale, mapping={"  VIP  club ": [" gold ", "", "  "]}, enabled=True)
    assert sale.statuses() == {"VIP club": ["gold"]}


def test_a_code_in_two_categories_is_refused_naming_both(sale):
    set_customer_status_mapping(event_type=sale, mapping=ONLINE, enabled=True)
    with pytest.raises(Refused) as refused:
        set_customer_status_mapping(event_type=sale, mapping={"New": ["a"], "Existing": [" A"]}, enabled=True)
    assert list(refused.value) == [
        Refusal("codes", "The code “A” is listed under New and under Existing; leave it under one of them.")
    ]
    assert sale.statuses()["New"] == ["new"], "nothing of a refused mapping is stored"


def test_the_same_code_twice_in_one_category_is_one_code(sale):
    set_customer_status_mapping(event_type=sale, mapping={"New": ["n", "N "]}, enabled=True)
    assert sale.statuses() == {"New": ["n"]}


@pytest.mark.parametrize(
    ("typed", "category"),
    [
        ("return", "Existing"),
        ("Returning", "Existing"),
        ("NEW", "New"),
        ("reengaged", "Re-Engaged"),
        ("Staff", "Staff"),
    ],
)
def test_a_known_category_gets_its_usual_name(sale, typed, category):
    set_customer_status_mapping(event_type=sale, mapping={typed: ["x"]}, enabled=True)
    assert list(sale.statuses()) == [category]


@pytest.mark.parametrize(
    ("category", "code", "message"),
    [
        ("Other", "x", "what reports call every unmapped code"),
        ("", "x", "A category needs a name"),
        ("c" * 41, "x", "longer than 40 characters"),
        ("New", "x" * 41, "longer than 40 characters"),
        ("New", "ﬃ" * 40, "longer than 40 characters"),
        ("New", "a\x00b", "NUL"),
    ],
    ids=["reserved", "nameless", "long category", "long code", "code that grows when folded", "nul"],
)
def test_what_cannot_be_stored_is_refused_in_words(sale, category, code, message):
    with pytest.raises(Refused, match=message):
        set_customer_status_mapping(event_type=sale, mapping={category: [code]}, enabled=True)


def test_a_category_of_forty_characters_is_taken(sale):
    set_customer_status_mapping(event_type=sale, mapping={"c" * 40: ["x" * 40]}, enabled=True)
    assert sale.statuses() == {"c" * 40: ["x" * 40]}


def test_switching_off_keeps_the_codes_for_the_next_time(sale):
    set_customer_status_mapping(event_type=sale, mapping=ONLINE, enabled=True)
    set_customer_status_mapping(event_type=sale, mapping=ONLINE, enabled=False)
    assert sale.statuses() == {}
    assert sale.customerstatusmapping_set.count() == 4


def test_the_command_line_form_reads_as_written():
    assert parse_status_map("SALE:New=new;Existing=repeat,known;Re-Engaged=lapsed") == ("SALE", ONLINE)


@pytest.mark.parametrize("text", ["", "SALE", "SALE:", "SALE:New", ":New=new", "New=new"])
def test_another_form_is_refused(text):
    with pytest.raises(Refused):
        parse_status_map(text)


@pytest.mark.parametrize("codes", [["a", "b"], ["a,b", "c"], ['say "hi"', "x"], []])
def test_typed_codes_read_back_as_they_were(codes):
    assert split_codes(join_codes(codes)) == codes


def test_codes_that_are_compared_as_the_same_stand_under_one_category(sale):
    set_customer_status_mapping(event_type=sale, mapping={"New": ["Neu\u00a0 kunde", "neu kunde\u200b"]}, enabled=True)
    assert sale.statuses() == {"New": ["Neu\u00a0 kunde"]}
    with pytest.raises(Refused, match="“women’s club” under Existing is compared as “Women's  Club” under New"):
        set_customer_status_mapping(
            event_type=sale, mapping={"New": ["Women's  Club"], "Existing": ["women’s club"]}, enabled=True
        )


def test_categories_that_are_compared_as_the_same_are_one(sale):
    set_customer_status_mapping(
        event_type=sale, mapping={"VIP\u00a0club": ["a"], "vip  club": ["b"], "re\u200bturn": ["c"]}, enabled=True
    )
    assert sale.statuses() == {"Existing": ["c"], "VIP club": ["a", "b"]}
