"""Importing partners: new ids are added, known ones changed; a row that changes nothing is a duplicate."""

from dataclasses import replace

from django.db import transaction

from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from contracts.engine.orders.countries import country_code
from program.partners.services import PartnerCounts, save_partners
from tracking.imports.import_run import Run, Sent
from tracking.intake import PartnerData, read_partner

BATCH = 500
COLUMNS = ["Row", "Partner Id", "Name", "Country", "Groups", "Email", "Channel"]
_FIELDS = {"media_partner_id": "PartnerId", "name": "Name", "country": "Country", "email": "Email", "groups": "Groups",
           "channel": "Channel"}  # fmt: skip
Row = tuple[int, Sent, PartnerData]


def import_rows(run: Run) -> None:
    """Save the partners of a file, five hundred at a time. Countries are codes or English names."""
    run.outcome.extra = {"Added": 0, "Changed": 0, "Unchanged": 0}
    seen: dict[str, int] = {}
    batch: list[Row] = []
    for number, row in run.rows():
        sent = run.take([number])
        try:
            data = _with_country_code(read_partner(row))
        except Refused as refused:
            run.reject(sent, in_row(number, refused))
            continue
        first = seen.setdefault(data.partner_id, number)
        if first != number:
            message = f"Partner {data.partner_id} is already on row {first}: keep one of the two rows."
            run.reject(sent, [Refusal("PartnerId", message, "taken", number)])
            continue
        run.show([number, data.partner_id, data.name, data.country, ", ".join(data.groups), data.email, data.channel])
        batch.append((number, sent, data))
        if len(batch) == BATCH:
            _save(run, batch)
            batch = []
    _save(run, batch)


def _with_country_code(data: PartnerData) -> PartnerData:
    if not data.country:
        return data
    code = country_code(data.country)
    if code is None:
        raise Refused(Refusal("Country", f"“{data.country}” is not a valid country: use two letters, such as GB."))
    return replace(data, country=code)


def _save(run: Run, batch: list[Row]) -> None:
    try:
        with transaction.atomic():
            _count(run, batch, save_partners(program=run.program, rows=[data for _, _, data in batch]))
    except Refused:
        _save_one_by_one(run, batch)


def _save_one_by_one(run: Run, batch: list[Row]) -> None:
    """Find the rows with invalid values."""
    for number, sent, data in batch:
        try:
            with transaction.atomic():
                _count(run, [(number, sent, data)], save_partners(program=run.program, rows=[data]))
        except Refused as refused:
            errors = (each._replace(path=_FIELDS.get(each.path, each.path)) for each in refused)
            run.reject(sent, in_row(number, errors))


def _count(run: Run, batch: list[Row], counts: PartnerCounts) -> None:
    run.outcome.extra["Added"] += counts.added
    run.outcome.extra["Changed"] += counts.changed
    run.outcome.extra["Unchanged"] += counts.unchanged
    run.outcome.accepted += counts.added + counts.changed
    run.outcome.duplicates += counts.unchanged
    numbers = {data.partner_id: number for number, _, data in batch} if counts.differences else {}
    for difference in counts.differences:
        run.differs(numbers[difference.partner_id], *difference)
