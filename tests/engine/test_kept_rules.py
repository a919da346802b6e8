"""Rules are kept once they are read, but long ones: what somebody sends must not fill the memory of a process."""

import pytest

from contracts.drafts import documents
from contracts.engine.document import read_rules
from contracts.engine.document.reading import Errors


def rule(*values):
    return {"Variable": "ITEM_SKU", "Operator": "IS", "Values": list(values)}


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (rule("KETTLE"), 1),
        (rule("x" * 1_000, "y" * 1_000), 0),
        (rule(*[""] * 3_000, "KETTLE"), 0),
        ({**rule("KETTLE"), "Variable": "x" * 3_000}, 0),
        ({**rule("KETTLE"), "Operator": "x" * 3_000}, 0),
    ],
    ids=["a short one", "long values", "many values", "a long variable", "a long operator"],
)
def test_only_short_rules_are_kept(raw, kept):
    read_rules._sound.cache_clear()
    read_rules.read_rule(raw, "", Errors())
    assert read_rules._sound.cache_info().currsize == kept


def test_of_a_draft_too():
    documents._kept_rules.cache_clear()
    long = '[{"Variable": "ITEM_SKU", "Operator": "IS", "Values": ["' + "x" * 3_000 + '"]}]'
    assert documents._rules_in(long) == documents._rules_in(long)
    assert documents._kept_rules.cache_info().currsize == 0
