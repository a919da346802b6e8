import functools
import operator

from django.core.exceptions import ValidationError
from django.db import models

from common.db.constraints import SameProgram, program_and_id
from common.patterns import LONGEST_PATTERN, read_pattern

from .names import NamedForRules
from .program import Program


class ExceptionList(NamedForRules):
    """A named list of promo codes, SKUs or categories that rules ask about: “List for Item SKU is in Winter”."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name_key"], name="exception_list_name_unique"),
            program_and_id("exception_list"),
        ]


class ExceptionListItem(models.Model):
    """One entry of an exception list: a value, compared whole or as a regular expression."""

    LONGEST_VALUE = 255

    class MatchMode(models.TextChoices):
        EQ = "EQ", "Equals"
        REGEX = "REGEX", "Regular expression"

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    exception_list = models.ForeignKey(ExceptionList, on_delete=models.CASCADE, related_name="items")
    value = models.CharField(max_length=LONGEST_PATTERN)
    match_mode = models.CharField(max_length=5, choices=MatchMode, default=MatchMode.EQ)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["exception_list", "value", "match_mode"], name="exception_list_value_once"),
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
        """Those whose SKU, manufacturer or category contains the text, in any letter case."""
        contains = (models.Q(**{f"{name}__icontains": text}) for name in ("sku", "manufacturer", "category"))
        return self.filter(functools.reduce(operator.or_, contains))


class CatalogItem(models.Model):
    """What the brand's product catalog says of a SKU, for the rules on catalog variables."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    sku = models.CharField("SKU", max_length=255)
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
