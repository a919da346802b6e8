"""Random lives of orders, of browsers and the server, under random terms: whatever happens, `verify` finds nothing."""

import os
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from common.refusals import Refused
from contracts.publishing.services import publish_document
from program.exchange_rates.file_rows import QuotedRate
from program.exchange_rates.services import save_own_rates
from program.models import Customer
from reports.proof.verify import verify
from tests.factories import make_event_type, make_modification, make_partner, sent, terms_document
from tests.tracking.journey_rows import ORDERED, make_step
from tracking.actions.locking import lock_actions
from tracking.conversions.new_conversions import store_conversion
from tracking.erasing.services import erase_customer, run_erasure
from tracking.exchange_rates.waiting import price_with_rates
from tracking.intake import read_conversion
from tracking.limits.approving import approve_over_cap
from tracking.models import Action, Conversion, Modification
from tracking.models.conversion import BROWSERS, Source
from tracking.modifications.apply import apply_all, apply_modifications
from tracking.pricing.batch import price_all, price_batch, retry_conversions

pytestmark = pytest.mark.django_db

SEEDS = int(os.environ.get("BRANDBOARD_LIVES", "4"))
STEPS = 60
BEGIN = datetime(2026, 10, 15, 9, tzinfo=UTC)  # the clocks go back within the life, and a month ends
PAIRS = {
    "USD": {"GBP": "0.7441", "JPY": "151.37", "KWD": "0.3071"}, "GBP": {"JPY": "193.4", "KWD": "0.4047"},
    "JPY": {"GBP": "0.0052", "KWD": "0.00203"}, "KWD": {"GBP": "2.4711", "JPY": "492.6"},
}  # fmt: skip
RULES = [
    [("CUSTOMER_ORDER_NUMBER", "EQ", "1")], [("CUSTOMER_STATUS", "IS", "New")], [("ITEM_QUANTITY", "GTE", "2")],
    [("ORDER_TOTAL", "GT", "50")], [("ITEM_SKU", "IS", "S1"), ("ITEM_PRICE", "LT", "40")],
]  # fmt: skip
LIMITS = [
    *(("PAYOUT", by, period) for by in ("ALL", "CUSTOMER") for period in ("DAY", "WEEK", "CONTRACT", "LOCKING_PERIOD")),
    ("ACTION", "CUSTOMER", "DAY"), ("ACTION", "ALL", "WEEK"), ("PAYOUT", "ORDER", None), ("PAYOUT", "CLICK", None),
]  # fmt: skip
HAPPENS = [
    *["order"] * 6, *["change"] * 4, *["price"] * 3, *["apply"] * 3,
    "approve", "lock", "rates", "retry", "publish", "partner", "erase",
]  # fmt: skip


def rules(*wanted):
    return [{"Variable": variable, "Operator": how, "Values": [value]} for variable, how, value in wanted]


def terms(draw, currency):
    level = draw.choice(["ORDER", "ITEM"])
    groups = [
        {"Rank": rank, "Name": f"G{rank}", "Rules": rules(*chosen),
         **draw.choice([{"Payout": "3"}, {"PayoutRate": "33.3"}, {"PayoutRate": "7.5"}])}
        for rank, chosen in enumerate(draw.sample(RULES, draw.randint(0, 4)), 1)
    ]  # fmt: skip
    limits = [
        {"Type": kind, "LimitBy": by, "Value": draw.choice(["10", "25"] if kind == "PAYOUT" else ["1", "3"])}
        | ({"Period": period} if period else {})
        for kind, by, period in draw.sample(LIMITS, draw.randint(0, 4))
    ]
    change = {"Direction": draw.choice(["INCREASE", "DECREASE"]), **draw.choice([{"Rate": "50"}, {"Amount": "2"}])}
    document = terms_document(
        currency=currency, groups=groups, PayoutLevel=level, Limits=limits,
        PayoutAdjustments=[{"Rules": rules(("GIFT_PURCHASE", "IS", "yes")), **change}],
        PayoutRestrictions=[{"Rules": rules(("ITEM_CATEGORY", "IS", "Food")), "ZeroPayoutHideReport": True}],
        Locking={"Basis": "TRACKED", "Period": "DAY", "MonthOffset": 0, "DayOffset": draw.choice([3, 10])},
    )  # fmt: skip
    whole = {"MaxReturnPercentage": "40", "ActionLimit": {"Value": "5", "Period": "WEEK"},
             "SpendLimit": {"Value": "60", "Period": "MONTH"}, "ResetAccruedActions": True}  # fmt: skip
    return document | {key: value for key, value in whole.items() if draw.random() < 0.3}


def basket(draw):
    if draw.random() < 0.4:
        return {"Amount": draw.choice(["100", "12.345", "0", "50"])}
    told = {}
    for number in range(1, draw.randint(1, 3) + 1):
        price = draw.choice(["ItemPrice", "ItemPrice", "ItemSubTotal"])
        told |= {f"ItemSku{number}": f"S{number}", f"{price}{number}": draw.choice(["9.99", "33.335", "100"]),
                 f"ItemQuantity{number}": draw.randint(0, 4)}  # fmt: skip
        told |= draw.choice([{}, {f"ItemTotalDiscount{number}": "3.33"}, {f"ItemCategory{number}": "Food"}])
    return told


class Life:
    def __init__(self, program, user, draw):
        self.program, self.user, self.draw, self.now = program, user, draw, BEGIN
        self.currency = draw.choice(["GBP", "JPY", "KWD"])
        make_event_type(program=program, works_out_status=draw.random() < 0.5, reported_by="BOTH")
        self.partners = [make_partner(program=program, media_partner_id=name) for name in ("P-1", "P-2")]
        days = [date(2026, 10, 1) + timedelta(days=7 * week) for week in range(10)]
        save_own_rates(program=program, rates=[
            QuotedRate(day, source, target, Decimal(rate))
            for day in days for source, targets in PAIRS.items() for target, rate in targets.items()
        ])  # fmt: skip
        publish_document(program=program, document=terms(draw, self.currency), join="all", start=days[0])

    def earlier(self, minutes):
        return (self.now - timedelta(minutes=self.draw.randrange(minutes))).isoformat()

    def order(self):
        draw = self.draw
        source = draw.choice([Source.TAG, Source.PIXEL, Source.API, Source.API, Source.FILE, Source.MANUAL])
        by_browser = source in BROWSERS
        told = {"OrderId": f"A{draw.randrange(8)}", "EventDate": self.earlier(3600), **basket(draw)}
        told["MediaPartnerId"] = None if by_browser else draw.choice(["P-1", "P-1", "P-2", "P-9", None])
        if told["MediaPartnerId"] is None and draw.random() < 0.7:
            ago = (ORDERED - self.now) / timedelta(days=1) + draw.randrange(5)
            told["ClickId"] = make_step(self.program, draw.choice(self.partners), days=ago)
        for name, value in (("CustomerId", f"C-{draw.randrange(3)}"), ("GiftPurchase", "yes"), ("OrderTax", "3.21"),
                            ("CustomerStatus", draw.choice(["New", "Existing", "odd"])), ("OrderDiscount", "7.77"),
                            ("CurrencyCode", draw.choice(["USD", "JPY", "KWD", "EUR"]))):  # fmt: skip
            told |= {name: value} if draw.random() < 0.45 else {}
        try:
            data = read_conversion(
                sent(**told), now=self.now, time_zone=self.program.time_zone, is_from_browser=by_browser
            )
        except Refused:
            return  # a server's order that names nobody
        store_conversion(self.program, data, source=source, is_test=source == Source.MANUAL)

    def change(self):
        draw = self.draw
        said = draw.choice([
            {"Amount": draw.choice(["0", "40", "70.005"])}, {"CustomerStatus": draw.choice(["New", "Existing"])},
            {"ItemSku": draw.choice(["S1", "S2"]), "ItemQuantity": draw.randint(0, 5)},
        ])  # fmt: skip
        reason = draw.choice(["ORDER_UPDATE", "ORDER_UPDATE", "ITEM_RETURNED", "ORDER_ERROR"])
        about = {"OrderId": f"A{draw.randrange(8)}", "ModificationDate": self.earlier(3000), "Reason": reason}
        make_modification(program=self.program, **about, **said)

    def price(self):
        price_batch(program_id=self.program.pk, limit=self.draw.choice([1, 3, 100]))

    def apply(self):
        apply_modifications(program_id=self.program.pk, limit=self.draw.choice([1, 100]))

    def approve(self):
        ids = list(Action.objects.over_cap().values_list("pk", flat=True))
        chosen = self.draw.sample(ids, self.draw.randint(0, len(ids)))
        approve_over_cap(chosen, program=self.program, user_id=self.user.pk, now=self.now)

    def lock(self):
        lock_actions(now=self.now)

    def rates(self):
        day = self.now.date() - timedelta(days=2)
        rates = [QuotedRate(day, "EUR", currency, Decimal("0.86")) for currency in ("GBP", "JPY", "KWD")]
        save_own_rates(program=self.program, rates=rates)
        price_with_rates(self.program.pk)

    def retry(self):
        held = Conversion.objects.filter(state=Conversion.State.HELD)
        retry_conversions(list(held.values_list("pk", flat=True)), program=self.program)

    def publish(self):
        publish_document(program=self.program, document=terms(self.draw, self.currency), join="all")

    def partner(self):
        if len(self.partners) == 2:
            self.partners.append(make_partner(program=self.program, media_partner_id="P-9"))

    def erase(self):
        if customer := Customer.objects.filter(program=self.program, erased_at=None).first():
            run_erasure(erase_customer(customer=customer, user_id=self.user.pk).pk)

    def is_proven(self):
        told = []
        verify(self.program, tell=told.append)
        assert told == []
        assert list(Conversion.objects.filter(state=Conversion.State.QUARANTINED).values_list("detail")) == []
        assert list(Modification.objects.filter(reason=Modification.Reason.ERROR).values_list("detail")) == []


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_to_orders_every_figure_is_proven(brand, bob, seed):
    draw = random.Random(seed)
    with time_machine.travel(BEGIN, tick=False) as clock:
        life = Life(brand, bob, draw)
        for step in range(STEPS):
            life.now += timedelta(minutes=draw.choice([1, 30, 300, 900]))
            clock.move_to(life.now)
            getattr(life, draw.choice(HAPPENS))()
            if step % 20 == 19:
                life.is_proven()
        price_all(brand.pk)
        apply_all(brand.pk)
        life.lock()
        life.is_proven()
