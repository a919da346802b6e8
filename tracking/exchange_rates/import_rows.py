"""Importing a file of exchange rates as a program's own; what waited for one of them is priced."""

from datetime import date

from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from contracts.engine.orders.money import written
from program.exchange_rates.file_rows import QuotedRate, read_rates
from program.exchange_rates.services import save_own_rates
from program.exchange_rates.waiting import price_waiting
from program.templatetags.brandboard import day
from tracking.imports.import_run import Run

from .doubts import doubts

BATCH = 2_000
COLUMNS = ["Row", "Day", "From", "To", "Rate"]
Placed = list[tuple[int, QuotedRate]]


def import_rows(run: Run) -> None:
    """Save the rates of a file, batch by batch. A row may hold one, or those of many currencies against the euro."""
    run.outcome.extra = {"Added": 0, "Changed": 0, "Unchanged": 0, "Doubtful": 0}
    today = run.now.astimezone(run.program.zone).date()
    first: dict[tuple[str, str, date], int] = {}
    batch: Placed = []
    for number, row in run.rows():
        sent = run.take([number])
        try:
            rates = read_rates(row, today=today)
            _refuse_repeated(first, number, rates)
        except Refused as refused:
            run.reject(sent, in_row(number, refused))
            continue
        for rate in rates:
            run.show([number, day(rate.date), rate.source, rate.target, written(rate.rate)])
            batch.append((number, rate))
        if len(batch) >= BATCH:
            _save(run, batch)
            batch = []
    _save(run, batch)
    run.outcome.extra["Priced"] = price_waiting(run.program.pk)


def _refuse_repeated(first: dict[tuple[str, str, date], int], number: int, rates: list[QuotedRate]) -> None:
    for rate in rates:
        before = first.setdefault((rate.source, rate.target, rate.date), number)
        if before != number:
            message = f"{rate.source} to {rate.target} has a rate of that day on row {before}: keep one of the two."
            raise Refused(Refusal("Rate", message, "taken"))


def _save(run: Run, batch: Placed) -> None:
    rates = [rate for _, rate in batch]
    counts = run.outcome.extra
    counts["Doubtful"] += len(doubts(run.program, rates))
    saved = save_own_rates(program=run.program, rates=rates)
    counts["Added"] += saved.added
    counts["Changed"] += saved.changed
    counts["Unchanged"] += saved.unchanged
    run.outcome.accepted += saved.added + saved.changed
    run.outcome.duplicates += saved.unchanged
    for number, rate in batch if saved.before else ():
        before = saved.before.get((rate.date, rate.source, rate.target))
        if before is not None:
            name = f"{rate.source} → {rate.target}, {day(rate.date)}"
            run.differs(number, name, "Rate", written(before.normalize()), written(rate.rate))
