"""What rules may look at, read from a copy of the specification's table, and the countries that the orders name."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from .values import plain

# What is looked up on a list or in the catalog; the table says only that something is.
LOOKED_UP = {
    "LIST_ORDER_PROMO_CODE": "OrderPromoCode",
    "LIST_ITEM_PROMO_CODE": "ItemPromoCode",
    "LIST_ITEM_SKU": "ItemSku",
    "LIST_ITEM_CATEGORY": "ItemCategory",
    "LIST_ITEM_SUPER_CATEGORY": "ItemCategory",  # with the subcategory
    "ITEM_CATALOG_MANUFACTURER": "ItemSku",
    "ITEM_CATALOG_ORIGINAL_FORMAT_CATEGORY": "ItemSku",
    "ITEM_CATALOG_CATEGORY": "ItemSku",
    "ITEM_CATALOG_SUBCATEGORY": "ItemSku",
    "ORDER_TOTAL": "",
}
COUNTRIES = {
    "DE": ("DEU", "Germany", "Federal Republic of Germany"),
    "FR": ("FRA", "France"),
    "GB": ("GBR", "United Kingdom", "Great Britain"),
    "US": ("USA", "United States"),
}


class Field(NamedTuple):
    label: str
    parameter: str
    family: str
    level: str
    type: str


def rows():
    with (Path(__file__).parent / "rule_fields.csv").open(newline="") as file:
        yield from csv.DictReader(file)


def fields():
    """Every variable by its key, the numbered ones one by one."""
    found = {}
    for row in rows():
        count = int(row["count"])
        for number in range(1, count + 1):
            end = str(number) if count > 1 else ""
            key = row["key"].upper() + end
            # ItemText{i}_{n} is ItemText7 on its line.
            sent = re.sub(r"\{i\}_?", "", row["parameter"]).replace("{n}", end)
            found[key] = Field(
                row["label"] + end, LOOKED_UP.get(key, sent), row["family"], row["level"], row["type"]
            )  # fmt: skip
    return found


FIELDS = fields()


def country_code(name):
    for code, names in COUNTRIES.items():
        if plain(name).strip() in [plain(known) for known in (code, *names)]:
            return code
    return None
