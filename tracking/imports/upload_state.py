"""What pages show of uploads: how far each is, what it did, what is wrong in it, and its rejected rows as a file."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath
from typing import NamedTuple

from django.db.models import Count, QuerySet
from django.urls import reverse

from common.tables.write import write_csv
from program.catalog.services import catalog_uses
from program.exception_lists.services import in_force
from program.templatetags.brandboard import number
from tracking.ads import ad_rows as import_ads
from tracking.ads import code_rows as import_codes
from tracking.conversions.tabs import STUCK
from tracking.customer_tags import file_rows as import_tags
from tracking.customers import import_rows as import_customers
from tracking.exchange_rates import import_rows as import_rates
from tracking.imports import modifications as import_changes
from tracking.imports import orders as import_orders
from tracking.imports import partners as import_partners
from tracking.lists import catalog_rows as import_catalog
from tracking.lists import entry_rows as import_entries
from tracking.models import Conversion, Modification, Upload, UploadError

from .layouts import REASON_COLUMN

COLUMNS = {
    Upload.Kind.CONVERSIONS: import_orders.COLUMNS,
    Upload.Kind.MODIFICATIONS: import_changes.COLUMNS,
    Upload.Kind.PARTNERS: import_partners.COLUMNS,
    Upload.Kind.CUSTOMER_TAGS: import_tags.COLUMNS,
    Upload.Kind.CUSTOMERS: import_customers.COLUMNS,
    Upload.Kind.ADS: import_ads.COLUMNS,
    Upload.Kind.PROMO_CODES: import_codes.COLUMNS,
    Upload.Kind.EXCHANGE_RATES: import_rates.COLUMNS,
    Upload.Kind.EXCEPTION_LIST: import_entries.COLUMNS,
    Upload.Kind.CATALOG: import_catalog.COLUMNS,
}
NOUNS = {
    Upload.Kind.CONVERSIONS: ("order", "orders"),
    Upload.Kind.MODIFICATIONS: ("change", "changes"),
    Upload.Kind.PARTNERS: ("partner", "partners"),
    Upload.Kind.CUSTOMER_TAGS: ("customer", "customers"),
    Upload.Kind.CUSTOMERS: ("customer", "customers"),
    Upload.Kind.ADS: ("ad", "ads"),
    Upload.Kind.PROMO_CODES: ("promo code", "promo codes"),
    Upload.Kind.EXCHANGE_RATES: ("rate", "rates"),
    Upload.Kind.EXCEPTION_LIST: ("entry", "entries"),
    Upload.Kind.CATALOG: ("SKU", "SKUs"),
}
ADDED_AND_CHANGED = (
    Upload.Kind.PARTNERS, Upload.Kind.CUSTOMERS, Upload.Kind.ADS, Upload.Kind.PROMO_CODES, Upload.Kind.EXCHANGE_RATES,
    Upload.Kind.EXCEPTION_LIST, Upload.Kind.CATALOG,
)  # fmt: skip
FIGURES = {"Row", "Items", "Sale amount", "Orders Before", "Rate"}


class Cell(NamedTuple):
    column: str
    text: str
    is_figure: bool


@dataclass(frozen=True)
class UploadState:
    """The state of an upload. After the import, `waiting` and `held` say how far the worker has processed its rows."""

    columns: list[Cell]
    noun: str
    nouns: str
    accepted: int
    duplicates: int
    rejected: int
    preview: list[list[Cell]]
    dropped: int = 0
    waiting: int = 0
    held: int = 0

    @property
    def settled(self) -> int:
        return self.accepted - self.waiting

    @property
    def does(self) -> str:
        """What importing it does: `2 entries, 5 dropped`."""
        stored = self.accepted - self.dropped
        words = [f"{number(stored)} {self.noun if stored == 1 else self.nouns}"] if stored or not self.dropped else []
        return ", ".join([*words, *([f"{number(self.dropped)} dropped"] if self.dropped else [])])


def state_of(upload: Upload) -> UploadState:
    """The upload's present state; reads how many of its rows wait only once it is imported."""
    waiting, held = _after(upload) if upload.state == Upload.State.IMPORTED else (0, 0)
    kind = Upload.Kind(upload.kind)
    columns, (noun, nouns) = COLUMNS[kind], NOUNS[kind]
    accepted = upload.summary.get("Accepted", 0)
    return UploadState(
        columns=[Cell(name, name, name in FIGURES) for name in columns],
        noun=noun,
        nouns=nouns,
        accepted=accepted,
        duplicates=upload.summary.get("Duplicates", 0),
        rejected=upload.summary.get("Rejected", 0),
        preview=[
            [Cell(name, text, name in FIGURES) for name, text in zip(columns, row, strict=False)]
            for row in upload.preview
        ],
        dropped=upload.summary.get("Dropped", 0),
        waiting=waiting,
        held=held,
    )


@dataclass(frozen=True)
class ListedUpload:
    """A row of the list: what the file did or would do, and what is left to do about it, if anything."""

    upload: Upload
    did: str
    to_do: str = ""
    url: str = ""

    @property
    def may_be_sent_again(self) -> bool:
        """Whether its content is still there to be checked again."""
        return self.upload.state in Upload.UNDONE and not self.upload.removed_at


def listed(uploads: Sequence[Upload]) -> list[ListedUpload]:
    """These uploads of one program; two queries, however many they are."""
    ids = [upload.pk for upload in uploads]
    orders = Conversion.objects.filter(upload__in=ids).unpriced().filter(state__in=STUCK)
    changes = Modification.objects.filter(upload__in=ids).to_settle()
    stuck = dict(_by_upload(orders)) | dict(_by_upload(changes))  # no file holds both
    return [ListedUpload(upload, _did(upload), *_to_do(upload, stuck.get(upload.pk, 0))) for upload in uploads]


def _by_upload(rows: "QuerySet[Conversion] | QuerySet[Modification]") -> Iterable[tuple[int, int]]:
    return rows.order_by().values_list("upload_id").annotate(count=Count("pk"))


def _did(upload: Upload) -> str:
    """`Imported: 541 orders, 2 duplicates`; of a checked file what it would do, of another why it did not."""
    if upload.state == Upload.State.FAILED:
        return upload.failure
    if upload.state in (Upload.State.CANCELLED, Upload.State.DISCARDED):
        return "Nothing was imported."
    if upload.state not in (Upload.State.CHECKED, Upload.State.IMPORTED):
        return ""
    counts = upload.summary
    if upload.kind in ADDED_AND_CHANGED:
        parts = [("Added", "added"), ("Changed", "changed"), ("Dropped", "dropped"), ("Unchanged", "unchanged")]
        first = ", ".join(f"{number(counts.get(key, 0))} {words}" for key, words in parts if counts.get(key))
    else:
        first = _counted(upload, counts.get("Accepted", 0))
    same = ("unchanged", "unchanged") if upload.kind == Upload.Kind.CUSTOMER_TAGS else ("duplicate", "duplicates")
    others = [("Duplicates", *same), ("Rejected", "rejected", "rejected")]
    rest = [
        f"{number(counts[key])} {one if counts[key] == 1 else many}" for key, one, many in others if counts.get(key)
    ]
    words = ", ".join(filter(None, (first, *rest))) or "nothing"
    return f"{'On import' if upload.state == Upload.State.CHECKED else 'Imported'}: {words}"


def _to_do(upload: Upload, stuck: int) -> tuple[str, str]:
    """What is left, and the page where it is done."""
    page = reverse("tracking:upload_detail", args=[upload.program_id, upload.pk])
    if upload.state == Upload.State.CHECKED:
        return ("Import or discard" if upload.summary.get("Accepted") else "Discard"), page
    if stuck:
        is_changes = upload.kind == Upload.Kind.MODIFICATIONS
        words = f"{number(stuck)} {'refused' if is_changes else 'not priced'}"
        query = "?tab=modifications" if is_changes else ""
        return words, reverse("tracking:conversion_list", args=[upload.program_id]) + query
    if upload.state == Upload.State.IMPORTED and (rejected := upload.summary.get("Rejected")):
        return f"{number(rejected)} rejected: correct and send", page
    return "", ""


def _counted(upload: Upload, count: int) -> str:
    one, many = NOUNS[Upload.Kind(upload.kind)]
    return f"{number(count)} {one if count == 1 else many}"


def touched_terms(upload: Upload) -> dict[str, object]:
    """The terms in force whose payouts a file of entries or of the catalog changes, while it waits for a decision."""
    if upload.state != Upload.State.CHECKED or not upload.summary.get("Accepted"):
        return {}
    if upload.kind == Upload.Kind.EXCEPTION_LIST and upload.exception_list:
        return {"touched": in_force(upload.exception_list), "what": "values"}
    if upload.kind == Upload.Kind.CATALOG:
        return {"touched": [use for use in catalog_uses(upload.program) if use.is_in_force], "what": "SKUs"}
    return {}


def errors_of(upload: Upload) -> QuerySet[UploadError]:
    """What is wrong, by row; without the rows that are rejected only with their order."""
    return UploadError.objects.filter(upload=upload).exclude(message="")


def rejected_name(upload: Upload) -> str:
    return f"{PurePath(upload.filename).name.split('.')[0]}-rejected.csv"


def rejected_rows(upload: Upload) -> io.BytesIO:
    """The rejected rows as they were sent, with a column that says why. Once corrected the file can be sent again. What
    stood between its cells does so again: `1.234` among semicolons is not what it is among commas.
    """
    errors = UploadError.objects.filter(upload=upload)
    columns = dict.fromkeys(upload.summary.get("Columns", ()))
    for values in errors.values_list("values", flat=True).iterator():
        columns |= dict.fromkeys(values)  # cells beyond the header
    out = io.BytesIO()
    write_csv([*columns, REASON_COLUMN], _rows(errors), out, delimiter=upload.summary.get("Delimiter", ","))
    out.seek(0)
    return out


def _rows(errors: QuerySet[UploadError]) -> Iterator[dict[str, object]]:
    for _, group in groupby(errors.iterator(), key=lambda error: error.row):
        problems = list(group)
        reasons = [f"{problem.field}: {problem.message}" for problem in problems if problem.message]
        values: dict[str, str] = next((problem.values for problem in problems if problem.values), {})
        yield {
            **values,
            REASON_COLUMN: " ".join(reasons) or "Other rows of its order are wrong.",
        }


def _after(upload: Upload) -> tuple[int, int]:
    if upload.kind == Upload.Kind.CONVERSIONS:
        conversions = Conversion.objects.filter(upload=upload)
        held = conversions.filter(state__in=[Conversion.State.HELD, Conversion.State.QUARANTINED])
        return conversions.waiting().count(), held.count()
    if upload.kind == Upload.Kind.MODIFICATIONS:
        changes = Modification.objects.filter(upload=upload)
        return changes.waiting().count(), changes.filter(state=Modification.State.REFUSED).count()
    return 0, 0
