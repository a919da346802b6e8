"""The sections of the terms as a whole: read with every error and its path, written as they were read, in words."""

from decimal import Decimal

import pytest

from common.refusals import Refused
from contracts.engine.document.load import document, load
from contracts.engine.document.terms import OF_TERMS, SECTIONS, Terms
from contracts.engine.document.whole_terms.custom_terms import SpecialTerms
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from tests.engine import cast

DIGITS = {"GBP": 2}
FULL = {
    "ChangeNotificationPeriod": 14,
    "MaxReturnPercentage": "30",
    "ActionLimit": {"Value": "500", "Period": "DAY", "WeekendValue": "100"},
    "SpendLimit": {"Value": "10000.00", "Period": "MONTH"},
    "ResetAccruedActions": True,
    "SpecialTermsList": [{"Name": "Paid search", "Type": "PAID_SEARCH", "Content": "No brand bidding.", "Version": 3}],
}


def terms(**sections) -> Terms:
    return load(cast.document() | sections, digits=DIGITS)


def test_every_section_of_the_terms_is_read():
    found = terms(**FULL)
    assert found.change_notification_period == 14
    assert found.max_return_percentage == 30
    assert found.action_limit == WholeLimit(Decimal(500), "DAY", Decimal(100))
    assert found.spend_limit == WholeLimit(Decimal("10000.00"), "MONTH")
    assert found.reset_accrued_actions is True
    assert found.special_terms == (SpecialTerms("Paid search", "No brand bidding.", "PAID_SEARCH", 3),)


def test_what_was_read_is_written_and_read_back():
    assert document(terms(**FULL)) == document(terms()) | FULL
    assert load(document(terms(**FULL)), digits=DIGITS) == terms(**FULL)


def test_what_says_nothing_leaves_the_document_as_it_was():
    nothing = {"ChangeNotificationPeriod": 0, "MaxReturnPercentage": "100.0", "ActionLimit": {}, "SpecialTermsList": []}
    assert document(terms(**nothing, SpendLimit=None, ResetAccruedActions=False)) == document(terms())


def test_no_section_of_the_terms_has_a_name_or_a_field_of_an_event_payout():
    assert not set(OF_TERMS) & set(SECTIONS)
    keys = [key for section in OF_TERMS.values() for key in section.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("section", "path", "says"),
    [
        ({"ChangeNotificationPeriod": 366}, "ChangeNotificationPeriod", "must be from 0 to 365"),
        ({"ChangeNotificationPeriod": "soon"}, "ChangeNotificationPeriod", "must be a whole number"),
        ({"MaxReturnPercentage": "100.5"}, "MaxReturnPercentage", "must be from 0 to 100"),
        ({"MaxReturnPercentage": "-1"}, "MaxReturnPercentage", "must not be negative"),
        ({"ActionLimit": {"Period": "DAY"}}, "ActionLimit.Value", "is required"),
        ({"ActionLimit": {"Value": "0", "Period": "DAY"}}, "ActionLimit.Value", "must be more than 0"),
        ({"ActionLimit": {"Value": "1.5", "Period": "DAY"}}, "ActionLimit.Value", "must be a whole number"),
        ({"ActionLimit": {"Value": "5", "Period": "YEAR"}}, "ActionLimit.Period", "must be one of"),
        ({"ActionLimit": {"Value": "5"}}, "ActionLimit.Period", "is required"),
        (
            {"SpendLimit": {"Value": "5", "Period": "WEEK", "WeekendValue": "2"}},
            "SpendLimit.WeekendValue",
            "goes with a limit for each day only",
        ),
        ({"SpendLimit": {"Value": "5", "Period": "DAY", "Values": 1}}, "SpendLimit.Values", "is not a known field"),
        ({"ResetAccruedActions": "yes"}, "ResetAccruedActions", "must be true or false"),
        ({"SpecialTermsList": [{"Name": "x"}]}, "SpecialTermsList[0].Content", "is required"),
        ({"SpecialTermsList": [{"Content": "x"}]}, "SpecialTermsList[0].Name", "is required"),
        (
            {"SpecialTermsList": [{"Name": "x", "Content": "y", "Type": "TV"}]},
            "SpecialTermsList[0].Type",
            "must be one of CUSTOM, EMAIL",
        ),
        (
            {"SpecialTermsList": [{"Name": "x", "Content": "y"}, {"Name": "X", "Content": "z"}]},
            "SpecialTermsList",
            "a name is listed twice",
        ),
    ],
)
def test_what_is_wrong_is_refused_at_its_path(section, path, says):
    with pytest.raises(Refused) as refused:
        terms(**section)
    [error] = refused.value
    assert error.path == path
    assert says in error.message


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"ChangeNotificationPeriod": 1}, "Changes apply 1 day after they are published at the earliest."),
        (
            {"MaxReturnPercentage": "30.0"},
            "At most 30% of a partner’s payouts of a month can be taken back by returns and reversals.",
        ),
        (
            {"ActionLimit": {"Value": "1", "Period": "DAY", "WeekendValue": "0"}},
            "At most 1 action each day, 0 actions at weekends; further ones are over cap.",
        ),
        (
            {"SpendLimit": {"Value": "10000.00", "Period": "CONTRACT"}},
            "At most 10000.00 GBP over the whole contract; an action that would cross it is over cap.",
        ),
        ({"SpecialTermsList": FULL["SpecialTermsList"]}, "Custom terms: Paid search, version 3."),
    ],
)
def test_a_section_is_said_in_a_sentence(section, words):
    found = terms(**section)
    assert words in [each.words(getattr(found, name), "GBP") for name, each in OF_TERMS.items()]
