"""What waits for somebody's decision: the number beside “Needs attention” in the navigation, and the customer status
codes of what waits.
"""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import CharField, Count, Max, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, TruncDate

from program.models import EventType
from tracking.models import Conversion, Modification

from .tabs import STUCK


def stuck_orders(program: OuterRef) -> QuerySet[Conversion]:
    """Real orders that could not be credited; `unpriced` lets the database use the index that holds these few rows."""
    return Conversion.objects.filter(program=program, is_test=False).unpriced().filter(state__in=STUCK)


def refused_changes(program: OuterRef) -> QuerySet[Modification]:
    """Changes that were refused and not dismissed."""
    return Modification.objects.filter(program=program).to_settle()


def held_codes(event_type: EventType, since: date) -> Iterable[tuple[str, int, date]]:
    """The customer status codes of real orders that were received since a day and could not be credited, each with its
    orders and the latest day. One without a code counts under an empty one, unless its status will be worked out.
    """
    zone = event_type.program.zone
    sent = KeyTextTransform("CustomerStatus", "payload")
    code = Coalesce(sent, Value(""), output_field=CharField())
    orders = Conversion.objects.filter(program=event_type.program_id, event_type=event_type, is_test=False)
    orders = orders.unpriced().filter(state__in=STUCK, received_at__gte=datetime.combine(since, time(), zone))
    is_worked_out = ~Q(customer_id="") if event_type.works_out_status else Q(pk__in=[])
    coded = orders.order_by().annotate(code=code).exclude(is_worked_out & Q(code=""))
    return coded.values_list("code").annotate(orders=Count("pk"), last=Max(TruncDate("received_at", tzinfo=zone)))
