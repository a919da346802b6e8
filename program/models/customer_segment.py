from django.conf import settings
from django.db import models
from django.utils import timezone

from .program import Program


class CustomerSegment(models.Model):
    """Filters, order and columns of the list of customers under a name, for everyone who sees the program."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=80)
    query = models.TextField(help_text="As in the address of the list.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["program", "name"], name="customer_segment_name_unique")]

    def __str__(self) -> str:
        return self.name
