"""The trend's data: what the chart draws and where it leads; the colours it is drawn in."""

import itertools
import re
from datetime import date
from decimal import Decimal

import pytest

from servers.home import PROJECT
from tests.cast import alice, apart, brand, kept
from tests.reports.kept import sold
from tests.reports.test_links import BY_DAY, BY_PARTNER, behind

__all__ = ["alice", "apart", "brand", "kept", "sold"]

DAYS = "start_date=2026-11-01&end_date=2026-11-30"


@pytest.mark.parametrize("path", [BY_DAY, BY_PARTNER])
def test_each_day_and_status_of_the_chart_opens_the_actions_that_it_draws(sold, alice, client_of, path):
    browser = client_of(alice)
    chart = browser.get(f"{path}?{DAYS}").context["chart"]
    found = 0
    for index, day in enumerate(chart["days"]):
        if not chart["counts"][index]:
            continue
        values = {key: Decimal(row[index]) for key, row in chart["totals"].items()}
        shown = (values["actions"], values["action_cost"], values["revenue"])
        assert behind(browser, chart["url"].replace("{day}", day)) == shown
        for line in chart["series"]:
            shown = tuple(Decimal(line["values"][key][index]) for key in ("actions", "action_cost", "revenue"))
            assert behind(browser, line["url"].replace("{day}", day)) == shown
            found += 1
    assert found == 3 * 4


def test_the_totals_are_those_of_the_series(sold, alice, client_of):
    chart = client_of(alice).get(f"{BY_DAY}?{DAYS}").context["chart"]
    for key, totals in chart["totals"].items():
        for index, total in enumerate(totals):
            assert Decimal(total) == sum(Decimal(line["values"][key][index]) for line in chart["series"])


@pytest.mark.parametrize(
    ("query", "label", "first"),
    [
        ("", "Same day, 30 days before", date(2026, 10, 2)),
        ("&compare=year", "Same day, a year before", date(2025, 11, 1)),
        ("&start_date=2026-11-30", "The day before", date(2026, 11, 29)),
    ],
)
def test_the_days_that_it_is_compared_with_are_drawn(sold, alice, client_of, query, label, first):
    before = client_of(alice).get(f"{BY_DAY}?end_date=2026-11-30{query}").context["chart"]["before"]
    assert before["label"] == label
    assert before["days"][0] == first.isoformat()


def test_without_a_comparison_none_is_drawn(sold, alice, client_of):
    assert client_of(alice).get(f"{BY_DAY}?{DAYS}&compare=none").context["chart"]["before"] is None


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_neighbours_in_a_stack_contrast_with_each_other_and_with_the_surface(theme):
    tokens = (PROJECT / "static/css/tokens.css").read_text()
    found = re.findall(r"--(surface|chart-[a-z0-9]+): light-dark\((#\w+), (#\w+)\)", tokens)
    colours = {name: pair[theme] for name, *pair in found}
    stack = ["new", "existing", "reengaged", "other", "own1", "own2", "own3", "own4", "own5", "own6"]
    pairs = [*itertools.pairwise(stack), ("other", "new"), ("existing", "own1")]
    for one, other in pairs:
        assert contrast(colours[f"chart-{one}"], colours[f"chart-{other}"]) >= 3, (one, other)
    for name in stack:
        assert contrast(colours[f"chart-{name}"], colours["surface"]) >= 3, name


@pytest.mark.parametrize(
    ("statuses", "order"),
    [
        (("New", "Existing", "Other"), ["Other", "New", "Existing"]),
        (("New", "Existing", "Gold", "Silver", "Other"), ["Other", "New", "Existing", "Gold", "Silver"]),
        (("New", "Existing", "Re-Engaged", "Other"), ["New", "Existing", "Re-Engaged", "Other"]),
        (("Re-Engaged", "Gold", "Other"), ["Re-Engaged", "Other", "Gold"]),
    ],
)
def test_other_is_never_beside_a_status_as_dark(statuses, order):
    from reports.pages.statuses import stacked  # noqa: PLC0415 (models need Django to be set up)
    from reports.queries.figures import ByStatus, Figures  # noqa: PLC0415

    assert stacked(statuses, ByStatus({status: Figures(actions=1) for status in statuses})) == order
