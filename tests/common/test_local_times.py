"""Times that a clock skips."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from common.formats.local_times import why_skipped
from common.refusals import Refused
from tracking.intake import parsing


@pytest.mark.parametrize(
    ("zone", "local", "instead"),
    [
        ("Europe/London", "2026-03-29T00:59", ""),
        ("Europe/London", "2026-03-29T01:00", "02:00"),
        ("Europe/London", "2026-03-29T01:59", "02:59"),
        ("Europe/London", "2026-03-29T02:00", ""),
        ("Europe/London", "2026-10-25T01:30", ""),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "02:45"),
        ("America/Santiago", "2026-09-06T00:00", "01:00"),
        ("UTC", "2026-03-29T01:30", ""),
    ],
)
def test_a_time_that_the_clock_skips_is_told_with_the_one_that_it_shows(zone, local, instead):
    why = why_skipped(datetime.fromisoformat(local), ZoneInfo(zone))
    assert bool(why) == bool(instead)
    assert f"Write {instead}" in why or not instead
    assert zone in why or not instead


def test_a_moment_is_refused_only_where_it_is_asked_and_a_day_or_an_offset_never_is():
    def read(text, **options):
        return parsing.read_moment(text, "America/Santiago", **options).isoformat()

    assert read("2026-09-06T00:30") == "2026-09-06T04:30:00+00:00"
    with pytest.raises(Refused, match=r"00:30 does not exist on 2026-09-06 in America/Santiago"):
        read("2026-09-06T00:30", takes_skipped=False)
    assert read("2026-09-06", takes_skipped=False) == "2026-09-06T04:00:00+00:00"
    assert read("2026-09-06T00:30Z", takes_skipped=False) == "2026-09-06T00:30:00+00:00"
