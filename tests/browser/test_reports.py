"""A report in a browser: filters, sorting and the way back change figures, chart and table together."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = "?start_date=2026-11-01&end_date=2026-11-30"


@pytest.fixture
def report(page: Page, live_server: Any, brand: Any, alice: Any, client_of: Callable[[Any], Any]) -> Iterator[Page]:
    """Alice on the report by day, with orders of two partners. Fails on any error of the page or its console."""
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import sell, set_up  # noqa: PLC0415

    set_up(brand)
    sell(
        brand,
        {"id": "A-1", "status": "new", "amount": "100"},
        {"id": "B-1", "status": "repeat", "partner": "P-2", "amount": "40", "day": "2026-11-12"},
    )
    fill_touched_days(program_id=brand.pk)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    session = client_of(alice).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/p/1000/reports/performance-by-day-by-customer-status/{DAYS}")
    yield page
    assert errors == []


def revenue(page: Page) -> Any:
    return page.locator(".stat", has_text="Revenue").locator(".stat-value")


def test_a_filter_changes_figures_chart_and_table_together_and_back_undoes_it(report: Page) -> None:
    report.evaluate("window.stayed = true")
    report.get_by_role("button", name="Filter", exact=True).click()
    report.get_by_role("combobox", name="Partner", exact=True).press_sequentially("ket")
    report.get_by_role("option", name="Kettle").click()
    expect(revenue(report)).to_have_text("£100.00")
    expect(report.locator(".legend")).to_contain_text("Existing £0.00")
    expect(report.locator("tfoot")).to_contain_text("100.00")
    assert "partner=P-1" in report.url
    report.get_by_label("Remove filter Partner").click()
    expect(revenue(report)).to_have_text("£140.00")
    report.go_back()
    expect(revenue(report)).to_have_text("£100.00")
    expect(report.locator("trend-chart svg").first).to_be_visible()
    assert report.evaluate("window.stayed")
    report.reload()
    expect(revenue(report)).to_have_text("£100.00")


def test_the_chart_changes_its_metric_and_kind_by_keyboard(report: Page) -> None:
    report.get_by_role("radio", name="Revenue").focus()
    report.keyboard.press("ArrowLeft")
    expect(report.locator("#trend-title")).to_have_text("Action Cost by day, GBP")
    report.get_by_role("radio", name="Bar").focus()
    report.keyboard.press("ArrowRight")
    assert report.get_by_role("radio", name="Line").is_checked()


def test_a_day_unfolds_into_its_statuses_and_all_days_at_once(report: Page) -> None:
    parts = report.locator("tr.part:visible")
    expect(parts).to_have_count(0)
    report.get_by_role("button", name="Customer statuses of Thu 12 Nov 2026").press("Enter")
    expect(parts).to_have_count(1)
    expect(parts).to_contain_text("Existing 100.0%")
    report.get_by_role("button", name="Expand all").click()
    expect(parts).to_have_count(2)
    report.get_by_role("button", name="Collapse all").click()
    expect(parts).to_have_count(0)


@pytest.mark.parametrize("path", ["new-vs-return-customer/", "performance-by-day-by-customer-status/"])
@pytest.mark.parametrize(("width", "query"), [(1280, ""), (1280, "&metric=all"), (390, ""), (390, "&metric=all")])
def test_head_first_column_and_totals_stay_in_sight(
    report: Page, live_server: Any, path: str, width: int, query: str
) -> None:
    report.set_viewport_size({"width": width, "height": 420})
    report.goto(f"{live_server.url}/p/1000/reports/{path}{DAYS}{query}")
    report.locator("tbody tr").last.scroll_into_view_if_needed()
    report.evaluate("document.querySelector('.table-window').scrollBy(200, 0)")
    for part in ("thead tr:last-child th:first-child", "tfoot th"):
        expect(report.locator(part)).to_be_in_viewport()


def middle_of(report: Page, day: int) -> tuple[float, float]:
    """Of a day's column in the drawing."""
    return tuple(
        report.evaluate(
            """day => {
              const chart = document.querySelector("trend-chart");
              chart.scrollIntoView({ block: "center" });
              const { x, y, height } = chart.canvas.getBoundingClientRect();
              return [x + chart.chart.convertToPixel({ xAxisIndex: 0 }, day), y + height / 2];
            }""",
            day,
        )
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_what_the_chart_says_of_a_day_never_hides_its_bar(report: Page, width: int) -> None:
    report.set_viewport_size({"width": width, "height": 844})
    said = report.locator(".trend-tip")
    for day in (0, 9, 11, 15, 29):
        x, y = middle_of(report, day)
        report.mouse.move(x, y)
        expect(said).to_contain_text(f" {day + 1} Nov 2026")
        box = said.bounding_box()
        assert box
        assert box["x"] > x or box["x"] + box["width"] < x or box["y"] + box["height"] < y - 40
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_the_chart_says_the_total_first_then_statuses_and_the_day_before(report: Page) -> None:
    report.mouse.move(*middle_of(report, 11))
    lines = report.locator(".trend-tip dl > *").all_inner_texts()
    assert [" ".join(line.split()) for line in lines] == [
        "Thu 12 Nov 2026", "Total £40.00", "Existing £40.00", "The day before £0.00", "Tue 13 Oct 2026 £0.00",
    ]  # fmt: skip


def test_a_status_chosen_in_the_legend_stands_alone_until_it_is_chosen_again(report: Page) -> None:
    drawn = (
        "document.querySelector('trend-chart').chart.getOption().series.map(each => each.data.some(one => one.value))"
    )
    assert report.evaluate(drawn)[:2] == [True, True]
    report.get_by_role("button", name="Existing alone").press("Enter")
    assert report.evaluate(drawn)[:2] == [False, True]
    report.get_by_role("button", name="New alone").click()
    assert report.evaluate(drawn)[:2] == [True, False]
    report.get_by_role("button", name="New alone").click()
    assert report.evaluate(drawn)[:2] == [True, True]


def test_a_day_of_the_chart_opens_exactly_its_actions(report: Page) -> None:
    report.mouse.click(*middle_of(report, 9))
    expect(report.get_by_role("heading", name="Actions", exact=True)).to_be_visible()
    assert "start_date=2026-11-10&end_date=2026-11-10" in report.url
    expect(report.locator("tbody tr")).to_have_count(1)
    report.go_back()
    report.mouse.click(*middle_of(report, 10))
    assert "reports/performance" in report.url, "a day without orders leads nowhere"


def test_an_export_leads_to_the_readers_files(report: Page) -> None:
    report.get_by_role("button", name="Export").click()
    report.get_by_role("button", name="csv").click()
    expect(report.get_by_role("heading", name="Exports")).to_be_visible()
    expect(report.locator("tbody")).to_contain_text(
        "performance-by-day-by-customer-status-2026-11-01-2026-11-30-GBP-Europe-London.csv"
    )


@pytest.mark.parametrize("path", ["", "reports/new-vs-return-customer/", "reports/exports/"])
def test_no_page_scrolls_sideways_on_a_phone(report: Page, live_server: Any, path: str) -> None:
    report.set_viewport_size({"width": 390, "height": 800})
    report.goto(f"{live_server.url}/p/1000/{path}{DAYS}")
    assert not report.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize(
    "path", ["", "reports/new-vs-return-customer/", "reports/performance-by-day-by-customer-status/"]
)
def test_axe_finds_nothing(report: Page, live_server: Any, path: str) -> None:
    context = report.context.browser.new_context(bypass_csp=True)  # type: ignore[union-attr]
    context.add_cookies(report.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}/p/1000/{path}{DAYS}")
    found = Axe().run(page)["violations"]
    context.close()
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:2]]) for each in found] == []
