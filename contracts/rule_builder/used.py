"""Which variables the rules of a draft ask for."""

from django.db import connection

from contracts.drafts.documents import LISTS
from contracts.models import EventPayout

_OF_LIST = """
    SELECT DISTINCT rule ->> 'Variable' FROM {table}, jsonb_array_elements(rules) AS rule
    WHERE event_payout_id = %(event_payout)s AND (is_active OR NOT %(acting)s) AND %({section})s
"""
_USED = " UNION ".join(_OF_LIST.format(table=model._meta.db_table, section=section) for section, model in LISTS.items())


def used_variables(event_payout: EventPayout, *, acting: bool = False) -> frozenset[str]:
    """The keys of the variables of all its groups, adjustments and restrictions, or of those that are `acting`:
    switched on, in a section that is."""
    asked = {name: not acting or event_payout.is_on(name) for name in LISTS}
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"event_payout": event_payout.pk, "acting": acting, **asked})
        return frozenset(key for (key,) in cursor.fetchall())
