"""Journeys at random: steps around the ends of their windows and the change of clocks, and contracts by partner."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.engine.naive.attribution import Contract, Step

PARTNERS = (1, 2, 3)
NAMES = {1: "Alba", 2: "Brava", 3: "Cielo"}
SOURCES = ("google", "Google", "bing", "  bing")
CHANNELS = ("Affiliate", "affiliate", "Paid search", "E-mail", "")
GROUPS = ("Blogs", "Cash back", "blogs")
ZONES = st.sampled_from([UTC, ZoneInfo("Europe/London"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia")])
HOUR = 3_600_000_000
# Of an hour and of days: each ends at a moment of its own.
WINDOWS = (HOUR, 24 * HOUR, 48 * HOUR, 7 * 24 * HOUR)
# In London clocks go back on 25 October and forward on 29 March.
EVENTS = st.one_of(
    st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 27), timezones=ZONES, allow_imaginary=False),
    st.datetimes(datetime(2026, 3, 28), datetime(2026, 3, 31), timezones=ZONES, allow_imaginary=False),
    st.datetimes(datetime(2026, 6, 1), datetime(2026, 6, 2), timezones=st.just(UTC)),
)
# Microseconds before the event: at and around the end of a window, at the event, an hour beside, or anywhere.
AGES = st.one_of(
    st.builds(
        lambda window, beside: window + beside,
        st.sampled_from((0, *WINDOWS)),
        st.sampled_from((-HOUR, -1, 0, 1, HOUR)),
    ),
    st.integers(-2 * HOUR, 8 * 24 * HOUR),
)
CONTRACTS = st.builds(
    Contract,
    is_first=st.booleans(),
    pays=st.sampled_from((True, True, True, False)),
    windows=st.dictionaries(st.sampled_from(("CLICK", "IMPRESSION")), st.sampled_from(WINDOWS), min_size=1),
)


@st.composite
def journeys(draw):
    """Steps as they were stored, the event's moment, and the contracts by partner."""
    event = draw(EVENTS)
    count = draw(st.integers(0, 8))
    numbers = draw(st.permutations(range(count)))
    steps = [draw(_steps(event, number)) for number in numbers]
    return steps, event, draw(st.dictionaries(st.sampled_from(PARTNERS), CONTRACTS))


@st.composite
def _steps(draw, event, number):
    at = (event.astimezone(UTC) - timedelta(microseconds=draw(AGES))).astimezone(
        draw(st.sampled_from((UTC, event.tzinfo)))
    )
    partner = draw(st.sampled_from((None, *PARTNERS, *PARTNERS)))
    kind = "VISIT" if partner is None else draw(st.sampled_from(("CLICK", "IMPRESSION")))
    return Step(
        id=f"S{number}",
        kind=kind,
        at=at,
        number=number,
        partner=partner,
        media=NAMES[partner] if partner else draw(st.sampled_from(SOURCES)),
        channel=draw(st.sampled_from(CHANNELS)),
        groups=tuple(draw(st.lists(st.sampled_from(GROUPS), max_size=2))) if partner else (),
        facts={"ReferralParam1": f"of S{number}"},
    )
