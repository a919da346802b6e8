import functools
import operator

from django.db import models

from program.constraints import SameProgram, program_and_id

from .account import Program


class ExceptionList(models.Model):
    """A named list of promo codes, SKUs or categories that rules ask about: “List for Item SKU is in Winter”."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["program", "name"], name="exception_list_name_unique"),
            program_and_id("exception_list"),
        ]

    def __str__(self) -> str:
        return self.name


class ExceptionListItem(models.Model):
    """One entry of an exception list: a value, compared whole or as a regular expression."""

    class MatchMode(models.TextChoices):
        EQ = "EQ", "Equals"
        REGEX = "REGEX", "Regular expression"

    program = models.ForeignKey(Program, on_delete=models.CASCADE)
    exception_list = models.ForeignKey(ExceptionList, on_delete=models.CASCADE, related_name="items")
    value = models.CharField(max_length=255)
    match_mode = models.CharField(max_length=5, choices=MatchMode, default=MatchMode.EQ)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["exception_list", "value", "match_mode"], name="exception_list_value_once"),
            SameProgram(field="exception_list", to="program.ExceptionList", name="exception_list_item_same_program"),
        ]

    def __str__(self) -> str:
        return self.value


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
