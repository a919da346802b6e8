"""The form in which texts are compared (payouts.md §4)."""

import sys
import unicodedata

import pytest

from common.formats.comparison import compared, trimmed, untrimmed

SAME = {
    "letter case": ("New", "NEW"),
    "sharp s": ("Straße", "STRASSE"),
    "composed and decomposed": ("Caf\u00e9", "Cafe\u0301"),
    "a capital decomposed": ("CAFE\u0301", "caf\u00e9"),
    "ypogegrammeni": ("\u1fb4", "\u03b1\u0345\u0301"),
    "zero-width space": ("New\u200bCustomer", "NewCustomer"),
    "byte order mark": ("\ufeffNew", "New"),
    "soft hyphen": ("Re\u00ad-Engaged", "Re-Engaged"),
    "zero-width inside an accent": ("e\u200b\u0301", "\u00e9"),
    "non-breaking space": ("Gift\u00a0Cards", "Gift Cards"),
    "narrow non-breaking space": ("Gift\u202fCards", "Gift Cards"),
    "repeated spaces": ("Gift   Cards", "Gift Cards"),
    "tab": ("Gift\tCards", "Gift Cards"),
    "spaces of both kinds": ("Gift \u00a0 Cards", "Gift Cards"),
    "a space made of spaces and nothing": ("Gift \u200b Cards", "Gift Cards"),
    "apostrophe": ("Women\u2019s", "Women's"),
    "the apostrophe of ŉ": ("\u0149", "'n"),
    "German quotes": ("\u201eSale\u201c", '"Sale"'),
    "English quotes": ("\u201cSale\u201d", '"Sale"'),
    "French quotes": ("\u00abSale\u00bb", '"Sale"'),
    "single quotes": ("\u201aSale\u2018", "'Sale'"),
    "single French quotes": ("\u2039Sale\u203a", "'Sale'"),
    "outer space": ("  \u00a0New\u200b \u200b", "New"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_texts_that_differ_in_form_alone_are_the_same(one, other):
    assert compared(one) == compared(other)


@pytest.mark.parametrize(("one", "other"), [("a b", "ab"), ("e", "\u00e9"), ('12"', "12'"), ("a-b", "a\u2013b")])
def test_texts_that_differ_in_more_are_not(one, other):
    assert compared(one) != compared(other)


def test_the_space_at_the_ends_can_be_kept():
    assert untrimmed("\u00a0RED  ") == " red "
    assert untrimmed("RED ") == "red "


def test_the_form_of_every_character_is_stable_and_the_same_for_its_other_forms():
    unstable = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cn", "Cs", "Co"):
            continue
        form = untrimmed(character)
        others = (form, character.casefold(), unicodedata.normalize("NFC", character))
        if any(untrimmed(other) != form for other in (*others, unicodedata.normalize("NFD", character))):
            unstable.append(character)
    assert unstable == []


def test_trimming_takes_what_is_invisible_at_the_ends_and_leaves_the_rest():
    assert trimmed(" \u200b New\u00a0 Customer\ufeff ") == "New\u00a0 Customer"
    assert trimmed("\u200b\u00a0") == ""
