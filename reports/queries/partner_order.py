"""Which partners a report has, in the order of any of its columns: sorted in SQL, by the one figure that it needs.

So a page of partners reads all figures of its own rows alone; by name or id no figure is read at all.
"""

from common.db.statements import fetch
from program.models import Program
from reports.queries.figures import OTHER, PARTS, NamedPartner, cells_of_partners, together
from reports.queries.filters import Filters

# As Python's casefold: by letters, not by capitals, and the same whatever the database's language is.
_FOLDED = 'casefold({} COLLATE "pg_unicode_fast")'
_METRICS = ("actions", "action_cost", "revenue")
_TEXTS = {"partner": _FOLDED.format("name"), "partner_id": _FOLDED.format("media_partner_id")}

_BY_TEXT = """
    SELECT id, media_partner_id, name FROM program_partner AS partner
    WHERE program_id = %s AND coalesce({any_cell})
    ORDER BY {place} {direction}, name, id
"""
# Not EXISTS, for which the database may read all cells of all partners first: one row of the index is enough.
_ANY_CELL = "(SELECT true FROM {table} WHERE partner_id = partner.id AND {condition} LIMIT 1)"
_BY_FIGURE = """
    SELECT id, media_partner_id, name FROM program_partner AS partner
    JOIN (SELECT partner_id, {place} AS place FROM {table} GROUP BY partner_id) AS figure
      ON figure.partner_id = partner.id
    WHERE program_id = %s ORDER BY place {direction}, name, id
"""


def _figures() -> dict[str, str]:
    """Key of a column → its figure of one partner."""
    known = ", ".join(f"'{status}'" for _, status in PARTS if status)
    found = {}
    for head, status in (*PARTS, ("Total", "")):
        of = f"= '{status}'" if status else f"NOT IN ({known})"
        only = "" if head == "Total" else f" FILTER (WHERE customer_status_category {of})"
        for metric in _METRICS:
            key = f"{head}_{metric}".lower().replace("-", "_")
            found[key] = f"coalesce(sum({metric}){only}, 0)"
    # Without actions the rate is undefined and sorts below all others.
    rate = f"{found['new_actions']} / nullif({found['total_actions']}, 0)::numeric"
    return found | {"new_customer_rate": f"coalesce({rate}, -1)"}


_FIGURES = _figures()


def _figure(key: str) -> tuple[str, tuple[str, ...]]:
    """The figure that a key names, with its value: "revenue:Gold" is of one status, the brand's own or Other."""
    metric, colon, status = key.partition(":")
    if colon and metric in _METRICS:
        return f"coalesce(sum({metric}) FILTER (WHERE customer_status_category = %s), 0)", (_stored(status),)
    return _FIGURES.get(key, ""), ()


def _stored(status: str) -> str:
    """As the rollups have it: an order without a status is Other on pages."""
    return "" if status == OTHER else status.replace("\x00", "")


def partners_in_order(program: Program, filters: Filters, sort: str) -> list[NamedPartner]:
    """Every partner with any order in the range, the reversed among them; a minus before the key is descending."""
    cells, key = cells_of_partners(program, filters), sort.removeprefix("-")
    every, direction = together(cells), "DESC" if sort.startswith("-") else ""
    figure, values = _figure(key)
    if figure:
        sql = _BY_FIGURE.format(place=figure, table=every.table, direction=direction)
        rows = fetch(sql, (*values, *every.values, program.pk), is_planned_once=False)
    else:
        any_cell = ", ".join(_ANY_CELL.format(table=each.table, condition=each.condition) for each in cells)
        sql = _BY_TEXT.format(place=_TEXTS.get(key, _TEXTS["partner"]), any_cell=any_cell, direction=direction)
        rows = fetch(sql, (program.pk, *every.values))
    return [NamedPartner(*row) for row in rows]
