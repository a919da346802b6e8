"""The tables of the two reports: which columns and rows they have, what folds away, and in which order."""

import pytest

from tests.cast import alice, apart, brand, kept
from tests.reports.kept import sold
from tests.reports.reading import Page

__all__ = ["alice", "apart", "brand", "kept", "sold"]

REPORTS = ("reports/new-vs-return-customer/", "reports/performance-by-day-by-customer-status/")
DAYS = "?start_date=2026-11-01&end_date=2026-11-30"


def text(response):
    return response.content.decode()


def test_the_partner_report_shows_each_partner_and_the_totals(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}"))
    assert "Kettle" in page
    assert "Anvil &amp; Sons" in page
    assert "Quiet" not in page.partition("<tbody>")[2]
    assert "Total, 2 partners" in page
    assert "42.9%" in page
    assert "430.72" in text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&metric=revenue"))


@pytest.fixture
def gold(sold):
    """Two more orders, of statuses that the brand named itself, and one of no status."""
    from program.event_types.services import set_customer_status_mapping  # noqa: PLC0415
    from program.models import EventType  # noqa: PLC0415
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import MAPPING, sell  # noqa: PLC0415

    sale = EventType.objects.get(program=sold, code="SALE")
    set_customer_status_mapping(event_type=sale, mapping={**MAPPING, "Gold": ["gold"], "Silver": ["ag"]}, enabled=True)
    sell(sold, {"id": "G-1", "status": "gold", "amount": "7"}, {"id": "G-2", "status": "ag", "partner": "P-2"})
    fill_touched_days(program_id=sold.pk)
    return sold


def test_the_partner_report_shows_one_metric_or_all(sold, alice, client_of):
    browser = client_of(alice)
    page = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}&metric=action_cost")))
    assert [cell.text.strip() for cell in page.rows[0]][:2] == ["Partner", "Total"]
    assert len(page.rows[1]) == len(page.rows[0])
    everything = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}&metric=all")))
    assert len(everything.rows[2]) == 3 * (len(page.rows[1]) - 3) + 3


def test_the_day_report_shows_days_with_their_statuses(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}&page_size=31"))
    assert page.index("Fri 13 Nov 2026") < page.index("Tue 10 Nov 2026")
    assert "Total, 30 days" in page
    assert page.count("lead") == 30
    assert "£430.72" in page


def test_another_metric_keeps_the_order_by_the_same_status(sold, alice, client_of):
    page = Page(text(client_of(alice).get(f"/p/1000/{REPORTS[0]}?metric=revenue&sort=-new_revenue")))
    assert "?metric=action_cost&sort=-new_action_cost" in page.links
    assert "?metric=all&sort=-new_revenue" in page.links


def test_a_status_of_zeros_folds_away_and_is_named(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&partner=P-2"))
    assert [cell.text.strip() for cell in Page(page).rows[0]] == [
        "Partner",
        "Total",
        "New",
        "Other",
        "New rate",
        "Share of actions",
    ]
    assert "customers of the status Return, Re-Engaged." in page


def test_other_unfolds_into_the_brands_own_statuses_which_sort(gold, alice, client_of):
    browser = client_of(alice)
    folded = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}")))
    unfolded = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}&other=shown&sort=-actions:Silver")))
    assert "?start_date=2026-11-01&end_date=2026-11-30&other=shown" in folded.links
    names = [cell.text.strip() for cell in unfolded.rows[0]]
    assert names == [
        "Partner",
        "Total",
        "New",
        "Return",
        "Re-Engaged",
        "Gold",
        "Silver",
        "Other",
        "New rate",
        "Share of actions",
    ]
    total = [cell.text for cell in folded.rows[-1]]
    parts = [cell.text for cell in unfolded.rows[-1]]
    assert int(total[5]) == sum(int(part) for part in parts[5:8])
    assert unfolded.rows[1][0].text.startswith("Anvil")


def test_every_status_of_the_brand_has_a_colour_of_its_own(gold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}"))
    assert 'status-own1" href' in page
    assert 'status-own2" href' in page


def test_a_share_bar_says_its_shares_in_words(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}&partner=P-1"))
    assert 'aria-label="New 40.0%, Existing 20.0%, Re-Engaged 20.0%, Other 20.0%"' in page


def test_days_are_folded_and_say_where_nothing_was_ordered(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}"))
    assert page.count("data-fold ") == 3
    assert page.count('<tr class="part" hidden>') == page.count('<tr class="part"') > 3
    assert page.count('class="muted">No orders') == 27


def test_columns_can_be_shown(sold, alice, client_of):
    browser = client_of(alice)
    assert "Gross Action Cost, GBP" not in text(browser.get(f"/p/1000/{REPORTS[1]}{DAYS}"))
    assert "Gross Action Cost, GBP" in text(browser.get(f"/p/1000/{REPORTS[1]}{DAYS}&show=gross_action_cost"))


@pytest.mark.parametrize(
    ("sort", "first"),
    [("partner", "Anvil"), ("-partner", "Kettle"), ("-new_actions", "Kettle"), ("new_actions", "Anvil")],
)
def test_partners_are_sorted_by_any_column(sold, alice, client_of, sort, first):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&sort={sort}"))
    names = page.partition("<tbody>")[2]
    assert names.index(first) < names.index("Kettle" if first == "Anvil" else "Anvil")
