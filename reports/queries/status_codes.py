"""Customer status codes: those that orders brought or the mapping has, to choose from, and what some of them mean."""

from collections.abc import Sequence

from common.db.statements import fetch
from program.choices.kinds import MOST, Choice
from program.models import Program

from .figures import OTHER

# One of each code, in whatever letter case; `position` and not a pattern, so that % and _ are themselves.
_CODES = """
SELECT min(code), max(category) FROM (
    SELECT customer_status AS code, customer_status_category AS category FROM reports_dailytotal
    WHERE program_id = %s AND customer_status <> '' AND position(upper(%s::text) IN upper(customer_status)) > 0
    UNION ALL
    SELECT code, category FROM program_customerstatusmapping
    WHERE program_id = %s AND position(upper(%s::text) IN upper(code)) > 0
) AS known
GROUP BY upper(code) ORDER BY upper(code) <> upper(%s::text), upper(code) LIMIT %s OFFSET %s
"""
_MEANT = """
SELECT DISTINCT upper(customer_status), customer_status_category FROM reports_dailytotal
WHERE program_id = %s AND upper(customer_status) IN (SELECT upper(code) FROM unnest(%s::text[]) code)
"""


def codes_to_choose(program: Program, text: str, start: int) -> list[Choice]:
    values = (program.pk, text, program.pk, text, text, MOST + 1, start)
    return [Choice(code, code, category or OTHER) for code, category in fetch(_CODES, values)]


def statuses_of(program: Program, codes: Sequence[str]) -> dict[str, str]:
    """The customer status of each of these codes that an order brought, by the code."""
    if not codes:
        return {}
    meant = dict(fetch(_MEANT, (program.pk, list(codes))))
    return {code: meant[code.upper()] or OTHER for code in codes if code.upper() in meant}
