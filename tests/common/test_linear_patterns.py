"""Regular expressions of exception lists, by RE2 (payouts.md §4)."""

from time import perf_counter, process_time

import pytest

from common.formats.comparison import compared
from common.patterns import LONGEST_PATTERN, MOST_PATTERNS, MOST_STEPS, Patterns, read_pattern, steps_of
from contracts.engine.orders.order import Context
from contracts.engine.rules.exception_lists import list_errors


def meets(pattern, value):
    return bool(Patterns([pattern]).matching(compared(value)))


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("SKU-[0-9]+", "sku-12", True),
        ("SKU-[0-9]+", " SKU-12 ", True),
        ("SKU-[0-9]+", "SKU-12b", False),
        ("SKU-[0-9]+", "x SKU-12", False),
        ("sku|coat", "coats", False),
        ("^COAT-\\d+$", "coat-7", True),
        ("\\S+-[A-Z]{2}", "coat-xl", True),
        ("[^A-Z]+", "abc", False),
        ("\\d+", "\u0661\u0662", False),
        ("\\w+", "caf\u00e9", False),
        ("\\pL+", "caf\u00e9", True),
        ("Caf\u00e9 .*", "CAFE\u0301\u00a0\u00a0noir", True),
        ("Stra\u00dfe", "STRASSE", True),
        ("Women\u2019s.*", "women's shoes", True),
        ("„sale“", "“SALE”", True),
        ("red\u00a0 shoe", "red shoe", True),
        ("gr\u200bey", "grey", True),
        ("\\Qa.b", "a.b", True),
        ("\\Qa.b", "axb", False),
        ("(?P<n>a)b", "ab", True),
        ("(?-i)B", "b", False),
    ],
)
def test_a_pattern_meets_the_whole_value_in_the_form_in_which_it_is_compared(pattern, value, expected):
    assert meets(pattern, value) is expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=x)a", "Look-ahead, look-behind and back-references cannot be used"),
        ("(?!x)a", "Look-ahead"),
        ("(?<=x)a", "Look-ahead"),
        ("(?<!x)a", "Look-ahead"),
        ("(a)\\1", "back-references"),
        ("(?P<n>a)(?P=n)", "back-references"),
        ("(", "not a valid regular expression: missing )"),
        ("a**", "bad repetition"),
        ("a{2000}", "invalid repetition size"),
        ("\\pL{900}", "too large"),
        ("a" * (LONGEST_PATTERN + 1), "at most 500 characters"),
        ("\ud800", "not text"),
    ],
)
def test_what_re2_cannot_read_is_refused_with_the_reason(pattern, reason):
    with pytest.raises(ValueError, match=reason.replace("(", "\\(").replace(")", "\\)")):
        read_pattern(pattern)


def test_many_patterns_answer_as_each_of_them_alone():
    patterns = ["SKU-[0-9]+", "\\Qsku-1", ".*", "(?P<n>s).*", "(?P<n>x).*", "a.b", "\\Qa.b\\E", "é+", "x|y"] * 40
    for value in ("sku-1", "axb", "a.b", "é", "", "zzz", "y"):
        alone = [number for number, pattern in enumerate(patterns) if meets(pattern, value)]
        assert sorted(Patterns(patterns).matching(compared(value))) == alone


def test_a_pattern_cannot_reach_out_of_its_own_entry():
    assert Patterns(["x", "y"] + ["\\Qa"] + ["b\\.c"] * 200).matching("a)|(?:b.c") == []


@pytest.mark.parametrize("letters", [28, 60, 255])
def test_nested_repetition_is_answered_at_once(letters):
    started = perf_counter()
    assert not meets("(a+)+b", "a" * letters)
    assert perf_counter() - started < 0.1


def seconds(patterns, text):
    """The processor time that a text takes, the best of several runs."""
    asked = Patterns(patterns)
    asked.matching("b")
    best = []
    for _ in range(5):
        started = process_time()
        asked.matching(text)
        best.append(process_time() - started)
    return min(best)


def test_the_time_grows_with_the_text_and_with_the_patterns_and_no_faster():
    hostile = [f"(a?){{100}}a{{100}}(a+)+b{number}" for number in range(400)]
    plain = seconds(hostile[:100], "a" * 60)
    assert seconds(hostile[:100], "a" * 240) < 4 * plain * 4 + 0.01
    assert seconds(hostile, "a" * 60) < 4 * plain * 4 + 0.01


def test_a_list_is_refused_with_the_path_of_every_bad_entry():
    lists = {
        "Winter": [("SKU-1", "EQ"), ("(?=x)", "REGEX"), ("x", "LIKE")],
        "WINTER\u200b": [],
        "Many": [("a", "REGEX")] * (MOST_PATTERNS + 1),
    }
    assert [refusal.path for refusal in list_errors(lists)] == [
        "Winter[1].Value",
        "Winter[2].MatchMode",
        "WINTER\u200b",
        "Many",
    ]


def test_an_order_is_on_a_list_by_either_kind_of_entry():
    lists = {"Winter": [("Women’s", "EQ"), ("COAT-\\d+", "REGEX")], "Summer": [("coat-1", "EQ")]}
    context = Context(currency="GBP", default_currency="GBP", digits={"GBP": 2}, lists=lists)
    assert context.memberships("WOMEN'S") == {"winter"}
    assert context.memberships("Coat-1") == {"winter", "summer"}
    assert context.memberships("coat-x") == frozenset()


def test_lists_whose_patterns_would_take_too_long_together_are_refused():
    costly = [(f"(a?){{100}}a{{100}}b{number}", "REGEX") for number in range(60)]
    assert list(list_errors({"First": costly, "Second": costly})) == []
    [refusal] = list_errors(dict.fromkeys(("First", "Second", "Third"), costly))
    assert "too long to match" in refusal.message


def test_the_longest_value_is_matched_with_the_costliest_lists_within_a_second():
    patterns = []
    while sum(map(steps_of, patterns)) < MOST_STEPS:
        patterns += [f"(a|b)*a(a|b){{{60 + number}}}c{number}" for number in range(20)]
    text = ("ab" * 80 + "aab") * 3
    assert seconds(patterns, text[:255]) < 1
