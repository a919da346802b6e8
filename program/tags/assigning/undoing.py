"""Undoing an act: exactly the taggings that it began, extended, merged or ended are as they were, but for customers and
tags of which somebody has changed the taggings since.
"""

from django.db import connection
from django.db.models import F

from common.db.statements import AnyOf, fetch
from program.models import TagAct
from program.models.customer import CustomerTagging
from program.models.tag_act import TagActChange

from .taggings import hold_customers

# Of each customer and tag all changes are undone or none: where each tagging is as the act left it, and no other one
# lies in the times that would be restored.
_SOUND = """
SELECT array_agg(change.id ORDER BY change.id)
FROM program_tagactchange AS change
LEFT JOIN program_customertagging AS tagging ON tagging.id = change.tagging
WHERE change.act_id = %(act)s
GROUP BY change.customer, change.tag
HAVING bool_and(tagging.period IS NOT DISTINCT FROM change.after)
    AND EXISTS (SELECT FROM program_customer WHERE id = change.customer)
    AND EXISTS (SELECT FROM program_customertag WHERE id = change.tag)
    AND NOT EXISTS (
        SELECT FROM program_customertagging AS other
        WHERE other.customer_id = change.customer AND other.tag_id = change.tag
            AND other.period && range_merge(range_agg(change.before))
            AND other.id <> ALL (array_agg(change.tagging)))
"""
_SHORTEN = """
UPDATE program_customertagging SET period = change.before, assigned_by_id = person.id, assigned_at = change.assigned_at
FROM program_tagactchange AS change LEFT JOIN accounts_user AS person ON person.id = change.assigned_by
WHERE change.id = ANY (%s) AND change.before IS NOT NULL AND change.after IS NOT NULL
    AND program_customertagging.id = change.tagging
"""
_PUT_BACK = """
INSERT INTO program_customertagging (id, program_id, customer_id, tag_id, period, assigned_by_id, assigned_at)
SELECT change.tagging, change.program_id, change.customer, change.tag, change.before, person.id, change.assigned_at
FROM program_tagactchange AS change LEFT JOIN accounts_user AS person ON person.id = change.assigned_by
WHERE change.id = ANY (%s) AND change.before IS NOT NULL AND change.after IS NULL
"""


def undo_changes(act: TagAct) -> int:
    """Restore what the act changed, while the caller holds its tags; returns how many taggings were changed since and
    are kept as they are.
    """
    sound = [pk for (ids,) in fetch(_SOUND, {"act": act.pk}, is_planned_once=False) for pk in ids]
    changes = TagActChange.objects.filter(act=act)
    kept = changes.count() - len(sound)
    hold_customers(changes.filter(AnyOf(F("pk"), sound)).values_list("customer", flat=True))
    began = list(changes.filter(AnyOf(F("pk"), sound), before=None).values_list("tagging", flat=True))
    CustomerTagging.objects.filter(AnyOf(F("pk"), began)).delete()
    with connection.cursor() as cursor:
        cursor.execute(_SHORTEN, [sound])
        cursor.execute(_PUT_BACK, [sound])
    return kept
