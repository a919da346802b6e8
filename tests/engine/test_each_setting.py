"""Each setting of the terms alone: which payout, date, state or credit it changes, and that it changes nothing else.

The same four orders are priced by terms with and without the change: of a Friday, the Saturday and Sunday after it, and
a day of the next month, each of 100.00, two of A at 30.00 and one of B at 40.00.
"""

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.engine.attribution.credit import Agreement, Step, credit
from contracts.engine.document.load import load
from contracts.engine.pricing.limits.caps import TermsLimits, Whose, caps_of
from contracts.engine.pricing.limits.lines import due
from contracts.engine.pricing.limits.settle import first
from contracts.engine.pricing.plan import compile_plan
from contracts.engine.pricing.schedule import clearing_date, lock_instant, locking_date
from tests.contracts.whole_drafts import DRAFTS, document_of
from tests.engine.cast import DIGITS, adjustment, group, item, order, restriction, rule

ZONE = "Europe/London"
ORDERS = [  # when, whose, by which click
    (datetime(2026, 11, 20, 10, tzinfo=UTC), "C-1", "click 1"),
    (datetime(2026, 11, 21, 10, tzinfo=UTC), "C-1", "click 2"),
    (datetime(2026, 11, 22, 10, tzinfo=UTC), "C-2", "click 1"),
    (datetime(2026, 12, 2, 10, tzinfo=UTC), "C-1", "click 3"),
]
ITEMS = [item("30.00", "2", ItemSku="A"), item("40.00", ItemSku="B")]
# The journey of the first order: who was met how, and how long before.
STEPS = [("Alba", "CLICK", timedelta(days=20)), ("Brava", "CLICK", timedelta(days=2)),
         ("Cielo", "IMPRESSION", timedelta(hours=5))]  # fmt: skip
ALL_TEN = ["10.00"] * 4


def outcome(**parts):
    """What these parts of the terms come to. Those of the terms as a whole are told by their names."""
    whole = {name: parts.pop(name) for name in ("ActionLimit", "SpendLimit") if name in parts}
    paying = {} if "DefaultPayout" in parts else {"DefaultPayoutRate": "10"}
    payout = {"EventTypeCode": "SALE", "PayoutLevel": "ORDER", **paying, **parts}
    terms = load({"Name": "Terms", "Currency": "GBP", "EventPayouts": [payout], **whole}, digits=DIGITS)
    agreed, plan, held = terms.event_payout("SALE"), compile_plan(terms, "SALE"), defaultdict(Decimal)
    limits = TermsLimits(agreed.limits, terms.action_limit, terms.spend_limit)
    found = {"payouts": [], "over cap": [], "group": [], "hidden": []}
    for at, customer, click in ORDERS:
        decision = due(plan, order(EventDate=at.isoformat(), Items=ITEMS, CustomerStatus="New"))
        whose = Whose(at, ZONE, locking_date(at, agreed.locking, ZONE), customer, click)
        settled = first(decision.payout, caps_of(limits, whose, 2), held)
        for met in settled.met:
            held[met.cap.counter] += met.took
        found["payouts"].append(f"{settled.payout:.2f}")
        found["over cap"].append(settled.over_cap)
        found["group"].append(decision.group[1] if decision.group else "")
        found["hidden"].append(decision.hidden_from_reports)
    locks = lock_instant(ORDERS[0][0], agreed.locking, ZONE)
    dates = {
        "locks": locks.date().isoformat(),
        "paid": clearing_date(locks, agreed.payout_scheduling, ZONE).isoformat(),
    }
    return found | dates | {"credited": credited(Agreement(agreed.credit_policy, agreed.valid_referrals))}


def credited(agreement):
    """Whom the journey credits where all work under these terms."""
    at, names = ORDERS[0][0], [name for name, _, _ in STEPS]
    steps = [Step(name, kind, at - before, number, number, name) for number, (name, kind, before) in enumerate(STEPS)]
    winner = credit(steps, event_date=at, agreements=dict.fromkeys(range(len(names)), agreement)).winner
    return winner.id if winner else ""


NEW, EXISTING = rule("CUSTOMER_STATUS", "IS", "New"), rule("CUSTOMER_STATUS", "IS", "Existing")


def groups(*rows):
    return {"PayoutGroups": list(rows)}


def adjusted(*rows):
    return {"PayoutAdjustments": list(rows)}


def restricted(*rows):
    return {"PayoutRestrictions": list(rows)}


def limit(type_="PAYOUT", by="ALL", period="CONTRACT", value="15"):
    return {"Limits": [{"Type": type_, "LimitBy": by, "Value": value} | ({"Period": period} if period else {})]}


def locking(period="DAY", months=0, days=15, **more):
    return {"Locking": {"Period": period, "MonthOffset": months, "DayOffset": days, **more}}


def paying(period="END_OF_DAY", months=0, days=3):
    return {**locking(days=16), "PayoutScheduling": {"Period": period, "MonthOffset": months, "DayOffset": days}}


def referrals(type_="CLICKS", window=30, unit="DAY"):
    return {"ValidReferrals": [{"Type": type_, "Window": window, "WindowUnit": unit}]}


def whole(name, value, period="CONTRACT", weekend=None):
    return {name: {"Value": value, "Period": period} | ({"WeekendValue": weekend} if weekend else {})}


CASES = [  # the setting; the terms with it and with another value; what is different then
    ("PayoutLevel", {"DefaultPayout": "2"}, {"DefaultPayout": "2", "PayoutLevel": "ITEM"}, {"payouts": ["6.00"] * 4}),
    ("DefaultPayout", {"DefaultPayout": "2"}, {"DefaultPayout": "3"}, {"payouts": ["3.00"] * 4}),
    ("DefaultPayoutRate", {}, {"DefaultPayoutRate": "20"}, {"payouts": ["20.00"] * 4}),
    ("PayoutGroups[].Rank", groups(group(1, rate="50"), group(2, rate="20")),
     groups(group(3, rate="50"), group(2, rate="20")), {"payouts": ["20.00"] * 4, "group": ["group 2"] * 4}),
    ("PayoutGroups[].Name", groups(group(1)), groups(group(1) | {"Name": "VIP"}), {"group": ["VIP"] * 4}),
    ("PayoutGroups[].Rules[].Variable", groups(group(1, rule("ORDER_PROMO_CODE", "IS", "New"))), groups(group(1, NEW)),
     {"payouts": ["50.00"] * 4, "group": ["group 1"] * 4}),
    ("PayoutGroups[].Rules[].Operator", groups(group(1, rule("CUSTOMER_STATUS", "IS_NOT", "New"))),
     groups(group(1, NEW)), {"payouts": ["50.00"] * 4, "group": ["group 1"] * 4}),
    ("PayoutGroups[].Rules[].Values", groups(group(1, EXISTING)), groups(group(1, NEW)),
     {"payouts": ["50.00"] * 4, "group": ["group 1"] * 4}),
    ("PayoutGroups[].Payout", groups(group(1, payout="3")), groups(group(1, payout="4")), {"payouts": ["4.00"] * 4}),
    ("PayoutGroups[].PayoutRate", groups(group(1)), groups(group(1, rate="60")), {"payouts": ["60.00"] * 4}),
    ("PayoutGroups[].Limits[].Value", groups(group(1, payable_items="1")), groups(group(1, payable_items="2")),
     {"payouts": ["30.00"] * 4}),
    ("PayoutAdjustments[].Rules[].Variable", adjusted(adjustment("INCREASE", rule("CURRENCY", "IS", "New"), rate="50")),
     adjusted(adjustment("INCREASE", NEW, rate="50")), {"payouts": ["15.00"] * 4}),
    ("PayoutAdjustments[].Rules[].Operator",
     adjusted(adjustment("INCREASE", rule("CUSTOMER_STATUS", "IS_NOT", "New"), rate="50")),
     adjusted(adjustment("INCREASE", NEW, rate="50")), {"payouts": ["15.00"] * 4}),
    ("PayoutAdjustments[].Rules[].Values", adjusted(adjustment("INCREASE", EXISTING, rate="50")),
     adjusted(adjustment("INCREASE", NEW, rate="50")), {"payouts": ["15.00"] * 4}),
    ("PayoutAdjustments[].Direction", adjusted(adjustment("INCREASE", rate="50")),
     adjusted(adjustment("DECREASE", rate="50")), {"payouts": ["5.00"] * 4}),
    ("PayoutAdjustments[].Rate", adjusted(adjustment("INCREASE", rate="50")),
     adjusted(adjustment("INCREASE", rate="5")), {"payouts": ["10.50"] * 4}),
    ("PayoutAdjustments[].Amount", adjusted(adjustment("INCREASE", amount="1")),
     adjusted(adjustment("INCREASE", amount="2")), {"payouts": ["12.00"] * 4}),
    ("PayoutRestrictions[].Rules[].Variable", restricted(restriction(rule("ITEM_NAME", "IS", "A"))),
     restricted(restriction(rule("ITEM_SKU", "IS", "A"))), {"payouts": ["0.00"] * 4}),
    ("PayoutRestrictions[].Rules[].Operator", restricted(restriction(rule("ITEM_SKU", "STARTS_WITH", "AB"))),
     restricted(restriction(rule("ITEM_SKU", "IS_NOT", "AB"))), {"payouts": ["0.00"] * 4}),
    ("PayoutRestrictions[].Rules[].Values", restricted(restriction(rule("ITEM_SKU", "IS", "C"))),
     restricted(restriction(rule("ITEM_SKU", "IS", "A"))), {"payouts": ["0.00"] * 4}),
    ("PayoutRestrictions[].ZeroPayoutHideReport", restricted(restriction(NEW)), restricted(restriction(NEW, hide=True)),
     {"hidden": [True] * 4}),
    ("Limits[].Type", limit(), limit("ACTION"), {"payouts": ALL_TEN}),
    ("Limits[].Type", limit(value="2"), limit("ACTION", value="2"),
     {"payouts": ["10.00", "10.00", "0.00", "0.00"], "over cap": ["", "", "ACTIONS", "ACTIONS"]}),
    ("Limits[].Value", limit(), limit(value="25"), {"payouts": ["10.00", "10.00", "5.00", "0.00"]}),
    ("Limits[].LimitBy", limit(), limit(by="CUSTOMER"), {"payouts": ["10.00", "5.00", "10.00", "0.00"]}),
    ("Limits[].LimitBy", limit(), limit(by="CLICK", period=""), {"payouts": ["10.00", "10.00", "5.00", "10.00"]}),
    ("Limits[].LimitBy", limit(), limit(by="ORDER", period=""), {"payouts": ALL_TEN}),
    ("Limits[].LimitBy", {"PayoutLevel": "ITEM"} | limit(by="ORDER", period="", value="5"),
     {"PayoutLevel": "ITEM"} | limit(by="ITEM", period="", value="5"), {"payouts": ["9.00"] * 4}),
    ("Limits[].Period", limit(), limit(period="DAY"), {"payouts": ALL_TEN}),
    ("Limits[].Period", limit(), limit(period="WEEK"), {"payouts": ["10.00", "5.00", "0.00", "10.00"]}),
    ("Limits[].Period", limit(), limit(period="MONTH"), {"payouts": ["10.00", "5.00", "0.00", "10.00"]}),
    ("Limits[].Period", limit(period="MONTH"), limit(period="QUARTER"), {"payouts": ["10.00", "5.00", "0.00", "0.00"]}),
    ("Limits[].Period", limit() | locking(), limit(period="LOCKING_PERIOD") | locking(), {"payouts": ALL_TEN}),
    ("Locking.Period", locking(), locking("MONTH"), {"locks": "2026-12-16", "paid": "2026-12-16"}),
    ("Locking.MonthOffset", locking(), locking(months=1), {"locks": "2027-01-05", "paid": "2027-01-05"}),
    ("Locking.DayOffset", locking(), locking(days=16), {"locks": "2026-12-07", "paid": "2026-12-07"}),
    ("Locking.OpenEnded", locking(), locking(OpenEnded=True), {"locks": "2028-11-19", "paid": "2028-11-19"}),
    ("PayoutScheduling.Period", paying(), paying("END_OF_WEEK"), {"paid": "2026-12-16"}),
    ("PayoutScheduling.Period", paying(), paying("END_OF_MONTH"), {"paid": "2027-01-03"}),
    ("PayoutScheduling.MonthOffset", paying(), paying(months=1), {"paid": "2027-01-10"}),
    ("PayoutScheduling.DayOffset", paying(), paying(days=4), {"paid": "2026-12-11"}),
    ("CreditPolicy", {}, {"CreditPolicy": "FIRST_REFERRER"}, {"credited": "Alba"}),
    ("ValidReferrals[].Type", referrals(), referrals("IMPRESSIONS"), {"credited": "Cielo"}),
    ("ValidReferrals[].Window", referrals(), referrals(window=1), {"credited": ""}),
    ("ValidReferrals[].WindowUnit", referrals(), referrals(unit="HOUR"), {"credited": ""}),
    ("ActionLimit.Value", whole("ActionLimit", "1"), whole("ActionLimit", "2"),
     {"payouts": ["10.00", "10.00", "0.00", "0.00"], "over cap": ["", "", "ACTIONS", "ACTIONS"]}),
    ("ActionLimit.Period", whole("ActionLimit", "1"), whole("ActionLimit", "1", "DAY"),
     {"payouts": ALL_TEN, "over cap": [""] * 4}),
    ("ActionLimit.Period", whole("ActionLimit", "1"), whole("ActionLimit", "1", "WEEK"),
     {"payouts": ["10.00", "0.00", "0.00", "10.00"], "over cap": ["", "ACTIONS", "ACTIONS", ""]}),
    ("ActionLimit.Period", whole("ActionLimit", "1"), whole("ActionLimit", "1", "MONTH"),
     {"payouts": ["10.00", "0.00", "0.00", "10.00"], "over cap": ["", "ACTIONS", "ACTIONS", ""]}),
    ("ActionLimit.WeekendValue", whole("ActionLimit", "1", "DAY"), whole("ActionLimit", "1", "DAY", "0"),
     {"payouts": ["10.00", "0.00", "0.00", "10.00"], "over cap": ["", "ACTIONS", "ACTIONS", ""]}),
    ("SpendLimit.Value", whole("SpendLimit", "15"), whole("SpendLimit", "25"),
     {"payouts": ["10.00", "10.00", "0.00", "0.00"], "over cap": ["", "", "SPEND", "SPEND"]}),
    ("SpendLimit.Period", whole("SpendLimit", "15"), whole("SpendLimit", "15", "DAY"),
     {"payouts": ALL_TEN, "over cap": [""] * 4}),
    ("SpendLimit.Period", whole("SpendLimit", "15"), whole("SpendLimit", "15", "WEEK"),
     {"payouts": ["10.00", "0.00", "0.00", "10.00"], "over cap": ["", "SPEND", "SPEND", ""]}),
    ("SpendLimit.Period", whole("SpendLimit", "15"), whole("SpendLimit", "15", "MONTH"),
     {"payouts": ["10.00", "0.00", "0.00", "10.00"], "over cap": ["", "SPEND", "SPEND", ""]}),
    ("SpendLimit.WeekendValue", whole("SpendLimit", "15", "DAY"), whole("SpendLimit", "15", "DAY", "9.99"),
     {"payouts": ["10.00", "0.00", "0.00", "10.00"], "over cap": ["", "SPEND", "SPEND", ""]}),
]  # fmt: skip

# What acts outside of pricing one order, and which test shows that it does.
ELSEWHERE = {
    "Name": "contracts/test_template_terms.py::test_terms_are_renamed_labelled_and_searched",
    "Labels": "contracts/test_terms_pages.py::test_terms_are_found_by_name_and_label",
    "Currency": "tracking/test_price_conversions.py::test_another_currency_waits_with_pair_and_date",
    "EventTypeCode": "tracking/test_journeys.py::"
    "test_a_contract_that_ended_and_one_for_another_event_type_are_told_apart",
    "SpecialTermsList[].Name": "contracts/test_custom_terms.py::test_the_version_s_page_shows_the_text",
    "SpecialTermsList[].Type": "contracts/test_custom_terms.py::test_a_text_is_written_and_changed_in_versions",
    "SpecialTermsList[].Content": "contracts/test_custom_terms.py::test_the_version_s_page_shows_the_text",
    "SpecialTermsList[].Version": "contracts/test_custom_terms.py::"
    "test_what_is_attached_is_frozen_with_the_version_that_was_chosen",
    "ChangeNotificationPeriod": "contracts/test_change_notice.py::"
    "test_contracts_move_to_the_second_on_the_first_possible_day",
    "MaxReturnPercentage": "tracking/test_reversal_policy.py::test_the_policy_alone_makes_the_difference",
    "ResetAccruedActions": "tracking/test_limits.py::test_a_version_that_resets_begins_to_count_again",
}
# What has one value alone.
FIXED = {"Locking.Basis", "PayoutScheduling.Basis", "PayoutGroups[].Limits[].Type"}


@pytest.mark.parametrize(("setting", "before", "after", "differs"), CASES, ids=[case[0] for case in CASES])
def test_a_setting_alone_changes_this_and_nothing_else(setting, before, after, differs):
    without, with_it = outcome(**before), outcome(**after)
    assert {name: value for name, value in with_it.items() if without[name] != value} == differs


def test_every_setting_of_the_terms_is_shown_to_act():
    """Fails for a new section, or field of one, until a case shows what it changes."""
    found = {path.removeprefix("EventPayouts[].") for draft in DRAFTS for path in paths(document_of(draft))}
    assert found - FIXED == {case[0] for case in CASES} | set(ELSEWHERE)


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_the_tests_that_are_named_exist(test):
    file, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (Path(__file__).parents[1] / file).read_text(), re.MULTILINE)


def paths(value, path=""):
    """The places of a document, each with a value of its own; a list of values is one."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from paths(each, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for each in value:
            yield from paths(each, f"{path}[]")
    elif value or not path.endswith(("PayoutGroups", "PayoutAdjustments", "PayoutRestrictions", "Limits", "Rules")):
        yield path
