"""What is refused, where, and what a document comes back as."""

import json

import pytest

from common.refusals import Refused
from contracts.engine.document.load import document, load
from contracts.engine.document.sections.locking import Locking
from contracts.engine.document.sections.referral_window import ValidReferral
from contracts.engine.document.sections.scheduling import PayoutScheduling
from contracts.engine.rules.rule import Rule
from tests.engine import cast
from tests.engine.cast import DIGITS, adjustment, group, restriction, rule


def errors(raw, **options):
    with pytest.raises(Refused) as refused:
        load(raw, digits=DIGITS, **options)
    return {refusal.path: refusal.message for refusal in refused.value}


def referral(type_, window, unit="DAY"):
    return {"Type": type_, "Window": window, "WindowUnit": unit}


def payout(**parts):
    raw = cast.document()
    raw["EventPayouts"][0] |= parts
    return raw


def test_every_error_is_named_at_once_with_its_path():
    raw = cast.document(
        group(1, rule("CUSTOMER_STATUS", "EQ", "New"), rule("ORDER_TOTAL", "GTE", "much")),
        group(1, rule("COLOUR", "IS", "red"), rate="-1"),
        restrictions=[restriction()],
        adjustments=[{"Rules": [], "Direction": "UP", "Rate": "5"}],
        currency="XXX",
    )
    found = errors(raw | {"Colour": "red", "FlatFees": [{"Type": "ONE_TIME", "Amount": "5"}]})
    assert list(found) == [
        "Currency",
        "EventPayouts[0].PayoutGroups[0].Rules[0].Operator",
        "EventPayouts[0].PayoutGroups[0].Rules[1].Values",
        "EventPayouts[0].PayoutGroups[1].Rules[0].Variable",
        "EventPayouts[0].PayoutGroups[1].PayoutRate",
        "EventPayouts[0].PayoutGroups[1].Rank",
        "EventPayouts[0].PayoutAdjustments[0].Direction",
        "EventPayouts[0].PayoutRestrictions[0].Rules",
        "FlatFees",
        "Colour",
    ]


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"PerformanceBonus": {"Type": "FIXED"}}, "PerformanceBonus"),
        ({"PayoutGroups": [group(1) | {"Tiers": [{"RevenueThreshold": "200"}]}]}, "PayoutGroups[0].Tiers"),
        (
            {"PayoutGroups": [group(1) | {"Limits": [{"Type": "ACTION", "Value": "1"}]}]},
            "PayoutGroups[0].Limits[0].Type",
        ),
        ({"Locking": {"Basis": "CLEARED", "Period": "DAY"}}, "Locking.Basis"),
        ({"PayoutLevel": "CLICK"}, "PayoutLevel"),
    ],
)
def test_a_section_that_is_not_honoured_yet_is_refused(parts, path):
    assert list(errors(payout(**parts))) == [f"EventPayouts[0].{path}"]


@pytest.mark.parametrize(
    "part",
    [
        {"MinimumEarnings": {"Value": "5", "Period": "MONTH"}},
        {"FlatFees": [{"Type": "ONE_TIME", "Amount": "5"}]},
        {"TrackingPixel": {"Allowed": True}},
    ],
)
def test_an_advanced_section_that_is_not_honoured_yet_is_refused(part):
    assert list(errors(cast.document() | part)) == list(part)


def test_what_is_absent_null_empty_or_the_default_is_never_refused():
    plain = load(cast.document(), digits=DIGITS)
    spelled = payout(
        Limits=[],
        PerformanceBonus=None,
        CreditPolicy="LAST_REFERRER",
        ValidReferrals=[{"Type": "CLICKS", "Window": 30, "WindowUnit": "DAY"}],
        Locking=None,
        PayoutGroups=[],
    ) | {
        "ActionLimit": None,
        "SpendLimit": {},
        "ResetAccruedActions": False,
        "FlatFees": [],
        "SpecialTermsList": [],
        "ChangeNotificationPeriod": 0,
        "MaxReturnPercentage": "100",
        "Labels": [],
    }
    assert load(spelled, digits=DIGITS) == plain


@pytest.mark.parametrize(
    "broken",
    [
        rule("TEXT1", "IS"),
        rule("TEXT1", "IS", "  "),
        rule("TEXT1", "IS", "a\0"),
        rule("TEXT1", "IS", "\ud800"),
        rule("TEXT1", "IS_PRESENT", "x"),
        rule("NUMERIC1", "EQ", "1", "2"),
        rule("NUMERIC1", "BETWEEN", "1"),
        rule("NUMERIC1", "BETWEEN", "2", "1"),
        rule("NUMERIC1", "GT", "1e3"),
        rule("NUMERIC1", "GT", "1,5"),
        rule("NUMERIC1", "GT", "NaN"),
        rule("NUMERIC1", "GT", "\N{ARABIC-INDIC DIGIT FIVE}"),
        rule("NUMERIC1", "GT", "1234567890123"),
        rule("DATE1", "IS", "2026-02-30"),
        rule("DATE1", "IS", "20260201"),
        rule("DATE1", "BETWEEN", "2026-02-01"),
        rule("GIFT_PURCHASE", "IS", "maybe"),
        rule("LIST_ITEM_SKU", "IN_LIST", "Nowhere"),
        rule("TEXT51", "IS", "x"),
        rule("TEXT1", "GT", "x"),
        rule("TEXT1", "IS", "x") | {"Extra": 1},
        {"Variable": "TEXT1", "Operator": "IS", "Values": "x"},
        {"Variable": "TEXT1", "Operator": "IS", "Values": [1.5]},
        {"Operator": "IS"},
        "Text1 is x",
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_refused(broken):
    found = errors(cast.document(group(1) | {"Rules": [broken]}), lists=["Winter"])
    assert [path for path in found if ".PayoutGroups[0].Rules[0]" not in path] == []


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"DefaultPayout": "1"}, "DefaultPayout"),
        ({"DefaultPayoutRate": None}, "DefaultPayout"),
        ({"DefaultPayoutRate": 7.5}, "DefaultPayoutRate"),
        ({"DefaultPayoutRate": "-1"}, "DefaultPayoutRate"),
        ({"DefaultPayoutRate": "10%"}, "DefaultPayoutRate"),
        ({"EventTypeCode": ""}, "EventTypeCode"),
        ({"PayoutGroups": [group(0)]}, "PayoutGroups[0].Rank"),
        ({"PayoutGroups": [group("x")]}, "PayoutGroups[0].Rank"),
        ({"PayoutGroups": {}}, "PayoutGroups"),
        ({"PayoutGroups": [group(1) | {"Payout": "1"}]}, "PayoutGroups[0].Payout"),
        (
            {"PayoutGroups": [group(1, payable_items="0") | {"Limits": [{"Type": "PAYABLE_ITEMS", "Value": "0"}]}]},
            "PayoutGroups[0].Limits[0].Value",
        ),
        ({"PayoutAdjustments": [adjustment("INCREASE", rate="5") | {"Amount": "5"}]}, "PayoutAdjustments[0].Amount"),
        ({"Locking": {"Period": "MONTH", "MonthOffset": 0, "DayOffset": 28}}, "Locking.DayOffset"),
        ({"Locking": {"Period": "DAY", "MonthOffset": 1, "DayOffset": 28}}, "Locking.DayOffset"),
        ({"Locking": {"Period": "WEEK"}}, "Locking.Period"),
        ({"Locking": {"Period": "DAY", "DayOffset": "soon"}}, "Locking.DayOffset"),
        ({"PayoutScheduling": {"Period": "MONTH"}}, "PayoutScheduling.Period"),
        ({"PayoutScheduling": {"Basis": "CLEARED", "Period": "END_OF_DAY"}}, "PayoutScheduling.Basis"),
        ({"CreditPolicy": "ANY_REFERRER"}, "CreditPolicy"),
        ({"CreditPolicy": ["LAST_REFERRER"]}, "CreditPolicy"),
        ({"ValidReferrals": {"Type": "CLICKS"}}, "ValidReferrals"),
        ({"ValidReferrals": ["CLICKS"]}, "ValidReferrals[0]"),
        ({"ValidReferrals": [referral("VISITS", 1)]}, "ValidReferrals[0].Type"),
        ({"ValidReferrals": [referral("CLICKS", 1, "WEEK")]}, "ValidReferrals[0].WindowUnit"),
        ({"ValidReferrals": [referral("CLICKS", 0)]}, "ValidReferrals[0].Window"),
        ({"ValidReferrals": [referral("CLICKS", 401)]}, "ValidReferrals[0].Window"),
        ({"ValidReferrals": [referral("CLICKS", 9601, "HOUR")]}, "ValidReferrals[0].Window"),
        ({"ValidReferrals": [referral("CLICKS", "1.5")]}, "ValidReferrals[0].Window"),
        ({"ValidReferrals": [referral("CLICKS", 1), referral("CLICKS", 2)]}, "ValidReferrals[1].Type"),
        ({"ValidReferrals": [{**referral("CLICKS", 1), "Share": "50"}]}, "ValidReferrals[0].Share"),
    ],
)
def test_a_broken_part_is_refused_where_it_is(parts, path):
    assert list(errors(payout(**parts))) == [f"EventPayouts[0].{path}"]


@pytest.mark.parametrize(
    ("raw", "referrals", "written"),
    [
        (None, [ValidReferral()], None),
        ([], [ValidReferral()], None),
        ([{}], [ValidReferral("CLICKS", 30, "DAY")], None),
        ([referral("CLICKS", "30")], [ValidReferral("CLICKS", 30, "DAY")], None),
        ([referral("CLICKS", 720, "HOUR")], [ValidReferral("CLICKS", 720, "HOUR")], [referral("CLICKS", 720, "HOUR")]),
        ([referral("CLICKS", 400)], [ValidReferral("CLICKS", 400, "DAY")], [referral("CLICKS", 400)]),
        ([{"Type": "IMPRESSIONS", "Window": 1}], [ValidReferral("IMPRESSIONS", 1)], [referral("IMPRESSIONS", 1)]),
        (
            [referral("IMPRESSIONS", 9600, "HOUR"), referral("CLICKS", 1)],
            [ValidReferral("CLICKS", 1), ValidReferral("IMPRESSIONS", 9600, "HOUR")],
            [referral("CLICKS", 1), referral("IMPRESSIONS", 9600, "HOUR")],
        ),
    ],
)
@pytest.mark.parametrize("policy", [None, "LAST_REFERRER", "FIRST_REFERRER"])
def test_credit_is_read_and_written_and_the_default_is_left_out(raw, referrals, written, policy):
    terms = load(payout(ValidReferrals=raw, CreditPolicy=policy), digits=DIGITS)
    [found] = terms.event_payouts
    assert found.valid_referrals == tuple(referrals)
    assert found.credit_policy == (policy or "LAST_REFERRER")
    [canonical] = document(terms)["EventPayouts"]
    expected = {"ValidReferrals": written} if written else {}
    expected |= {"CreditPolicy": policy} if policy == "FIRST_REFERRER" else {}
    [plain] = document(load(cast.document(), digits=DIGITS))["EventPayouts"]
    assert canonical == plain | expected
    assert not {"CreditPolicy", "ValidReferrals"} & set(plain)


@pytest.mark.parametrize("raw", [None, [], "terms", 5])
def test_what_is_no_object_is_no_document(raw):
    assert list(errors(raw)) == [""]


def test_a_document_needs_a_name_a_currency_and_an_event_payout():
    assert list(errors({})) == ["Name", "Currency", "EventPayouts"]


def test_one_event_type_has_one_event_payout():
    raw = cast.document()
    raw["EventPayouts"] *= 2
    assert list(errors(raw)) == ["EventPayouts[1].EventTypeCode"]


def test_the_canonical_document_loads_as_the_same_terms():
    raw = payout(
        Locking={"Basis": "TRACKED", "Period": "MONTH", "MonthOffset": 0, "DayOffset": 15},
        PayoutScheduling={"Basis": "LOCKED", "Period": "END_OF_MONTH", "DayOffset": "20"},
        PayoutGroups=[
            group(3, rule("TEXT1", "STARTS_WITH", "RED ")),
            group(1, rule("TEXT1", "IS", " red "), payable_items="3"),
        ],
    )
    terms = load(raw, digits=DIGITS)
    found = terms.event_payouts[0]
    assert found.locking == Locking("MONTH", 0, 15)
    assert found.payout_scheduling == PayoutScheduling("END_OF_MONTH", 0, 20)
    assert [each.rank for each in found.payout_groups] == [1, 3]
    assert found.payout_groups[0].rules == (Rule("TEXT1", "IS", ("red",)),)
    assert found.payout_groups[1].rules == (Rule("TEXT1", "STARTS_WITH", ("RED ",)),)
    written = json.loads(json.dumps(document(terms)))
    assert load(written, digits=DIGITS) == terms
    assert document(load(written, digits=DIGITS)) == written


def test_open_ended_locking_has_no_offsets():
    raw = payout(Locking={"Basis": "TRACKED", "Period": "DAY", "MonthOffset": 1, "DayOffset": 3, "OpenEnded": True})
    assert load(raw, digits=DIGITS).event_payouts[0].locking == Locking(open_ended=True)


@pytest.mark.parametrize(
    ("level", "paying", "is_refused"),
    [
        ("ORDER", {"Payout": "5"}, True),
        ("ORDER", {"PayoutRate": "5"}, False),
        ("ITEM", {"Payout": "5"}, False),
    ],
)
def test_a_limit_without_effect_is_refused_and_read_where_it_was_published_before(level, paying, is_refused):
    limited = {"Rank": 1, "Rules": [], "Limits": [{"Type": "PAYABLE_ITEMS", "Value": "2"}], **paying}
    raw = cast.document(limited, level=level)
    terms = load(raw, digits=DIGITS, is_strict=False)
    assert terms.event_payouts[0].payout_groups[0].payable_items == 2
    if is_refused:
        path = "EventPayouts[0].PayoutGroups[0].Limits"
        assert "no effect on a fixed payout by order" in errors(raw)[path]
    else:
        assert load(raw, digits=DIGITS) == terms


def test_a_value_of_which_nothing_is_left_to_compare_is_no_value():
    raw = cast.document(cast.group(1, rule("TEXT1", "CONTAINS", "\u200b")))
    assert errors(raw) == {"EventPayouts[0].PayoutGroups[0].Rules[0].Values": "“contains” needs at least one value"}
    published = load(raw, digits=DIGITS, is_strict=False)
    assert cast.price(published, cast.order(Amount="1", Text1="anything")).group is None


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (rule("ORDER_TOTAL", "GTE", "1", "000"), "write 1000 for 1,000"),
        (rule("ORDER_TOTAL", "LT", "-1", "234", "567.50"), "write -1234567.50 for -1,234,567.50"),
        (rule("ORDER_TOTAL", "GTE", "1,000"), "write a number without separators, such as 1000"),
        (rule("ORDER_TOTAL", "GTE", "5", "10"), "“≥” needs exactly one value; a comma separates values"),
        (rule("LIST_ITEM_SKU", "IN_LIST", "Wintr"), "Wintr is not a known exception list; did you mean Winter?"),
        (rule("CUSTOMER_STATSU", "IS", "x"), "CUSTOMER_STATSU is not a rule variable; did you mean CUSTOMER_STATUS?"),
    ],
)
def test_a_refusal_says_what_was_probably_meant(broken, said):
    (message,) = errors(cast.document(cast.group(1, broken)), lists=["Summer", "Winter"]).values()
    assert said in message


def test_the_name_of_a_list_is_found_as_it_is_compared():
    raw = cast.document(cast.group(1, rule("LIST_ITEM_SKU", "IN_LIST", "women’s\u00a0 winter")))
    assert load(raw, digits=DIGITS, lists=["Women's Winter"])


def test_a_rate_in_a_rule_is_read_with_its_sign():
    terms = load(cast.document(cast.group(1, rule("ORDER_DISCOUNT_RATE", "GTE", "15 %"))), digits=DIGITS)
    assert terms.event_payouts[0].payout_groups[0].rules[0].values == ("15",)
    assert "“15%” is not an amount" in str(errors(cast.document(cast.group(1, rule("ORDER_TOTAL", "GTE", "15%")))))
