"""Who is credited (payouts.md §14) and the words of the journey (§12), by tables."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from contracts.engine.attribution.credit import Agreement, Step, credit, credit_partner
from contracts.engine.document.sections.referral_window import ValidReferral

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY, HOUR, INSTANT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
CLICKS = (ValidReferral("CLICKS", 30, "DAY"),)
BOTH = (ValidReferral("CLICKS", 30, "DAY"), ValidReferral("IMPRESSIONS", 24, "HOUR"))
LAST, FIRST = Agreement("LAST_REFERRER", BOTH), Agreement("FIRST_REFERRER", BOTH)
ALBA, BRAVA, CIELO = 1, 2, 3


def step(kind, partner, before, number=0, **parts):
    """A step so long before noon; `A1` is the second that Alba has."""
    name = {ALBA: "Alba", BRAVA: "Brava", CIELO: "Cielo", None: "google"}[partner]
    return Step(
        id=f"{name[0].upper()}{number}",
        kind=kind,
        at=NOON - before,
        number=number,
        partner=partner,
        **{"media": name, **parts},
    )


def click(partner, before, number=0, **parts):
    return step("CLICK", partner, before, number, **parts)


def impression(partner, before, number=0, **parts):
    return step("IMPRESSION", partner, before, number, **parts)


def visit(before, number=0, **parts):
    return step("VISIT", None, before, number, **parts)


def verdicts(found):
    return {each.step.id: str(each.verdict) for each in found.judged}


def judge(*steps, agreements=MappingProxyType({})):
    """For an order at noon: Alba and Brava have contracts, Cielo has none unless it is said."""
    return credit(steps, event_date=NOON, agreements={ALBA: LAST, BRAVA: LAST, **agreements})


@pytest.mark.parametrize(
    ("steps", "agreements", "expected"),
    [
        ([click(ALBA, DAY)], {}, {"A0": "CREDITED"}),
        ([click(ALBA, 2 * DAY), click(BRAVA, DAY)], {}, {"A0": "NOT_LAST", "B0": "CREDITED"}),
        (
            [click(ALBA, 3 * DAY), click(BRAVA, 2 * DAY), click(ALBA, DAY, 1)],
            {ALBA: FIRST},
            {"A0": "CREDITED", "B0": "NOT_FIRST", "A1": "NOT_FIRST"},
        ),
        # The policy of the one who came last decides, not that of the one who gains by it.
        ([click(ALBA, 2 * DAY), click(BRAVA, DAY)], {ALBA: FIRST}, {"A0": "NOT_LAST", "B0": "CREDITED"}),
        ([click(ALBA, 2 * DAY), click(BRAVA, DAY)], {BRAVA: FIRST}, {"A0": "CREDITED", "B0": "NOT_FIRST"}),
        # Any valid click beats every impression, and the impression's contract decides nothing then.
        (
            [click(ALBA, 20 * DAY), click(BRAVA, 10 * DAY), impression(CIELO, HOUR)],
            {CIELO: FIRST},
            {"A0": "NOT_LAST", "B0": "CREDITED", "C0": "BEATEN_BY_CLICK"},
        ),
        ([impression(ALBA, 3 * HOUR), impression(BRAVA, HOUR)], {}, {"A0": "NOT_LAST", "B0": "CREDITED"}),
        (
            [impression(ALBA, 3 * HOUR), impression(BRAVA, HOUR)],
            {BRAVA: FIRST},
            {"A0": "CREDITED", "B0": "NOT_FIRST"},
        ),
        # A click that is not valid beats nothing.
        ([impression(ALBA, HOUR), click(BRAVA, 31 * DAY)], {}, {"B0": "OUTSIDE_WINDOW", "A0": "CREDITED"}),
        (
            [click(ALBA, DAY), impression(BRAVA, HOUR)],
            {BRAVA: Agreement("FIRST_REFERRER", CLICKS)},
            {"A0": "CREDITED", "B0": "KIND_NOT_ACCEPTED"},
        ),
        (
            [click(ALBA, DAY), impression(BRAVA, HOUR)],
            {ALBA: Agreement("LAST_REFERRER", BOTH[1:])},
            {"A0": "KIND_NOT_ACCEPTED", "B0": "CREDITED"},
        ),
        (
            [click(ALBA, DAY), click(BRAVA, HOUR)],
            {BRAVA: Agreement("FIRST_REFERRER", BOTH, covers=False)},
            {"A0": "CREDITED", "B0": "NOT_COVERED"},
        ),
        ([click(ALBA, DAY), click(CIELO, HOUR)], {}, {"A0": "CREDITED", "C0": "NO_CONTRACT"}),
        ([click(ALBA, DAY), visit(HOUR)], {}, {"A0": "CREDITED", "G0": "UNPAID"}),
        ([click(ALBA, DAY), click(BRAVA, -INSTANT)], {}, {"A0": "CREDITED", "B0": "AFTER_EVENT"}),
        # Each contract's own window: Brava's is over, Alba's is not.
        (
            [click(ALBA, 9 * DAY), click(BRAVA, 8 * DAY)],
            {BRAVA: Agreement("LAST_REFERRER", (ValidReferral("CLICKS", 7, "DAY"),))},
            {"A0": "CREDITED", "B0": "OUTSIDE_WINDOW"},
        ),
        # Of the same instant the one that was stored last comes last.
        ([click(ALBA, DAY, 7), click(BRAVA, DAY, 8)], {}, {"A7": "NOT_LAST", "B8": "CREDITED"}),
        ([click(ALBA, DAY, 8), click(BRAVA, DAY, 7)], {}, {"B7": "NOT_LAST", "A8": "CREDITED"}),
        ([click(ALBA, DAY, 8), click(BRAVA, DAY, 7)], {ALBA: FIRST}, {"B7": "CREDITED", "A8": "NOT_FIRST"}),
    ],
)
def test_every_step_gets_its_verdict(steps, agreements, expected):
    for given in (steps, steps[::-1]):
        found = judge(*given, agreements=agreements)
        assert verdicts(found) == expected
        assert list(verdicts(found)) == list(expected)  # in order of time
        assert [each.step.id for each in found.judged if each.verdict == "CREDITED"] == [found.winner.id]


@pytest.mark.parametrize(
    ("referral", "longest"),
    [
        (ValidReferral("CLICKS", 30, "DAY"), 30 * DAY),
        (ValidReferral("CLICKS", 1, "DAY"), DAY),
        (ValidReferral("CLICKS", 36, "HOUR"), 36 * HOUR),
        (ValidReferral("IMPRESSIONS", 1, "HOUR"), HOUR),
    ],
)
@pytest.mark.parametrize(("beyond", "is_inside"), [(-INSTANT, True), (0 * DAY, True), (INSTANT, False)])
def test_a_window_ends_to_the_microsecond(referral, longest, beyond, is_inside):
    kind = referral.type.removesuffix("S")
    found = judge(step(kind, ALBA, longest + beyond), agreements={ALBA: Agreement("LAST_REFERRER", (referral,))})
    assert verdicts(found) == {"A0": "CREDITED" if is_inside else "OUTSIDE_WINDOW"}


@pytest.mark.parametrize("ahead", [INSTANT, DAY])
def test_what_comes_at_the_event_counts_and_what_comes_after_it_does_not(ahead):
    assert judge(click(ALBA, 0 * DAY)).winner.id == "A0"
    assert verdicts(judge(click(ALBA, -ahead))) == {"A0": "AFTER_EVENT"}


LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("clicked", "days", "ordered", "is_inside"),
    [
        # Clocks went forward at 01:00 on 29 March: the day had 23 hours, so 24 end an hour later by the clock.
        (datetime(2026, 3, 28, 12), 1, datetime(2026, 3, 29, 13), True),
        (datetime(2026, 3, 28, 12), 1, datetime(2026, 3, 29, 13, 0, 0, 1), False),
        (datetime(2026, 3, 1, 12), 30, datetime(2026, 3, 31, 13), True),
        (datetime(2026, 3, 1, 12), 30, datetime(2026, 3, 31, 13, 0, 0, 1), False),
        # They went back at 02:00 on 25 October: 25 hours, so 24 end an hour earlier.
        (datetime(2026, 10, 24, 12), 1, datetime(2026, 10, 25, 11), True),
        (datetime(2026, 10, 24, 12), 1, datetime(2026, 10, 25, 11, 0, 0, 1), False),
    ],
)
def test_a_day_of_a_window_is_24_hours_when_the_clocks_change(clicked, days, ordered, is_inside):
    window = Agreement("LAST_REFERRER", (ValidReferral("CLICKS", days, "DAY"),))
    at = Step("A0", "CLICK", clicked.replace(tzinfo=LONDON), 0, ALBA, "Alba")
    found = credit([at], event_date=ordered.replace(tzinfo=LONDON), agreements={ALBA: window})
    assert (found.winner is not None) is is_inside


def test_the_hour_that_is_there_twice_is_two_hours():
    twice = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    early = Step("A0", "CLICK", twice, 1, ALBA, "Alba")
    late = Step("B0", "CLICK", twice.replace(minute=10, fold=1), 0, BRAVA, "Brava")
    found = credit([early, late], event_date=twice.replace(minute=20, fold=1), agreements={ALBA: LAST, BRAVA: LAST})
    assert verdicts(found) == {"A0": "NOT_LAST", "B0": "CREDITED"}


NOT_COVERED, CLICKS_ALONE = Agreement("LAST_REFERRER", BOTH, covers=False), Agreement("LAST_REFERRER", CLICKS)


@pytest.mark.parametrize(
    ("steps", "agreements", "reason"),
    [
        ([], {}, "ACTION_REF_NOT_FOUND"),
        ([click(ALBA, -HOUR)], {}, "NO_VALID_ACTION_REF"),
        ([visit(HOUR)], {}, "NO_VALID_ACTION_REF"),
        ([click(CIELO, HOUR)], {}, "CONTRACT_NOT_FOUND"),
        ([click(CIELO, HOUR), visit(HOUR)], {}, "CONTRACT_NOT_FOUND"),
        ([click(BRAVA, HOUR)], {BRAVA: NOT_COVERED}, "ACTIONTERMS_NOT_FOUND"),
        ([click(BRAVA, HOUR), click(CIELO, HOUR)], {BRAVA: NOT_COVERED}, "ACTIONTERMS_NOT_FOUND"),
        ([impression(ALBA, HOUR)], {ALBA: CLICKS_ALONE}, "REFTYPE_NOT_ACCEPTED"),
        (
            [impression(ALBA, HOUR), click(BRAVA, HOUR)],
            {ALBA: CLICKS_ALONE, BRAVA: NOT_COVERED},
            "REFTYPE_NOT_ACCEPTED",
        ),
        ([click(ALBA, 31 * DAY)], {}, "OUTSIDE_ASSOCIATION_WINDOW"),
        (
            [click(ALBA, 31 * DAY), impression(BRAVA, HOUR), click(CIELO, HOUR), visit(HOUR), click(ALBA, -HOUR, 1)],
            {BRAVA: CLICKS_ALONE},
            "OUTSIDE_ASSOCIATION_WINDOW",
        ),
    ],
)
def test_a_journey_that_credits_nobody_says_what_lies_nearest_to_it(steps, agreements, reason):
    found = judge(*steps, agreements=agreements)
    assert (found.winner, found.reason) == (None, reason)
    assert not any(each.is_valid for each in found.judged)


@pytest.mark.parametrize(
    ("steps", "partner", "expected", "valid"),
    [
        ([click(ALBA, 2 * DAY), click(BRAVA, DAY)], ALBA, {"A0": "CREDITED", "B0": "OVERRULED"}, "A0 B0"),
        ([click(ALBA, 2 * DAY), click(ALBA, DAY, 1)], ALBA, {"A0": "OVERRULED", "A1": "CREDITED"}, "A0 A1"),
        ([click(ALBA, 2 * DAY), impression(ALBA, HOUR, 1)], ALBA, {"A0": "CREDITED", "A1": "OVERRULED"}, "A0 A1"),
        ([impression(ALBA, 2 * HOUR), impression(ALBA, HOUR, 1)], ALBA, {"A0": "OVERRULED", "A1": "CREDITED"}, "A0 A1"),
        # However long ago, and without a contract; what is wrong with the others is said as ever.
        ([click(ALBA, 99 * DAY), click(BRAVA, 98 * DAY)], ALBA, {"A0": "CREDITED", "B0": "OUTSIDE_WINDOW"}, ""),
        ([click(CIELO, DAY), click(BRAVA, HOUR)], CIELO, {"C0": "CREDITED", "B0": "OVERRULED"}, "B0"),
        ([visit(DAY), click(CIELO, HOUR)], ALBA, {"G0": "UNPAID", "C0": "NO_CONTRACT"}, ""),
        ([click(ALBA, DAY), click(ALBA, -HOUR, 1)], ALBA, {"A0": "CREDITED", "A1": "AFTER_EVENT"}, "A0"),
        ([click(BRAVA, DAY)], ALBA, {"B0": "OVERRULED"}, "B0"),
        ([], ALBA, {}, ""),
    ],
)
def test_of_a_partner_who_is_credited_otherwise_the_latest_click_is_shown(steps, partner, expected, valid):
    found = credit_partner(steps, partner, event_date=NOON, agreements={ALBA: LAST, BRAVA: LAST})
    assert verdicts(found) == expected
    assert " ".join(each.step.id for each in found.judged if each.is_valid) == valid
    credited = [step_id for step_id, verdict in expected.items() if verdict == "CREDITED"]
    assert ([found.winner.id] if found.winner else []) == credited
