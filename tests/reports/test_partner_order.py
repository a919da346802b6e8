"""Partners stand in the order of any column, which the database settles: as sorting what the rows show would."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.queries.figures import partner_rows
from reports.queries.filters import Filters
from reports.queries.partner_order import partners_in_order
from reports.queries.tables import partner_cells, partner_columns
from tests.cast import alice, apart, brand, kept
from tests.reports.kept import sold

__all__ = ["alice", "apart", "brand", "kept", "sold"]

NOVEMBER = Filters(date(2026, 11, 1), date(2026, 11, 30))
FIGURES = [column.key for column in partner_columns()][2:]


@pytest.fixture
def various(sold):
    """Beside the partners with orders of every status one that had an order returned, and so has no rate."""
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415 (models need Django to be set up)
    from tests.reports.orders import give_back, sell  # noqa: PLC0415

    sell(sold, {"id": "Q-1", "partner": "P-3", "status": "repeat", "amount": "70"})
    give_back(sold, "Q-1")
    fill_touched_days(program_id=sold.pk)
    return sold


@pytest.mark.parametrize("minus", ["", "-"])
@pytest.mark.parametrize("key", FIGURES)
def test_by_a_figure(various, key, minus):
    rows = partner_rows(various, NOVEMBER, partners_in_order(various, NOVEMBER, minus + key))
    figures = [partner_cells(row.figures, "GBP")[FIGURES.index(key)] for row in rows]
    shown = [-1 if figure is None else figure for figure in figures]
    assert len(shown) == 3
    assert shown == sorted(shown, reverse=bool(minus))


@pytest.mark.parametrize("sort", ["partner", "-partner"])
def test_by_name_capitals_and_accents_are_as_python_folds_them(various, sort):
    from program.models import Partner  # noqa: PLC0415

    names = ["straße", "Strasse 2", "Äpfel"]
    for partner, name in zip(Partner.objects.filter(program=various).order_by("pk"), names, strict=True):
        partner.name = name
        partner.save(update_fields=["name"])
    found = [partner.name for partner in partners_in_order(various, NOVEMBER, sort)]
    assert found == sorted(names, key=str.casefold, reverse=sort.startswith("-"))


def test_by_name_no_figure_is_read(various):
    with CaptureQueriesContext(connection) as queries:
        partners_in_order(various, NOVEMBER, "partner")
    assert [query["sql"] for query in queries if "sum(" in query["sql"]] == []


def test_partners_without_an_order_in_the_range_are_left_out(various):
    tenth = Filters(date(2026, 11, 10), date(2026, 11, 10))
    assert {partner.name for partner in partners_in_order(various, tenth, "partner")} == {"Kettle", "Quiet"}


def test_the_rows_are_those_of_the_partners_asked_for(various):
    kettle = [partner for partner in partners_in_order(various, NOVEMBER, "partner") if partner.name == "Kettle"]
    (row,) = partner_rows(various, NOVEMBER, kettle)
    assert row.partner.name == "Kettle"
    assert row.figures.total.actions == 5


def test_each_row_leads_to_its_partner(various, alice, client_of):
    page = client_of(alice).get("/p/1000/reports/new-vs-return-customer/?start_date=2026-11-01&end_date=2026-11-30")
    for partner in partners_in_order(various, NOVEMBER, "partner"):
        assert f'href="{reverse("reports:partner_detail", args=[1000, partner.partner_id])}"' in page.content.decode()
