"""A number out of its range is answered with the range that the engine has, and saves nothing."""

import pytest
from django.urls import reverse

from contracts.drafts.rows import add_payout_group
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.lists.payout_groups import GROUPS
from contracts.sections.registry import PANELS, TERMS_PANELS
from tests.contracts.addresses import HTMX, url
from tests.contracts.test_terms_pages import schedule

MOST = "2,147,483,647"
LIMIT = {"limit-0-type": "PAYOUT", "limit-0-by": "ALL", "limit-0-period": "DAY"}
ACTIONS = {"has_action_limit": "on", "action_limit": "5", "action_limit_period": "DAY"}
SPEND = {"has_spend_limit": "on", "spend_limit_period": "DAY"}


@pytest.mark.parametrize(
    ("panel", "typed", "said"),
    [
        ("schedule", schedule(locking_months="99999"), "Months to lock: Must be from 0 to 60."),
        ("schedule", schedule(locking_months="-1"), "Months to lock: Must be from 0 to 60."),
        ("schedule", schedule(locking_days="9" * 300), "Days to lock: Must be from 0 to 730."),
        ("schedule", schedule(scheduling_months="61"), "Months to pay: Must be from 0 to 60."),
        ("schedule", schedule(scheduling_days="731"), "Days to pay: Must be from 0 to 730."),
        ("limits", {**LIMIT, "limit-0-value": "-5"}, "Limit 1: Enter more than 0."),
        ("limits", {**LIMIT, "limit-0-value": "0"}, "Limit 1: Must be more than 0."),
        ("limits", {**LIMIT, "limit-0-type": "ACTION", "limit-0-value": "0"}, "Limit 1: Must be at least 1."),
        ("notice", {"notice_days": "10000"}, "Days of notice: Must be from 0 to 365."),
        ("reversals", {"max_return": "101"}, "Most that can be taken back: Enter a number from 0 to 100."),
        ("reversals", {"max_return": "-1"}, "Most that can be taken back: Enter a number from 0 to 100."),
        ("actions", {**ACTIONS, "action_limit": "0"}, f"Action limit: Enter a whole number from 1 to {MOST}."),
        ("actions", {**ACTIONS, "action_limit": "2.5"}, f"Action limit: Enter a whole number from 1 to {MOST}."),
        ("actions", {**ACTIONS, "action_limit_weekend": "-1"}, f"at weekends: Enter a whole number from 0 to {MOST}."),
        ("spending", {**SPEND, "spend_limit": "-1"}, "Spend limit: Enter more than 0."),
        ("spending", {**SPEND, "spend_limit": "0"}, "Spend limit: Must be more than 0."),
    ],
)
def test_a_number_of_a_section_out_of_its_range_is_told_the_range(panel, typed, said, event_payout, editor):
    terms = event_payout.template_terms
    if panel in PANELS:
        address = url("section_save", event_payout.pk, PANELS[panel])
    else:
        address = url("terms_section_save", terms.pk, TERMS_PANELS[panel])
    answer = editor.post(address, typed, **HTMX)
    assert answer.status_code == 422
    [(_, problem)] = answer.context["part"].problems
    assert problem.endswith(said)
    assert EventPayout.objects.get().sections == event_payout.sections
    assert TemplateTerms.objects.get().sections == terms.sections


@pytest.mark.parametrize("typed", ["0", "2147483648", "1.5"])
def test_so_is_the_number_of_items_that_a_group_pays_for(typed, event_payout, editor):
    address = url("row_create", event_payout.pk, GROUPS)
    answer = editor.post(address, {"kind": "PERCENT", "value": "5", "payable_items": typed}, **HTMX)
    assert answer.status_code == 422
    assert answer.context["form"].errors["payable_items"] == [f"Enter a whole number from 1 to {MOST}."]


def test_so_is_the_position_that_a_row_is_moved_to(event_payout, editor):
    row = add_payout_group(event_payout=event_payout, rules=[], payout_rate=5)
    answer = editor.post(reverse("contracts:row_move", args=[1000, GROUPS, row.pk]), {"position": "0"}, **HTMX)
    assert answer.context["form"].errors["position"] == ["Enter a whole number from 1 to 20,000."]
