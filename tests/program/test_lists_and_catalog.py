"""Exception lists and the product catalog, as typed."""

import pytest
from django.core.exceptions import ValidationError

from program.models import CatalogItem
from program.services.catalog import (
    create_exception_list,
    read_entries,
    save_catalog_items,
    set_exception_list_entries,
    write_entries,
)
from tests.factories import make_exception_list, make_program


def test_entries_are_values_or_regular_expressions_one_a_line(brand):
    winter = create_exception_list(program=brand, name="Winter", entries="SKU-1\n\n  /^COAT-\\d+$/ \nSKU-1\n/\n//")
    assert list(winter.items.values_list("value", "match_mode")) == [
        ("SKU-1", "EQ"),
        ("^COAT-\\d+$", "REGEX"),
        ("/", "EQ"),
        ("//", "EQ"),
    ]
    assert read_entries(write_entries(winter.items.all())) == list(winter.items.values_list("value", "match_mode"))


def test_every_bad_line_is_named_and_nothing_stored(brand):
    winter = make_exception_list(program=brand, values=["SKU-1"])
    with pytest.raises(ValidationError) as refusal:
        set_exception_list_entries(exception_list=winter, entries="ok\n/(/\n" + "x" * 256)
    assert [text.split(":")[0] for text in refusal.value.message_dict["entries"]] == [
        "Line 2",
        "Line 3 is longer than 255 characters.",
    ]
    assert winter.items.get().value == "SKU-1"


def test_a_lists_name_is_unique_in_its_program_only(brand):
    make_exception_list(program=brand, name="Winter")
    with pytest.raises(ValidationError, match="exists already"):
        create_exception_list(program=brand, name="winter", entries="")
    assert create_exception_list(program=make_program(), name="winter", entries="").name == "winter"


def test_catalog_rows_are_added_or_replaced_by_sku(brand):
    assert save_catalog_items(program=brand, rows=[["S1", "Acme", "Anvils"], ["S2"]]) == (2, 0)
    assert save_catalog_items(program=brand, rows=[["S1", "Acme", "Hammers"], ["S3"]]) == (1, 1)
    assert CatalogItem.objects.get(sku="S1").category == "Hammers"


def test_a_catalog_row_without_a_sku_is_named(brand):
    with pytest.raises(ValidationError, match="Row 2 has no SKU"):
        save_catalog_items(program=brand, rows=[["S1"], ["", "Acme"]])
    assert not CatalogItem.objects.exists()
