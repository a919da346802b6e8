"""What was received of an ad, a promo code and an unpaid source."""

from datetime import timedelta

from django.utils import timezone

from common.db.statements import fetch
from common.formats.comparison import compared
from program.media_sources.visits import DAYS as VISIT_DAYS
from program.media_sources.visits import MOST, Visits
from program.models import Ad, Program, PromoCode
from program.promo_codes.orders import DAYS, Carried, CarriedBy
from tracking.models import Action, ReferringType

LISTED = 10  # orders with a code
READ_STEPS = 500_000  # the latest, so that the page of sources stays quick whatever came

_VISITS = """
SELECT source, count(*), max(at), (array_agg(coalesce(facts->>'Channel', '') ORDER BY at DESC))[1]
FROM (SELECT source, at, kind, not_counted, facts FROM tracking_step WHERE program_id = %s AND at >= %s
      ORDER BY at DESC LIMIT %s) AS step
WHERE kind = 'VISIT' AND source <> '' AND not_counted = ''
GROUP BY source ORDER BY 2 DESC, 1 LIMIT %s
"""


# Steps have no index by their ad, which each click would pay for: those that are counted already, the rollup knows.
_UNCOUNTED = """
SELECT EXISTS (
    SELECT FROM tracking_step WHERE program_id = %(program)s AND ad_id = %(ad)s
    AND at >= (SELECT min(at) FROM tracking_touchedstep WHERE program_id = %(program)s)
)
"""


def use_of_ad(ad: Ad) -> str:
    """`actions` where the ad has any, `clicks` where it has any that no rollup has counted yet; else blank."""
    if Action.objects.filter(ad=ad).exists():
        return "actions"
    [(is_clicked,)] = fetch(_UNCOUNTED, {"program": ad.program_id, "ad": ad.pk}, is_planned_once=False)
    return "clicks" if is_clicked else ""


def orders_with_code(code: PromoCode) -> Carried:
    """The orders of the last 30 days that carried the code, however it was written, the latest first."""
    since = timezone.now() - timedelta(days=DAYS)
    recent = Action.objects.real().filter(program=code.program_id, event_date__gte=since).exclude(promo_code="")
    written = recent.order_by().values_list("promo_code", flat=True).distinct()
    spellings = [text for text in written if compared(text) == code.code_key]
    actions = recent.filter(promo_code__in=spellings)
    latest = [
        CarriedBy(row.order_id, row.pk, row.partner.name, row.referring_type == ReferringType.PROMOCODE)
        for row in actions.select_related("partner").order_by("-event_date", "-pk")[:LISTED]
    ]
    return Carried(actions.count(), latest)


def visits_by_source(program: Program) -> list[Visits]:
    """The unpaid sources that visitors came from in the last 30 days, those with the most visits first."""
    since = timezone.now() - timedelta(days=VISIT_DAYS)
    return [Visits(*row) for row in fetch(_VISITS, [program.pk, since, READ_STEPS, MOST], is_planned_once=False)]
