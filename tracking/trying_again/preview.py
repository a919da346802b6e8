"""What held orders would become if they were tried again now: priced in memory, nothing is written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from common.db.statements import AnyOf
from tracking.limits.new_orders import as_limited_now
from tracking.models import Conversion
from tracking.pricing.attribution import Held
from tracking.pricing.batch import READ, price_in_memory
from tracking.pricing.priced_orders import Priced

MOST = 500  # orders that one page prices, about a second


@dataclass(frozen=True, slots=True)
class ToPartner:
    """What a partner would be credited with, in the currency of the terms."""

    partner_id: int
    name: str
    currency: str
    orders: int
    payout: Decimal


@dataclass(frozen=True, slots=True)
class Staying:
    """How many would stay held for a reason, and how many of them for another one than now."""

    reason: str
    label: str
    orders: int
    for_another: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`credited` are the numbers of the orders that would be credited."""

    looked_at: int
    credited: tuple[int, ...]
    partners: tuple[ToPartner, ...]
    staying: tuple[Staying, ...]

    @property
    def held(self) -> int:
        return self.looked_at - len(self.credited)


def preview_of(ids: Sequence[int]) -> Preview:
    """Look at these held orders, `MOST` at most."""
    rows = Conversion.objects.filter(AnyOf(F("pk"), list(ids)), state=Conversion.State.HELD)
    conversions = list(rows.only(*READ, "reason").order_by("id"))
    outcomes = as_limited_now(*price_in_memory(conversions))
    credited: list[int] = []
    paid: dict[tuple[int, str, str], list[Decimal]] = defaultdict(list)
    staying: dict[str, list[bool]] = defaultdict(list)
    for conversion, outcome in outcomes:
        if isinstance(outcome, Priced):
            credited.append(conversion.pk)
            partner = outcome.credited.partner
            paid[partner.pk, partner.name, outcome.order.currency].append(outcome.decision.payout)
        else:
            staying[outcome.reason].append(outcome.reason != conversion.reason)
    labels = dict(Conversion.Reason.choices)
    return Preview(
        looked_at=len(conversions),
        credited=tuple(credited),
        partners=tuple(
            ToPartner(*key, orders=len(payouts), payout=sum(payouts, Decimal(0)))
            for key, payouts in sorted(paid.items(), key=lambda each: (-len(each[1]), each[0][1]))
        ),
        staying=tuple(
            Staying(reason, str(labels.get(reason, reason)), len(others), sum(others))
            for reason, others in sorted(staying.items(), key=lambda each: (-len(each[1]), each[0]))
        ),
    )


def outcome_now(conversion: Conversion) -> Priced | Held:
    """What this one would become."""
    ((_, outcome),) = as_limited_now(*price_in_memory([conversion]))
    return outcome
