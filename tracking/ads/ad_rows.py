"""Importing ads: known ones are changed, by their id or without one by their name, and new ones added."""

from django.db import transaction

from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from program.ads.services import AdRow, save_ad
from tracking.imports.import_run import Run

from .reading import AD_NAMES, read_ad

COLUMNS = ["Row", "Ad Id", "Name", "Kind", "Landing Page", "Deal", "SKU", "Active"]


def import_rows(run: Run) -> None:
    """Save the ads of a file. An empty cell leaves what is stored."""
    run.outcome.extra = {"Added": 0, "Changed": 0, "Unchanged": 0}
    seen: dict[int | str, int] = {}
    for number, row in run.rows():
        sent = run.take([number])
        try:
            ad = read_ad(row, of_file=True)
            first = seen.setdefault(ad.key, number)
            if first != number:
                raise Refused(Refusal("Name", f"This ad is already on row {first}: keep one of the two rows.", "taken"))
            _save(run, number, ad)
        except Refused as refused:
            errors = (each._replace(path=AD_NAMES.get(each.path, each.path)) for each in refused)
            run.reject(sent, in_row(number, errors))


def _save(run: Run, number: int, row: AdRow) -> None:
    with transaction.atomic():
        saved = save_ad(program=run.program, row=row)
    ad = saved.ad
    run.show([number, row.number or "new" if saved.is_new else ad.pk, ad.name, ad.get_kind_display(), ad.landing_page,
              ad.deal, ad.sku, "yes" if ad.is_active else "no"])  # fmt: skip
    counted = "Added" if saved.is_new else "Changed" if saved.differences else "Unchanged"
    run.outcome.extra[counted] += 1
    run.outcome.accepted += counted != "Unchanged"
    run.outcome.duplicates += counted == "Unchanged"
    for difference in saved.differences:
        run.differs(number, ad.name, *difference)
