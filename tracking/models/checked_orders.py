from django.contrib.postgres.fields import ArrayField
from django.db import models

from common.db.constraints import SameProgram
from program.models import Program

from .upload import Upload


class CheckedOrders(models.Model):
    """Up to a thousand orders of a checked file as its check read them, so that its import reads no cell again. Each is
    one element of each array. Deleted as soon as the file is imported, discarded or failed. A release that writes them
    differently empties this table in a migration: the import of a file without them reads the file again.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="checked_orders")
    settled = models.PositiveIntegerField(help_text="Rows of the file up to the last of these orders.")
    rows = ArrayField(models.PositiveIntegerField(), help_text="The first row of each order.")
    event_types = ArrayField(models.BigIntegerField())
    order_ids = ArrayField(models.TextField(blank=True))
    event_dates = ArrayField(models.DateTimeField())
    payloads = ArrayField(models.TextField(), help_text="As JSON.")
    derived = ArrayField(models.TextField(), help_text="Their derived values, as JSON.")

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "checked orders"
        constraints = [SameProgram(field="upload", to="tracking.Upload", name="checked_orders_upload_same_program")]

    def __str__(self) -> str:
        return f"Orders of {self.upload}"
