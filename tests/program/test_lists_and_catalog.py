"""Exception lists and the product catalog, as typed."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common.refusals import Refused
from program.catalog.services import read_typed_rows, save_catalog_items
from program.exception_lists.entries import Closed, add_entries, read_entries, remove_entries, replace_entries
from program.exception_lists.services import change_exception_list, close_exception_list, create_exception_list
from program.models import CatalogItem, CustomerTag, ExceptionList, ExceptionListItem, PartnerGroup
from program.partners.group_services import create_partner_group, rename_partner_group
from program.partners.services import add_partner
from program.tags.services import change_customer_tag, create_customer_tag
from tests.factories import make_customer_tag, make_exception_list, make_partner_group, make_program


def entries_of(exception_list):
    return list(exception_list.items.values_list("value", "match_mode", "name"))


def test_entries_are_values_or_regular_expressions_one_a_line(brand):
    winter = create_exception_list(
        program=brand, name="Winter", kind="SKU", entries="SKU-1\tThe coat\n\n  /^COAT-\\d+$/ \nSKU-1\n/\n//"
    )
    assert entries_of(winter) == [
        ("SKU-1", "EQ", "The coat"),
        ("^COAT-\\d+$", "REGEX", ""),
        ("/", "EQ", ""),
        ("//", "EQ", ""),
    ]


def test_every_bad_line_is_named_and_nothing_stored(brand):
    winter = make_exception_list(program=brand, values=["SKU-1"])
    with pytest.raises(Refused) as refused:
        replace_entries(exception_list=winter, entries=read_entries("ok\n/(/\n" + "x" * 256))
    assert [(refusal.path, refusal.message.split("“")[0]) for refusal in refused.value] == [
        ("entries", "Line 2: "), ("entries", "Line 3: Is longer than 255 characters."),
    ]  # fmt: skip
    assert winter.items.get().value == "SKU-1"


def test_entries_are_added_named_replaced_and_removed_as_they_are_compared(brand):
    winter = make_exception_list(program=brand, values=["SKU-1", "SKU-2"])
    outcome = add_entries(exception_list=winter, entries=read_entries("sku-1\tCoat\nSKU-2\nSKU-3"))
    assert (len(outcome.added), len(outcome.changed), outcome.unchanged) == (1, 1, 1)
    assert [(cell.before, cell.after) for cell in outcome.cells] == [("", "Coat")]
    assert entries_of(winter) == [("SKU-1", "EQ", "Coat"), ("SKU-2", "EQ", ""), ("SKU-3", "EQ", "")]
    outcome = replace_entries(exception_list=winter, entries=read_entries("SKU-1\n/SKU-2/"))
    assert [value for *_, value in outcome.dropped] == ["SKU-2", "SKU-3"]
    assert entries_of(winter) == [("SKU-1", "EQ", "Coat"), ("SKU-2", "REGEX", "")]
    outcome = remove_entries(exception_list=winter, entries=read_entries("SKU-1\nSKU-2"))
    assert (len(outcome.dropped), outcome.unchanged) == (1, 1)
    assert entries_of(winter) == [("SKU-2", "REGEX", "")]


def test_a_closed_list_keeps_its_entries(brand):
    winter = make_exception_list(program=brand, values=["SKU-1"])
    close_exception_list(exception_list=winter, on=True)
    for change in (add_entries, replace_entries, remove_entries):
        with pytest.raises(Closed, match="Winter is closed: open it again"):
            change(exception_list=winter, entries=read_entries("SKU-1\nSKU-9"))
    close_exception_list(exception_list=winter, on=False)
    add_entries(exception_list=winter, entries=read_entries("SKU-9"))
    assert winter.items.count() == 2


def test_an_earlier_name_of_a_list_stays_its_own(brand):
    winter = make_exception_list(program=brand, name="Winter")
    change_exception_list(exception_list=winter, name="Cold days")
    with pytest.raises(Refused, match="“Winter” already exists"):
        create_exception_list(program=brand, name="winter", kind="SKU")
    change_exception_list(exception_list=winter, name="WINTER")
    assert [each.name for each in winter.names.all()] == ["WINTER", "Cold days"]


def test_a_lists_name_is_unique_in_its_program_only(brand):
    make_exception_list(program=brand, name="Winter")
    with pytest.raises(Refused, match="already exists"):
        create_exception_list(program=brand, name="winter", kind="SKU")
    assert create_exception_list(program=make_program(), name="winter", kind="SKU").name == "winter"


@pytest.mark.parametrize("name", ["winter\u200b", "WINTER", "Winter\u00a0", " winter "])
def test_a_name_that_is_compared_as_another_is_refused_naming_it(name, brand):
    make_exception_list(program=brand, name="Winter")
    make_customer_tag(program=brand, name="Winter")
    make_partner_group(program=brand, name="Winter")
    other = make_customer_tag(program=brand, name="Summer")
    group = make_partner_group(program=brand, name="Summer")
    for refused in (
        lambda: create_exception_list(program=brand, name=name, kind="SKU"),
        lambda: create_customer_tag(program=brand, name=name),
        lambda: change_customer_tag(tag=other, name=name),
        lambda: create_partner_group(program=brand, name=name),
        lambda: rename_partner_group(group=group, name=name),
    ):
        with pytest.raises(Refused, match="“Winter” already exists"):
            refused()


@pytest.mark.parametrize("model", [ExceptionList, CustomerTag, PartnerGroup])
def test_the_database_holds_that_names_are_unique_as_they_are_compared(model, brand):
    model.objects.bulk_create([model(program=brand, name="Women's")])
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(program=brand, name="women’s")
    with pytest.raises(ValidationError, match="already exists"):
        model(program=brand, name="WOMEN’S").full_clean()


def test_a_renamed_row_is_compared_by_its_new_name(brand):
    tag = make_customer_tag(program=brand, name="VIP")
    change_customer_tag(tag=tag, name="Trade")
    assert create_customer_tag(program=brand, name="trades").name == "trades"
    with pytest.raises(Refused, match="already exists"):
        create_customer_tag(program=brand, name="TRADE")


def test_an_earlier_name_of_a_tag_stays_its_own(brand):
    tag = make_customer_tag(program=brand, name="VIP")
    other = make_customer_tag(program=brand, name="Gold")
    change_customer_tag(tag=tag, name="Trade")
    with pytest.raises(Refused, match="“VIP” already exists"):
        create_customer_tag(program=brand, name="vip")
    with pytest.raises(Refused, match="“VIP” already exists"):
        change_customer_tag(tag=other, name="vip")
    change_customer_tag(tag=tag, name="vip")
    assert tag.name == "vip"


def test_a_group_in_a_file_of_partners_is_the_one_that_it_is_compared_as(brand):
    club = make_partner_group(program=brand, name="Women's club")
    partner = add_partner(program=brand, partner_id="P-9", name="Nine", groups=["women’s\u00a0 CLUB", "Women's club"])
    assert list(partner.groups.all()) == [club]


def test_values_of_a_list_are_kept_once_as_they_are_compared(brand):
    assert [entry[:2] for entry in read_entries("SKU-1\nsku-1\u200b\nWomen’s  day\nwomen's day\n/a/\n/A/")] == [
        ("SKU-1", "EQ"),
        ("Women’s  day", "EQ"),
        ("a", "REGEX"),
        ("A", "REGEX"),
    ]


def test_a_list_holds_at_most_a_thousand_regular_expressions_of_500_characters(brand):
    most = "\n".join(f"/sku-{number}.*/" for number in range(1_000))
    full = create_exception_list(program=brand, name="Full", kind="SKU", entries=most)
    with pytest.raises(Refused, match="at most 1,000 regular expressions"):
        add_entries(exception_list=full, entries=read_entries("/one-more/"))
    assert full.items.count() == 1_000
    long = create_exception_list(program=brand, name="Long", kind="SKU", entries=f"/{'a' * 500}/")
    assert len(long.items.get().value) == 500
    with pytest.raises(Refused, match="Line 1: A regular expression has at most 500 characters"):
        read_entries(f"/{'a' * 501}/")


@pytest.mark.parametrize("pattern", ["(?=x)a", "(?<!a)b", "(a)\\1"])
def test_a_pattern_that_re2_cannot_read_is_refused_wherever_it_is_written(pattern, brand):
    with pytest.raises(Refused, match=r"Line 1: .* Look-ahead, look-behind and back-references cannot be used"):
        read_entries(f"/{pattern}/")
    winter = make_exception_list(program=brand)
    entry = ExceptionListItem(program=brand, exception_list=winter, value=pattern, match_mode="REGEX")
    with pytest.raises(ValidationError, match="cannot be used"):
        entry.full_clean()


def test_catalog_rows_are_added_or_changed_by_sku_and_an_empty_value_leaves_what_is_stored(brand):
    first = save_catalog_items(program=brand, rows=read_typed_rows([["S1", "Anvil", "Acme", "Anvils"], ["S2"]]))
    again = save_catalog_items(program=brand, rows=read_typed_rows([["S1", "", "", "Hammers"], ["S2"], ["S3"]]))
    assert (len(first.added), len(again.added), len(again.changed), again.unchanged) == (2, 1, 1, 1)
    assert CatalogItem.objects.filter(sku="S1").values_list("name", "manufacturer", "category").get() == (
        "Anvil", "Acme", "Hammers",
    )  # fmt: skip


def test_a_catalog_row_without_a_sku_is_named(brand):
    with pytest.raises(Refused, match="Row 2 has no SKU"):
        read_typed_rows([["S1"], ["", "Acme"]])


def test_a_catalog_sku_is_freed_of_what_nobody_sees(brand):
    save_catalog_items(program=brand, rows=read_typed_rows([["\u200bMUG\u2060-1\u00a0", "Anvils"]]))
    assert CatalogItem.objects.get().sku == "MUG-1"


def test_regular_expressions_of_all_lists_of_a_program_are_limited_together(brand):
    costly = "\n".join(f"/(a?){{100}}a{{100}}b{number}/" for number in range(70))  # some 310 steps each
    first = create_exception_list(program=brand, name="First", kind="SKU", entries=costly)
    second = create_exception_list(program=brand, name="Second", kind="SKU", entries=costly)
    third = make_exception_list(program=brand, name="Third", values=["SKU-1"])
    with pytest.raises(Refused, match="would take too long to match"):
        add_entries(exception_list=third, entries=read_entries(costly))
    with pytest.raises(Refused, match="would take too long to match"):
        create_exception_list(program=brand, name="Fourth", kind="SKU", entries=costly)
    assert third.items.count() == 1
    remove_entries(exception_list=second, entries=read_entries(costly))
    assert len(add_entries(exception_list=third, entries=read_entries(costly)).added) == 70
    assert first.items.count() == 70


def test_what_is_typed_is_limited_and_only_the_first_bad_lines_are_named():
    assert len(read_entries("\n".join(map(str, range(10_000))))) == 10_000
    with pytest.raises(Refused, match="At most 10,000 lines can be typed at once: upload more as a file"):
        read_entries("\n".join(map(str, range(10_001))))
    with pytest.raises(Refused) as refused:
        read_entries("/(/\n" * 500)
    assert [each.message for each in refused.value][-2:] == [
        "Line 20: “(” is not a valid regular expression: missing ): (.",
        "Further lines were not read, from line 21 on.",
    ]
    with pytest.raises(Refused, match="At most 10,000 rows can be typed at once"):
        read_typed_rows([[str(number)] for number in range(10_001)])
    with pytest.raises(Refused) as refused:
        read_typed_rows([["", "Acme"]] * 500)
    assert len(list(refused.value)) == 21


@pytest.mark.parametrize("name", ["Win\x01ter", "Win\u202eter", "Win\u2066ter", "Win\x7fter"])
def test_a_name_that_could_pass_for_another_is_refused(name, brand):
    with pytest.raises(Refused, match="a character that cannot be seen"):
        create_exception_list(program=brand, name=name, kind="SKU")
    assert create_exception_list(program=brand, name="Family \U0001f468\u200d\U0001f469", kind="SKU").pk
