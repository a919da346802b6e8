"""The ads and the promo codes of a program as files: with the columns of the files that are uploaded, so that they can
be changed and sent again.
"""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

from django.utils import timezone

from common.jobs.progress import Heartbeat
from common.tables.write import write_csv, write_xlsx
from program.models import Ad, Program, PromoCode
from reports.models import Export
from tracking.imports.layouts import ADS, PROMO_CODES


class SetupFile(NamedTuple):
    """A list that is written whole: its title, the columns, and the cells of each row."""

    title: str
    columns: tuple[str, ...]
    rows: Callable[[Program], Iterator[list[object]]]


def _ads(program: Program) -> Iterator[list[object]]:
    for ad in Ad.objects.filter(program=program).order_by("pk").iterator():
        yield [str(ad.pk), ad.name, ad.kind, ad.landing_page, ad.deal, ad.sku, "yes" if ad.is_active else "no"]


def _promo_codes(program: Program) -> Iterator[list[object]]:
    codes = PromoCode.objects.filter(program=program).select_related("partner", "group").order_by("code", "pk")
    for code in codes.iterator():
        partner, group = code.partner, code.group
        yield [code.code, code.use, partner.media_partner_id if partner else "", group.name if group else ""]


SETUP_FILES: Mapping[str, SetupFile] = {
    "ads": SetupFile("Ads", tuple(ADS.needed), _ads),
    "promo_codes": SetupFile("Promo codes", tuple(PROMO_CODES.needed), _promo_codes),
}


def create_setup_export(*, program: Program, user_id: int, handle: str, format: str) -> Export:
    """Put the whole list into the queue of files to write; the caller enqueues the task."""
    today = timezone.localdate(timezone=program.zone)
    name = f"{handle.replace('_', '-')}-{today}.{format}"
    return Export.objects.create(program=program, user_id=user_id, handle=handle, format=format, filename=name)


def render_setup_file(export: Export) -> bytes:
    """The content of the file. Raises Refused where a workbook has too few rows."""
    file, write, setup = BytesIO(), write_xlsx if export.format == "xlsx" else write_csv, SETUP_FILES[export.handle]
    rows = list(setup.rows(export.program))
    Export.objects.filter(pk=export.pk).update(rows=len(rows), beat_at=timezone.now())
    with Heartbeat(export) as beat:
        write(setup.columns, rows, file, beat)
    return file.getvalue()
