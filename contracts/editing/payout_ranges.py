"""From the lowest to the highest payout of terms and how many payout groups they have, for the list of terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.db.statements import fetch
from contracts.engine.explain.words import rate_in_words
from contracts.models import TemplateTerms
from contracts.sections.panels import PAGE

# Of the version in force where there is one, else of the newest; of terms that were never published, of the draft.
# The database reads the documents: a list of terms with a thousand groups each would load megabytes.
_RANGES = """
    SELECT template_terms_id, currency, count(*) FILTER (WHERE is_group), min(rate), max(rate), min(payout), max(payout)
    FROM (
        SELECT version.template_terms_id, document->>'Currency' AS currency, part.*
        FROM unnest(%s::bigint[], %s::integer[]) AS asked(id, number)
        JOIN contracts_termsversion AS version ON version.template_terms_id = asked.id AND version.number = asked.number
        CROSS JOIN LATERAL jsonb_array_elements(document->'EventPayouts') AS event_payout
        CROSS JOIN LATERAL (
            SELECT (event_payout->>'DefaultPayoutRate')::numeric AS rate,
                   (event_payout->>'DefaultPayout')::numeric AS payout, false AS is_group
            UNION ALL
            SELECT (payout_group->>'PayoutRate')::numeric, (payout_group->>'Payout')::numeric, true
            FROM jsonb_array_elements(event_payout->'PayoutGroups') AS payout_group
        ) AS part
        UNION ALL
        SELECT template_terms_id, terms.currency, part.*
        FROM contracts_eventpayout AS event_payout
        JOIN contracts_templateterms AS terms ON terms.id = template_terms_id
        CROSS JOIN LATERAL (
            SELECT (event_payout.sections->>'DefaultPayoutRate')::numeric,
                   (event_payout.sections->>'DefaultPayout')::numeric, false
            UNION ALL
            SELECT payout_rate, payout, true FROM contracts_payoutgroup
            WHERE event_payout_id = event_payout.id AND is_active
                AND (event_payout.switched_on->>'payout_groups')::boolean
        ) AS part
        WHERE template_terms_id = ANY(%s)
    ) AS payouts
    GROUP BY template_terms_id, currency
"""


@dataclass(frozen=True, slots=True)
class PayoutRange:
    """The payouts of terms in words, as `2%–15%` and `£1.00`, and the number of their groups."""

    payouts: tuple[str, ...]
    groups: int


def payout_ranges(terms: Iterable[TemplateTerms]) -> dict[int, PayoutRange]:
    """By the number of each of these terms, which come `with_summary`; terms that pay for nothing yet are left out."""
    published = {each.pk: each.in_force or each.version_number for each in terms}  # type: ignore[attr-defined]
    versions = {pk: number for pk, number in published.items() if number}
    drafts = list(published.keys() - versions.keys())
    rows = fetch(_RANGES, (list(versions), list(versions.values()), drafts), is_planned_once=False)
    found = {}
    for pk, currency, groups, low_rate, high_rate, low, high in rows:
        ranges = (
            _range([(None, low_rate), (None, high_rate)], currency),
            _range([(low, None), (high, None)], currency),
        )
        found[pk] = PayoutRange(tuple(filter(None, ranges)), groups)
    return found


def _range(ends: Sequence[tuple[Decimal | None, Decimal | None]], currency: str) -> str:
    """Both ends, each fixed or in percent, or one where they are equal; nothing where no payout is of this kind."""
    words = [rate_in_words(*end, currency, PAGE) for end in ends if end != (None, None)]
    return "–".join(dict.fromkeys(words))
