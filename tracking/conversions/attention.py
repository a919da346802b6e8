"""What waits for somebody's decision: the number beside “Needs attention” in the navigation."""

from django.db.models import OuterRef, QuerySet

from tracking.models import Conversion, Modification

from .tabs import STUCK


def stuck_orders(program: OuterRef) -> QuerySet[Conversion]:
    """Real orders that could not be credited; `unpriced` lets the database use the index that holds these few rows."""
    return Conversion.objects.filter(program=program, is_test=False).unpriced().filter(state__in=STUCK)


def refused_changes(program: OuterRef) -> QuerySet[Modification]:
    """Changes that were refused and not dismissed."""
    return Modification.objects.filter(program=program).to_settle()
