"""Rules and values as people type them: what each reads as, what is written, and where an error stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.refusals import Refused
from contracts.engine.rules.fields import VARIABLES, operators
from contracts.engine.rules.text import format_rules, format_values, parse_rules, parse_values


def rule(variable, operator, *values):
    return {"Variable": variable, "Operator": operator, "Values": list(values)}


READS = [
    ("[Customer Status is New]", [rule("CUSTOMER_STATUS", "IS", "New")]),
    (
        "[Customer Status is New] AND [Order Total >= 200]",
        [rule("CUSTOMER_STATUS", "IS", "New"), rule("ORDER_TOTAL", "GTE", "200")],
    ),
    ('[Item Category is "ACME,Anvils"]', [rule("ITEM_CATEGORY", "IS", "ACME,Anvils")]),
    ("[Item Category is ACME, Anvils]", [rule("ITEM_CATEGORY", "IS", "ACME", "Anvils")]),
    ("[Date1 is between 2024-08-01 and 2024-09-30]", [rule("DATE1", "BETWEEN", "2024-08-01", "2024-09-30")]),
    ("[Referral Traffic Type is not present]", [rule("REFERRAL_TRAFFIC_TYPE", "IS_NOT_PRESENT")]),
    ("[List for Item SKU is Winter]", [rule("LIST_ITEM_SKU", "IN_LIST", "Winter")]),
    ("[List for Item SKU is not Winter]", [rule("LIST_ITEM_SKU", "NOT_IN_LIST", "Winter")]),
    ('[Item Name contains "a]b"" AND c"]', [rule("ITEM_NAME", "CONTAINS", 'a]b" AND c')]),
    ('[Text1 starts with "RED "]', [rule("TEXT1", "STARTS_WITH", "RED ")]),
    ("[Text10 is not x]", [rule("TEXT10", "IS_NOT", "x")]),
    ("[Order Discount Rate > 5]", [rule("ORDER_DISCOUNT_RATE", "GT", "5")]),
    ("[Order Discount > 5]", [rule("ORDER_DISCOUNT", "GT", "5")]),
    ("[Customer Country/Region is not GB]", [rule("CUSTOMER_COUNTRY", "IS_NOT", "GB")]),
    ("[Customer Tag belongs to VIP, Press]", [rule("CUSTOMER_TAG", "BELONGS_TO", "VIP", "Press")]),
    ("[Gift Purchase is yes]", [rule("GIFT_PURCHASE", "IS", "yes")]),
    ("[Date3 on or after 2026-01-01]", [rule("DATE3", "ON_OR_AFTER", "2026-01-01")]),
    ("[Text1 is present day]", [rule("TEXT1", "IS", "present day")]),
    ("", []),
]


def position_of(refused):
    """The character at which a text could not be read, from 1."""
    return int(next(iter(refused)).path.removeprefix("character "))


@pytest.mark.parametrize(("text", "rules"), READS, ids=[text for text, _ in READS])
def test_rules_read_as_the_terms_document_has_them(text, rules):
    assert parse_rules(text) == rules
    assert format_rules(rules) == text


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("[order total ≥200]", "[Order Total >= 200]"),
        ("  [ ORDER  TOTAL  >=  200 ]  and  [Text1 IS a ,b]  ", "[Order Total >= 200] AND [Text1 is a, b]"),
        ("[Order Total ≠ 5]and[Order Total <= 9]", "[Order Total != 5] AND [Order Total <= 9]"),
        ("[Order Total is between 5 AND 9]", "[Order Total is between 5 and 9]"),
        ('[Order Total is between "5" and "9"]', "[Order Total is between 5 and 9]"),
        ("[List for Item SKU is in Winter]", "[List for Item SKU is Winter]"),
        ('[Text1 is a,,"",  "  "]', "[Text1 is a]"),
        ('[Item Name is 12" vinyl]', '[Item Name is "12"" vinyl"]'),
        ("[Text1 is salt AND pepper]", '[Text1 is "salt AND pepper"]'),
        ("[Text 1 is a]", "[Text1 is a]"),
    ],
)
def test_other_ways_of_typing_mean_the_same(text, same_as):
    assert parse_rules(text) == parse_rules(same_as)
    assert format_rules(parse_rules(text)) == same_as


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("Text1 is a", 1, "[ before a rule"),
        ("[Text1 eats a]", 8, "an operator of Text1: is, is not, contains"),
        ("[Customer Tag is VIP]", 15, "belongs to"),
        ('[Text1 is "a]', 14, "opened at character 11"),
        ('[Text1 is "a" b]', 15, "a comma or ]"),
        ("[Text1 is a", 12, "] at the end"),
        ("[Text1 is a AND [Text2 is b]", 17, "] before the next ["),
        ("[Text1 is a] [Text2 is b]", 14, "AND"),
        ("[Text1 is a] AND", 14, "AND"),
        ("[Text1 is a] AND ", 18, "[ before a rule"),
        ("[Text1 is ]", 11, "a value"),
        ('[Order Total >= ""]', 19, "a value"),
        ("[Date1 is between 2026-01-01]", 29, "two values"),
        ("[Text1 is a]]", 13, "AND"),
        ("[", 2, "the name of a rule field"),
    ],
)
def test_an_error_says_where_it_is_and_what_was_expected(text, position, expected):
    with pytest.raises(Refused) as caught:
        parse_rules(text)
    assert position_of(caught.value) == position
    assert expected in str(caught.value).partition("expected ")[2]


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("ACME, Anvils", ["ACME", "Anvils"]),
        ('"ACME,Anvils"', ["ACME,Anvils"]),
        ('"say ""hi""", b', ['say "hi"', "b"]),
        ('"RED ", blue', ["RED ", "blue"]),
        ('12" vinyl, [x]', ['12" vinyl', "[x]"]),
        ("a AND b", ["a AND b"]),
        (" , ,", []),
        ("", []),
        ('"", " "', []),
    ],
)
def test_values_of_a_form_field_are_parted_by_commas_outside_quotes(typed, values):
    assert parse_values(typed) == values
    assert parse_values(format_values(values)) == values


@pytest.mark.parametrize(("typed", "position"), [('"open', 6), ('"a" b', 5), ('a, "b"c', 7)])
def test_bad_values_say_where(typed, position):
    with pytest.raises(Refused) as caught:
        parse_values(typed)
    assert position_of(caught.value) == position


def test_a_blank_is_no_value():
    with pytest.raises(ValueError, match="a blank is not a value"):
        format_values(["a", " "])


PIECES = [
    "a",
    "B",
    " ",
    ",",
    '"',
    "[",
    "]",
    " AND ",
    " and ",
    "is",
    "not",
    "in",
    "present",
    "between",
    "=",
    ">",
    "*",
    "\\",
    "\n",
]
VALUES = st.one_of(st.text(min_size=1), st.lists(st.sampled_from(PIECES), min_size=1).map("".join)).filter(str.strip)


@st.composite
def rules(draw):
    variable = draw(st.sampled_from(list(VARIABLES.values())))
    operator = draw(st.sampled_from(operators(variable)))
    most = 4 if operator.most is None else operator.most
    return rule(variable.key, operator.key, *draw(st.lists(VALUES, min_size=operator.least, max_size=most)))


@given(st.lists(rules(), max_size=4))
def test_what_is_written_reads_back_the_same(written):
    assert parse_rules(format_rules(written)) == written


@given(st.lists(VALUES, max_size=5))
def test_written_values_read_back_the_same(values):
    assert parse_values(format_values(values)) == values


@given(st.one_of(st.text(), st.lists(st.sampled_from(["[Text1", " is ", "a]", " AND ", *PIECES])).map("".join)))
def test_any_text_reads_or_says_where_it_does_not(text):
    try:
        read = parse_rules(text)
    except Refused as refused:
        assert 1 <= position_of(refused) <= len(text) + 1  # noqa: PT017
        return
    assert parse_rules(format_rules(read)) == read


@pytest.mark.parametrize("variable", VARIABLES.values(), ids=lambda variable: variable.key)
def test_every_operator_of_every_variable_is_read_and_written(variable):
    for operator in operators(variable):
        values = ["2026-01-01", "2026-02-01"][: operator.most if operator.most is not None else 1]
        written = format_rules([rule(variable.key, operator.key, *values)])
        assert parse_rules(written) == [rule(variable.key, operator.key, *values)]
        for spelling in (operator.label, *operator.also):
            typed = written.replace(f"{variable.label} {operator.text}", f"{variable.label} {spelling}", 1)
            assert parse_rules(typed) == [rule(variable.key, operator.key, *values)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[Item Category is “ACME,Anvils”]", "ACME,Anvils"),
        ("[Item Category is „ACME,Anvils“]", "ACME,Anvils"),
        ("[Item Category is „ACME,Anvils”]", "ACME,Anvils"),
        ("[Item Category is «ACME,Anvils»]", "ACME,Anvils"),
        ("[Item Category is »ACME,Anvils«]", "ACME,Anvils"),
        ("[Item Category is ”ACME,Anvils”]", "ACME,Anvils"),
        ('[Item Category is “12" vinyl, ] new”]', '12" vinyl, ] new'),
        ("[Item Category is “a””b”]", "a”b"),
        ("[Item Category is 12” vinyl]", "12” vinyl"),
        ("[\u200bItem\u00a0Category is\u00a0\u200bACME\u200b]", "ACME"),
    ],
)
def test_typographic_quotes_are_quotes(text, value):
    assert parse_rules(text) == [{"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": [value]}]
    assert parse_rules(format_rules(parse_rules(text))) == parse_rules(text)


@pytest.mark.parametrize("value", ["“x”", "„x", "«a, b»", "\u200bx", "x\u200b", "”"])
def test_a_value_with_quotes_of_its_own_is_written_to_read_back_the_same(value):
    rule = {"Variable": "TEXT1", "Operator": "IS", "Values": [value, "y"]}
    assert parse_rules(format_rules([rule])) == [rule]
    assert parse_values(format_values([value, "y"])) == [value, "y"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[No Such Field is x]", "character 2: “No Such Field” is not a rule field; the nearest is "),
        ("[Custmer Status is New]", "character 2: “Custmer Status” is not a rule field; did you mean Customer Status?"),
        (
            "[Text1 is a] AND [Order Totl >= 5]",
            "character 19: “Order Totl” is not a rule field; did you mean Order Total?",
        ),
        ("[Text99 = 3]", "“Text99” is not a rule field; did you mean Text9?"),
        ("[Date >= 2026-01-01]", "“Date” is not a rule field; did you mean Date1?"),
        ("[Colour]", "character 2: “Colour” is not a rule field"),
        ("[is x]", "character 2: expected the name of a rule field"),
        ("[Order Total is between 1,000 and 2,000]", "no comma in a number"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_nearest_that_can(text, said):
    with pytest.raises(Refused) as caught:
        parse_rules(text)
    assert said in str(caught.value)
