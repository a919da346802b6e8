import functools
import operator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from common.db.constraints import SameProgram, program_and_id
from common.patterns import LONGEST_PATTERN, read_pattern

from .names import ComparedField, NamedForRules
from .program import Program


class ExceptionList(NamedForRules):
    """A named list of promo codes, SKUs or categories that rules ask about: “List for Item SKU is in Winter”."""

    class Kind(models.TextChoices):
        SKU = "SKU", "SKUs"
        CATEGORY = "CATEGORY", "Categories"
        PROMO_CODE = "PROMO_CODE", "Promo codes"

    class State(models.TextChoices):
        """What the API calls it; deactivated ones there are none of here."""

        ACTIVE = "ACTIVE", "Active"
        CLOSED = "CLOSED", "Closed"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind, help_text="What its entries are compared with.")
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when its entries stay as they are. Rules go on finding them."
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="exception_list_name_unique"),
            program_and_id("exception_list"),
        ]

    @property
    def state(self) -> State:
        return self.State.CLOSED if self.closed_at else self.State.ACTIVE


class ExceptionListName(models.Model):
    """A name that a list has or had. Published terms ask for a list by the name that it had then, so a name stays its
    list's as long as the list is there.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    exception_list = models.ForeignKey(ExceptionList, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=80)
    name_key = ComparedField(source="name", help_text="The name as it is compared.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="exception_list_name_of_one_list"),
            SameProgram(field="exception_list", to="program.ExceptionList", name="exception_list_name_same_program"),
        ]

    def __str__(self) -> str:
        return self.name


class EntryKey(ComparedField):
    """The value of an entry as it is compared; a regular expression as it is written."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        if model_instance.match_mode == ExceptionListItem.MatchMode.REGEX:
            model_instance.value_key = model_instance.value
            return str(model_instance.value)
        return super().pre_save(model_instance, add)


class ExceptionListItem(models.Model):
    """One entry of an exception list: a value, compared whole or as a regular expression."""

    LONGEST_VALUE = 255

    class MatchMode(models.TextChoices):
        EQ = "EQ", "Equals"
        REGEX = "REGEX", "Regular expression"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    # The constraint below begins with it: an index of its own would be written for nothing.
    exception_list = models.ForeignKey(ExceptionList, on_delete=models.CASCADE, related_name="items", db_index=False)
    value = models.CharField(max_length=LONGEST_PATTERN)
    value_key = EntryKey(source="value", max_length=3 * LONGEST_VALUE, help_text="The value as it is compared.")
    match_mode = models.CharField(max_length=5, choices=MatchMode, default=MatchMode.EQ)
    name = models.CharField(max_length=255, blank=True, db_default="", help_text="What people call it.")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["exception_list", "match_mode", "value_key"], name="exception_list_value_once"
            ),
            SameProgram(field="exception_list", to="program.ExceptionList", name="exception_list_item_same_program"),
        ]

    def __str__(self) -> str:
        return self.value

    def clean(self) -> None:
        """Refuse a regular expression that cannot be used, and a value that no order could have."""
        if self.match_mode == self.MatchMode.REGEX:
            try:
                read_pattern(self.value)
            except ValueError as error:
                raise ValidationError({"value": str(error)}) from error
        elif len(self.value) > self.LONGEST_VALUE:
            raise ValidationError({"value": f"A value has at most {self.LONGEST_VALUE} characters."})


class CatalogItemQuerySet(models.QuerySet["CatalogItem"]):
    def matching(self, text: str) -> "CatalogItemQuerySet":
        """Those whose SKU, name, manufacturer or a category contains the text, in any letter case."""
        contains = (models.Q(**{f"{name}__icontains": text}) for name in CatalogItem.COLUMNS)
        return self.filter(functools.reduce(operator.or_, contains))


class CatalogItem(models.Model):
    """What the brand's product catalog says of a SKU, for the rules on catalog variables."""

    COLUMNS = ("sku", "name", "manufacturer", "category", "subcategory", "original_format_category")

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    sku = models.CharField("SKU", max_length=255)
    name = models.CharField(max_length=255, blank=True, db_default="", help_text="By which people find the product.")
    manufacturer = models.CharField(max_length=255, blank=True)
    category = models.CharField(max_length=255, blank=True)
    subcategory = models.CharField(max_length=255, blank=True)
    original_format_category = models.CharField(max_length=255, blank=True)

    objects = CatalogItemQuerySet.as_manager()

    class Meta:
        ordering = ["sku"]
        constraints = [models.UniqueConstraint(fields=["program", "sku"], name="catalog_sku_unique")]

    def __str__(self) -> str:
        return self.sku
