"""Limits and caps: what is refused, which counters an order meets, and what they leave of a payout (payouts.md §6)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from common.refusals import Refused
from contracts.engine.document.load import document, load
from contracts.engine.document.sections.limits import LIMITS, Limit
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.engine.pricing.limits.caps import Cap, Counter, TermsLimits, Whose, caps_of, in_digits
from contracts.engine.pricing.limits.kept import read_settled, write_settled
from contracts.engine.pricing.limits.lines import due, paid
from contracts.engine.pricing.limits.periods import first_day, next_day
from contracts.engine.pricing.limits.settle import approved, changed, first, returned
from contracts.engine.pricing.plan import compile_plan
from tests.engine import cast
from tests.engine.cast import CONTEXT, DIGITS, order, terms

LOCKING = {"Basis": "TRACKED", "Period": "MONTH", "MonthOffset": 1, "DayOffset": 0}


def limit(type_="PAYOUT", by="ALL", period="MONTH", value="100"):
    written = {"Type": type_, "LimitBy": by, "Value": value}
    return written | ({"Period": period} if period else {})


def errors(*limits, **parts):
    with pytest.raises(Refused) as refused:
        load(cast.document(Limits=list(limits), **parts), digits=DIGITS)
    return {each.path.removeprefix("EventPayouts[0]."): each.message for each in refused.value}


@pytest.mark.parametrize(("limits", "parts", "path"), [
    ([limit("ACTION", "ORDER", "")], {}, "Limits[0].LimitBy"),
    ([limit("ACTION", "ITEM", "")], {"level": "ITEM"}, "Limits[0].LimitBy"),
    ([limit("PAYOUT", "ITEM", "")], {"level": "ORDER"}, "Limits[0].LimitBy"),
    ([limit("PAYOUT", "CLICK", "MONTH")], {}, "Limits[0].Period"),
    ([limit("PAYOUT", "ORDER", "DAY")], {}, "Limits[0].Period"),
    ([limit("PAYOUT", "ALL", "")], {}, "Limits[0].Period"),
    ([limit("PAYOUT", "CUSTOMER", "YEAR")], {}, "Limits[0].Period"),
    ([limit(period="LOCKING_PERIOD")], {}, "Limits[0].Period"),
    ([limit(period="LOCKING_PERIOD")], {"Locking": {"OpenEnded": True}}, "Limits[0].Period"),
    ([limit(value="0")], {}, "Limits[0].Value"),
    ([limit(value=None)], {}, "Limits[0].Value"),
    ([limit("ACTION", value="2.5")], {}, "Limits[0].Value"),
    ([limit("ACTION", value="0")], {}, "Limits[0].Value"),
    ([limit("CLICK")], {}, "Limits[0].Type"),
    ([limit(), limit(value="50")], {}, "Limits[1]"),
    ([limit() | {"WeekendValue": "5"}], {}, "Limits[0].WeekendValue"),
    ([limit(value=str(n + 1), by="CUSTOMER") for n in range(41)], {}, "Limits"),
])  # fmt: skip
def test_a_limit_that_says_nothing_sensible_is_refused_with_its_path(limits, parts, path):
    assert path in errors(*limits, **parts)


def test_limits_come_back_from_the_document_as_they_were():
    raw = [
        limit("PAYOUT", "ORDER", "", "20.00"), limit("PAYOUT", "CUSTOMER", "MONTH", "100.00"),
        limit("ACTION", "CLICK", "", "1"), limit("ACTION", "ALL", "LOCKING_PERIOD", "500"),
    ]  # fmt: skip
    read = load(cast.document(Limits=raw, Locking=LOCKING), digits=DIGITS)
    assert document(read)["EventPayouts"][0]["Limits"] == raw
    assert read.event_payouts[0].limits[0] == Limit("PAYOUT", "ORDER", Decimal("20.00"))
    assert LIMITS.words(read.event_payouts[0].limits, "GBP") == (
        "At most 20.00 GBP for each order. At most 100.00 GBP for each customer in a month. "
        "At most 1 action for each click. At most 500 actions in a locking period."
    )


WEDNESDAY = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # in Berlin it is Thursday


@pytest.mark.parametrize(("period", "key"), [
    ("DAY", "2026-11-26"), ("WEEK", "2026-11-23"), ("MONTH", "2026-11-01"), ("QUARTER", "2026-10-01"),
    ("CONTRACT", ""), ("LOCKING_PERIOD", "2026-12-31T23:00:00+00:00"),
])  # fmt: skip
def test_periods_are_those_of_the_event_date_in_the_programs_zone(period, key):
    limits = TermsLimits((Limit("PAYOUT", "ALL", Decimal(5), period),))
    whose = Whose(WEDNESDAY, "Europe/Berlin", datetime(2026, 12, 31, 23, tzinfo=UTC))
    ((counter, *_),) = [(cap.counter,) for cap in caps_of(limits, whose, 2)]
    assert counter.period_key == key


@pytest.mark.parametrize(("period", "first", "then"), [
    ("DAY", "2026-12-31", "2027-01-01"), ("WEEK", "2026-12-28", "2027-01-04"), ("MONTH", "2026-12-01", "2027-01-01"),
    ("QUARTER", "2026-10-01", "2027-01-01"),
])  # fmt: skip
def test_a_period_ends_where_the_next_begins(period, first, then):
    begins = first_day(period, datetime(2026, 12, 31).date())
    assert (begins.isoformat(), next_day(period, begins).isoformat()) == (first, then)
    assert next_day("CONTRACT", begins) is None


def test_caps_act_by_click_customer_and_all_then_actions_then_the_terms():
    limits = TermsLimits(
        (
            Limit("ACTION", "ALL", Decimal(9), "WEEK"), Limit("PAYOUT", "ALL", Decimal(5), "MONTH"),
            Limit("PAYOUT", "CUSTOMER", Decimal(4), "MONTH"), Limit("PAYOUT", "ORDER", Decimal(1)),
            Limit("PAYOUT", "CLICK", Decimal("3.009")),
        ),
        WholeLimit(Decimal(7), "DAY", Decimal(2)), WholeLimit(Decimal(900), "CONTRACT"),
    )  # fmt: skip
    caps = caps_of(limits, Whose(WEDNESDAY, "UTC", None, customer="17", click="c"), 2)
    assert [(*cap.counter[:4], str(cap.value)) for cap in caps] == [
        (False, "PAYOUT", "CLICK", "c", "3.00"), (False, "PAYOUT", "CUSTOMER", "17", "4.00"),
        (False, "PAYOUT", "ALL", "", "5.00"), (False, "ACTIONS", "ALL", "", "9"),
        (True, "ACTIONS", "ALL", "", "7"), (True, "PAYOUT", "ALL", "", "900.00"),
    ]  # fmt: skip
    unnamed = caps_of(limits, Whose(WEDNESDAY, "UTC", None), 2)
    assert {cap.counter.by for cap in unnamed} == {"ALL"}


@pytest.mark.parametrize(("day", "most"), [(27, 7), (28, 2), (29, 2), (30, 7)])  # of November: Friday to Monday
def test_the_weekend_value_stands_on_saturday_and_sunday(day, most):
    limits = TermsLimits(action_limit=WholeLimit(Decimal(7), "DAY", Decimal(2)))
    (cap,) = caps_of(limits, Whose(datetime(2026, 11, day, 12, tzinfo=UTC), "UTC", None), 2)
    assert cap.value == most


def test_weekends_are_those_of_the_program_s_zone_and_may_take_nothing():
    limits = TermsLimits(action_limit=WholeLimit(Decimal(7), "DAY", Decimal(0)))
    friday = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)  # in Berlin it is Saturday
    assert [caps_of(limits, Whose(friday, zone, None), 2)[0].value for zone in ("UTC", "Europe/Berlin")] == [7, 0]


ALL = Counter(False, "PAYOUT", "ALL", "", "MONTH", "2026-11-01")
MINE = Counter(False, "PAYOUT", "CUSTOMER", "17", "MONTH", "2026-11-01")
PLACES = Counter(False, "ACTIONS", "ALL", "", "DAY", "2026-11-25")
SPEND = Counter(True, "PAYOUT", "ALL", "", "MONTH", "2026-11-01")


def cap(counter, value):
    value = Decimal(value) if counter == PLACES else in_digits(Decimal(value), 2)
    return Cap(counter, value, whole=counter in (PLACES, SPEND))


def held(**by_name):
    names = {"all": ALL, "mine": MINE, "places": PLACES, "spend": SPEND}
    return {names[name]: Decimal(value) for name, value in by_name.items()}


@pytest.mark.parametrize(("caps", "counters", "payout", "over"), [
    ({"all": "50"}, {"all": "0"}, "10", ""),
    ({"all": "50"}, {"all": "46.50"}, "3.50", ""),
    ({"all": "50"}, {"all": "50"}, "0", ""),
    ({"all": "50"}, {"all": "80"}, "0", ""),  # above its cap by an approved action
    ({"mine": "4", "all": "50"}, {"mine": "1", "all": "48"}, "2", ""),
    ({"mine": "4", "all": "50"}, {"mine": "1", "all": "0"}, "3", ""),
    ({"places": "3"}, {"places": "2"}, "10", ""),
    ({"places": "3"}, {"places": "3"}, "0", "ACTIONS"),
    ({"spend": "100"}, {"spend": "90"}, "10", ""),
    ({"spend": "100"}, {"spend": "90.01"}, "0", "SPEND"),
    ({"all": "50", "spend": "100"}, {"all": "46", "spend": "96"}, "4", ""),  # what is clipped first does not cross
    ({"all": "50", "spend": "100"}, {"all": "50", "spend": "120"}, "0", ""),  # 0 never crosses
    ({"places": "3", "spend": "100"}, {"places": "3", "spend": "100"}, "0", "ACTIONS"),
])  # fmt: skip
def test_an_order_of_10_is_paid_what_is_left(caps, counters, payout, over):
    names = {"all": ALL, "mine": MINE, "places": PLACES, "spend": SPEND}
    settled = first(Decimal(10), [cap(names[name], value) for name, value in caps.items()], held(**counters))
    assert (settled.payout, settled.over_cap) == (Decimal(payout), over)
    assert {each.took for each in settled.met} <= ({Decimal(0)} if over else {Decimal(payout), Decimal(1)})
    assert read_settled(write_settled(settled)) == settled


def test_an_over_cap_action_keeps_what_it_would_be_paid_and_is_paid_that_once_approved():
    caps = [cap(ALL, 50), cap(PLACES, 3), cap(SPEND, 60)]
    over = first(Decimal(10), caps, held(all="44", places="3", spend="58"))
    assert (over.intended, over.payout, over.by.cap.counter) == (6, 0, PLACES)
    paid_all_the_same = approved(over, held(all="47", places="3", spend="58"))
    assert (paid_all_the_same.payout, paid_all_the_same.over_cap) == (6, "")
    assert [each.took for each in paid_all_the_same.met] == [6, 1, 6]  # 53 of 50, 4 of 3, 64 of 60


@pytest.mark.parametrize(("counters", "due", "payout"), [
    ({"all": "50"}, "12", "4"),  # a raise where nothing is left
    ({"all": "49"}, "12", "5"),  # takes what is left beside what it had
    ({"all": "30"}, "12", "6"),  # and not more than was added
    ({"all": "30"}, "10", "4"),  # what was clipped is not raised when others give back
    ({"all": "30"}, "8", "4"),
    ({"all": "50"}, "3", "3"),
    ({"all": "70"}, "12", "4"),
])  # fmt: skip
def test_a_changed_order_that_was_clipped_to_4_of_10(counters, due, payout):
    caps = [cap(ALL, 50)]
    before = first(Decimal(10), caps, held(all="46"))
    assert before.payout == 4
    after = changed(before, Decimal(due), caps, held(**counters))
    assert (after.payout, after.met[0].took) == (Decimal(payout), Decimal(payout))


def test_a_raise_stops_at_the_spend_limit_and_an_action_keeps_its_place():
    caps = [cap(PLACES, 1), cap(SPEND, 15)]
    before = first(Decimal(10), caps, held(places="0", spend="0"))
    after = changed(before, Decimal(20), caps, held(places="1", spend="12"))
    assert (after.payout, after.over_cap) == (13, "")


def test_a_full_return_gives_back_and_coming_back_needs_a_place_again():
    caps = [cap(PLACES, 1), cap(ALL, 50)]
    before = first(Decimal(10), caps, held(places="0", all="0"))
    gone = returned(before, caps, held(places="1", all="10"))
    assert (gone.payout, [each.took for each in gone.met]) == (0, [0, 0])
    assert changed(gone, Decimal(10), caps, held(places="0", all="47")).payout == 3
    again = changed(gone, Decimal(10), caps, held(places="1", all="47"))
    assert (again.payout, again.over_cap) == (0, "ACTIONS")


def test_an_over_cap_action_stays_so_when_it_changes_and_another_customer_has_another_counter():
    caps = [cap(MINE, 4), cap(PLACES, 1)]
    over = first(Decimal(10), caps, held(mine="0", places="1"))
    assert over.intended == 4
    less = changed(over, Decimal(3), caps, held(mine="0", places="0"))
    assert (less.over_cap, less.intended, less.payout) == ("ACTIONS", 3, 0)
    over = first(Decimal(10), [cap(SPEND, 50)], held(spend="45"))
    assert changed(over, Decimal(30), [cap(SPEND, 50)], held(spend="45")).intended == 30  # to be approved as a whole
    theirs = MINE._replace(scope="18")
    before = first(Decimal(10), [cap(MINE, 4)], held(mine="0"))
    moved = changed(before, Decimal(10), [cap(theirs, 4)], {theirs: Decimal(3)})
    assert (moved.payout, moved.met[0].cap.counter) == (1, theirs)
    places = MINE._replace(what="ACTIONS")
    before = first(Decimal(10), [Cap(places, Decimal(1), whole=True)], {places: Decimal(0)})
    other = places._replace(scope="18")
    moved = changed(before, Decimal(10), [Cap(other, Decimal(1), whole=True)], {other: Decimal(1)})
    assert (moved.payout, moved.over_cap) == (0, "ACTIONS")


def priced(*limits, level="ORDER", **parameters):
    agreed = terms(level=level, Limits=list(limits))
    an_order = order(CONTEXT, **parameters)
    return due(compile_plan(agreed, "SALE"), an_order), an_order


TWO = {"Items": [{"ItemSku": "A", "ItemPrice": "100"}, {"ItemSku": "B", "ItemPrice": "50"}]}


@pytest.mark.parametrize(("limits", "level", "payouts"), [
    ([], "ORDER", ["10.00", "5.00"]),
    ([limit("PAYOUT", "ORDER", "", "9")], "ORDER", ["6.00", "3.00"]),  # shared by sale amount
    ([limit("PAYOUT", "ORDER", "", "9")], "ITEM", ["9.00", "0.00"]),  # in the order sent
    ([limit("PAYOUT", "ITEM", "", "6")], "ITEM", ["6.00", "5.00"]),
    ([limit("PAYOUT", "ITEM", "", "6"), limit("PAYOUT", "ORDER", "", "7.005")], "ITEM", ["6.00", "1.00"]),
    ([limit("PAYOUT", "CUSTOMER", "MONTH", "1")], "ITEM", ["10.00", "5.00"]),  # counted elsewhere
])  # fmt: skip
def test_an_order_of_two_lines_under_limits_of_its_own(limits, level, payouts):
    decision, _ = priced(*limits, level=level, **TWO)
    assert [str(line.payout) for line in decision.lines] == payouts
    assert decision.payout == sum(map(Decimal, payouts))


def test_an_order_without_items_is_limited_as_one_item():
    decision, an_order = priced(limit("PAYOUT", "ITEM", "", "6"), level="ITEM", Amount="100")
    assert str(decision.payout) == "6.00"
    assert [str(line.payout) for line in paid(decision, an_order, "ITEM", Decimal(2)).lines] == ["2.00"]
