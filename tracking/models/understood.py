from django.db import models

from program.constraints import SameProgram
from program.models import Program

from .upload import Upload


class UnderstoodOrders(models.Model):
    """Up to a thousand orders of a checked file as its check understood them, so that its import reads no cell again.

    Gone as soon as the file is imported, put away or failed. Of a release that writes them otherwise, a migration
    empties this table: the import of a file that has none reads the file anew.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="understood")
    # An order a line: a JSON array of what stands beside its payload, a tab, its payload as JSON.
    orders = models.TextField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "understood orders"
        constraints = [SameProgram(field="upload", to="tracking.Upload", name="understood_orders_upload_same_program")]

    def __str__(self) -> str:
        return f"Orders of {self.upload}"
