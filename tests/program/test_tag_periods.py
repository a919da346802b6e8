"""Which times a customer carries a tag, whatever is assigned and removed since when: against a plain set of hours."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from program.tags.assigning.periods import Period, assigned, ended

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 24
EVER = frozenset(range(HOURS + 1))  # the last one stands for all that follow


def at(hour):
    return START + timedelta(hours=hour)


def hours(period):
    until = HOURS + 1 if period.until is None else int((period.until - START) / timedelta(hours=1))
    return frozenset(range(int((period.since - START) / timedelta(hours=1)), until))


def periods_of(carried):
    """The periods of a set of hours, each as long as it can be."""
    found = []
    for hour in sorted(carried):
        if found and found[-1][1] == hour:
            found[-1][1] = hour + 1
        else:
            found.append([hour, hour + 1])
    return [Period(at(since), None if until == HOURS + 1 else at(until)) for since, until in found]


def after(periods, plan):
    """The periods once the plan is carried out."""
    changed = dict(plan.changed)
    kept = [changed.get(place, each) for place, each in enumerate(periods) if place not in plan.removed]
    return kept + [period for place, period in plan.changed if place is None]


CARRIED = st.frozensets(st.integers(0, HOURS))


@given(CARRIED, st.integers(0, HOURS))
def test_assigned_it_is_carried_from_then_on_and_before_as_it_was(carried, hour):
    periods = periods_of(carried)
    plan = assigned(periods, at(hour))
    there = after(periods, plan)
    expected = carried | {each for each in EVER if each >= hour}
    assert sorted(each for period in there for each in hours(period)) == sorted(expected), "and no hour twice"
    assert frozenset().union(*map(hours, plan.moved)) == expected - carried


@given(CARRIED, st.integers(0, HOURS))
def test_ended_it_is_carried_until_then_as_it_was_and_no_more(carried, hour):
    periods = periods_of(carried)
    plan = ended(periods, at(hour))
    there = after(periods, plan)
    expected = {each for each in carried if each < hour}
    assert sorted(each for period in there for each in hours(period)) == sorted(expected)
    assert frozenset().union(*map(hours, plan.moved)) == carried - expected


def test_assigned_again_nothing_changes():
    assert assigned([Period(at(3))], at(5)) == ((), (), ())


def test_a_moment_before_a_current_period_extends_it_and_takes_in_what_lies_between():
    periods = [Period(at(1), at(4)), Period(at(6), at(8)), Period(at(10))]
    plan = assigned(periods, at(2))
    assert plan.changed == [(0, Period(at(1)))]
    assert plan.removed == [1, 2]
    assert plan.moved == [Period(at(4), at(6)), Period(at(8), at(10))]
