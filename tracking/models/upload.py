from typing import Any

from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.jobs.model import Job
from program.models import ExceptionList, Program


class Upload(Job):
    """A file that somebody sent: checked by a worker, shown with its errors, then imported when they confirm."""

    class Kind(models.TextChoices):
        CONVERSIONS = "CONVERSIONS", "Conversions"
        MODIFICATIONS = "MODIFICATIONS", "Modifications"
        PARTNERS = "PARTNERS", "Partners"
        CUSTOMERS = "CUSTOMERS", "Customers"
        CUSTOMER_TAGS = "CUSTOMER_TAGS", "Customer tags"
        ADS = "ADS", "Ads"
        PROMO_CODES = "PROMO_CODES", "Promo codes"
        EXCHANGE_RATES = "EXCHANGE_RATES", "Exchange rates"
        EXCEPTION_LIST = "EXCEPTION_LIST", "Entries of an exception list"
        CATALOG = "CATALOG", "Product catalog"

    class TagMode(models.TextChoices):
        ADD = "ADD", "Add them to the customer's tags"
        REMOVE = "REMOVE", "Remove them from the customer"
        REPLACE = "REPLACE", "Put them in place of the customer's tags"

    class RowMode(models.TextChoices):
        """What a file of entries or of the catalog does."""

        ADD = "ADD", "Add its rows to what is there"
        REPLACE = "REPLACE", "Put its rows in place of all that is there"
        REMOVE = "REMOVE", "Remove its rows from what is there"

    class State(models.TextChoices):
        QUEUED = "QUEUED", "Waiting to be checked"
        CHECKING = "CHECKING", "Being checked"
        CHECKED = "CHECKED", "Ready to import"
        CONFIRMED = "CONFIRMED", "Waiting to be imported"
        IMPORTING = "IMPORTING", "Being imported"
        IMPORTED = "IMPORTED", "Imported"
        FAILED = "FAILED", "Could not be read"
        CANCELLED = "CANCELLED", "Cancelled"
        DISCARDED = "DISCARDED", "Discarded"

    UNFINISHED = (State.QUEUED, State.CHECKING, State.CHECKED, State.CONFIRMED, State.IMPORTING)
    RUNNING = (State.CHECKING, State.IMPORTING)
    UNDONE = (State.FAILED, State.CANCELLED)

    kind = models.CharField(max_length=14, choices=Kind)
    mode = models.CharField(
        max_length=7,
        choices=TagMode,
        blank=True,
        default="",
        db_default="",
        help_text="Of customer tags, entries of lists and the catalog: what to do.",
    )
    exception_list = models.ForeignKey(
        ExceptionList, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Whose entries."
    )
    content = models.BinaryField()
    sheet = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="Of a workbook: the sheet that somebody chose."
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    # Counts of the check, then of the import: Accepted, Duplicates, Rejected, for partners Added, Changed, for customer
    # tags Began, Ended, Priced, and for entries and the catalog Dropped, and Carried: orders with a value that changes;
    # Listed: the first duplicates; Differing: the first changed cells of partners; Leaving: the first dropped values;
    # Columns; Now and TimeZone, by which dates were read; Sheet and OtherSheets of a workbook; HeaderRow, where there
    # are rows above it.
    summary = models.JSONField(default=dict)
    # The first orders (or partners, or returns) as they were read: rows of cells, for the preview.
    preview = models.JSONField(default=list)
    only_good = models.BooleanField(default=False, help_text="Import the good rows although others are rejected.")

    class Meta(Job.Meta):
        constraints = [
            program_and_id("upload"),
            SameProgram(field="exception_list", to="program.ExceptionList", name="upload_exception_list_same_program"),
        ]

    @property
    def mode_in_words(self) -> str:
        """What it does, where its kind leaves a choice."""
        modes = self.TagMode if self.kind == self.Kind.CUSTOMER_TAGS else self.RowMode
        return str(modes(self.mode).label) if self.mode else ""


class UploadError(models.Model):
    """What is wrong with one row of an uploaded file, and what to do about it."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="errors")
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=80, blank=True)
    message = models.TextField()
    values: Any = models.JSONField(default=dict, help_text="The row as it was sent, for the file of rejected rows.")

    class Meta:
        ordering = ["row", "id"]
        constraints = [SameProgram(field="upload", to="tracking.Upload", name="upload_error_same_program")]

    def __str__(self) -> str:
        return f"Row {self.row}, {self.field}: {self.message}"

    @property
    def sent(self) -> str:
        """The content of the bad cell."""
        return str(self.values.get(self.field, ""))
