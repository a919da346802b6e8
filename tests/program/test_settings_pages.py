"""API tokens and the catalog, as an editor meets them."""

import pytest
from django.urls import reverse

from accounts.api_tokens import make_api_token, token_in_force
from accounts.models import ApiToken
from program.models import CatalogItem


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


def test_a_tokens_secret_is_shown_once_and_kept_nowhere(brand, editor):
    response = editor.post(url("token_create"), {"name": "Shop", "scope": "READ"})
    secret = response.context["secret"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    token = token_in_force(brand.account.sid, secret)
    assert (token.account, token.scope) == (brand.account, "READ")
    assert secret not in editor.get(url("token_list")).content.decode()


def test_a_token_without_a_name_is_refused(editor):
    assert editor.post(url("token_create"), {"name": " ", "scope": "READ"}).status_code == 422
    assert editor.post(url("token_create"), {"name": "x", "scope": "ALL"}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_revoked_token_stays_on_the_page_without_a_button(brand, editor):
    token, secret = make_api_token(account=brand.account, name="Shop")
    assert "Revoke this token?" in editor.get(url("token_list")).content.decode()
    editor.post(url("token_revoke", token.pk))
    page = editor.get(url("token_list")).content.decode()
    assert "Revoked" in page
    assert "Revoke this token?" not in page
    assert token_in_force(brand.account.sid, secret) is None


@pytest.mark.parametrize(
    ("rows", "category"),
    [
        ("S1,Anvil,Acme,Anvils", "Anvils"),
        ("S1\tAnvil\tAcme\tAnvils, heavy", "Anvils, heavy"),
        ('S1,Anvil,Acme,"A, B"\n\n', "A, B"),
    ],
    ids=["csv", "tabs", "quoted"],
)
def test_catalog_rows_are_pasted(rows, category, brand, editor):
    assert editor.post(url("catalog_add"), {"rows": rows}).status_code == 302
    assert CatalogItem.objects.get(program=brand).category == category


def test_a_catalog_row_with_too_many_values_is_named(brand, editor):
    response = editor.post(url("catalog_add"), {"rows": "S1,a,b,c,d,e,f"})
    assert response.status_code == 422
    assert "Row 1 has 7 values; there are 6 columns." in response.content.decode()


def test_a_catalog_value_that_no_csv_reader_takes_is_told_beside_the_rows(brand, editor):
    response = editor.post(url("catalog_add"), {"rows": "S1," + "a" * 140_000})
    assert response.status_code == 422
    assert "far longer than 255 characters" in response.content.decode()


def test_a_catalog_entry_is_changed_found_and_deleted(brand, editor):
    item = CatalogItem.objects.create(program=brand, sku="S1", category="Anvils")
    editor.post(url("catalog_edit", item.pk), {"sku": "S2", "manufacturer": "Acme", "category": "Hammers"})
    item.refresh_from_db()
    assert (item.sku, item.manufacturer, item.category) == ("S1", "Acme", "Hammers")
    assert list(editor.get(url("catalog_list"), {"q": "acme"}).context["page"]) == [item]
    assert list(editor.get(url("catalog_list"), {"q": "anvils"}).context["page"]) == []
    editor.post(url("catalog_delete", item.pk))
    assert not CatalogItem.objects.exists()
