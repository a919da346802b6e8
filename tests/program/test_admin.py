"""Django admin of this app: every list, search and form opens, and what stands cannot be changed there."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.api_tokens import make_api_token, token_in_force
from accounts.models import ApiToken
from accounts.team.invitations import invite
from program.event_types.services import set_customer_status_mapping
from program.models import (
    CatalogItem,
    CustomerSegment,
    EventType,
    ExchangeRate,
    MediaSource,
    Partner,
    PartnerGroup,
    RateFetch,
    ReceivedValue,
    ReferenceRate,
)
from program.tags.assigning.acts import act_at_once
from servers.home import PROJECT
from tests.factories import (
    make_ad,
    make_customer,
    make_event_type,
    make_exception_list,
    make_partner,
    make_promo_code,
    make_user,
)

MODELS = [model for model in apps.get_app_config("program").get_models() if not model._meta.auto_created]
WITH_ANOTHER = (
    "CustomerRevenue",
    "CustomerTagName",
    "CustomerTagging",
    "PartnerGroupMember",
    "ExceptionListName",
    "AuditText",
    "AuditLink",
    "AuthenticatorApp",
)
NOT_MADE_THERE = (
    "Ad", "ApiToken", "AuditEntry", "CustomerStatusMapping", "CustomerTag", "ExceptionList", "ExceptionListItem",
    "Membership", "PromoCode", "RateFetch", "ReceivedValue", "ReferenceRate", "TagAct", "TagActChange",
)  # fmt: skip
REGISTERED = [m for m in MODELS if m.__name__ not in WITH_ANOTHER]


@pytest.fixture
def admin(brand, alice, client_of):
    event_type = make_event_type(program=brand)
    set_customer_status_mapping(event_type=event_type, mapping={"New": ["n"]}, enabled=True)
    make_partner(program=brand, groups=["Blog"])
    customer = make_customer(program=brand, tags=["VIP"])
    tags = list(brand.customertag_set.all())
    act_at_once(program=brand, kind="REMOVE", tags=tags, customers=[customer.pk])
    make_exception_list(program=brand, values=["S1"])
    make_ad(program=brand)
    make_promo_code(program=brand, partner=brand.partner_set.get())
    MediaSource.objects.create(program=brand, name="google")
    CustomerSegment.objects.create(program=brand, name="VIP", query="tag=1")
    CatalogItem.objects.create(program=brand, sku="S1")
    make_api_token(account=brand.account, name="Shop")
    invite(account=brand.account, email="eve@example.com", role="VIEWER", by=alice)
    ReceivedValue.objects.create(
        program=brand, event_type=event_type, variable="CUSTOMER_STATUS", value="n", day=date(2026, 11, 1), orders=3
    )
    ReferenceRate.objects.create(date=date(2026, 11, 1), currency="USD", rate=Decimal("1.1"))
    RateFetch.objects.create(pk=RateFetch.ONLY, tried_at=timezone.now())
    ExchangeRate.objects.create(program=brand, date=date(2026, 11, 1), source="USD", target="GBP", rate=Decimal("0.8"))
    return client_of(make_user(username="root", is_staff=True, is_superuser=True))


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_every_list_search_and_form_opens(model, admin):
    name = f"admin:program_{model._meta.model_name}"
    assert admin.get(reverse(f"{name}_changelist"), {"q": "1"}).status_code == 200
    page = admin.get(reverse(f"{name}_change", args=[model.objects.first().pk]))
    assert page.status_code == 200
    assert admin.get(reverse(f"{name}_add")).status_code == (403 if model.__name__ in NOT_MADE_THERE else 200)


def test_a_token_can_be_revoked_and_neither_read_nor_made(admin, brand):
    token, secret = make_api_token(account=brand.account, name="Till")
    page = admin.get(reverse("admin:accounts_apitoken_change", args=[token.pk])).content.decode()
    assert token.token_hash not in page
    admin.post(reverse("admin:accounts_apitoken_changelist"), {"action": "revoke", "_selected_action": [token.pk]})
    assert token_in_force(brand.account.sid, secret) is None
    assert ApiToken.objects.get(pk=token.pk).revoked_at


def test_a_programs_currency_and_an_event_types_code_stand(admin, brand):
    form = {"name": "New name", "ip_addresses": "NONE", "currency": "USD", "id": "7"}
    admin.post(reverse("admin:program_program_change", args=[brand.pk]), form)
    brand.refresh_from_db()
    assert (brand.name, brand.currency) == ("New name", "GBP")
    sale = EventType.objects.get()
    page = admin.get(reverse("admin:program_eventtype_change", args=[sale.pk])).content.decode()
    assert 'name="code"' not in page
    assert 'name="customerstatusmapping_set-0-code"' not in page


def test_the_domains_of_a_program_are_read_as_on_its_own_page(admin, brand):
    address = reverse("admin:program_program_change", args=[brand.pk])
    form = {"name": "Anvils", "ip_addresses": "NONE"}
    refused = admin.post(address, {**form, "landing_domains": "shop.example,*.com"})
    assert "is not a whole domain" in refused.content.decode()
    assert admin.post(address, {**form, "landing_domains": "Shop.example,shop.example"}).status_code == 302
    brand.refresh_from_db()
    assert (brand.landing_domains, brand.ip_addresses) == (["shop.example"], "NONE")


def test_a_member_added_beside_a_partner_is_of_the_same_program(admin, brand):
    partner = Partner.objects.get()
    news = PartnerGroup.objects.create(program=brand, name="News")
    inline = "partnergroupmember_set"
    form = {
        "name": "Kettle",
        "channel": "content",
        "is_active": "on",
        f"{inline}-TOTAL_FORMS": "1",
        f"{inline}-INITIAL_FORMS": "0",
        f"{inline}-0-group": news.pk,
    }
    assert admin.post(reverse("admin:program_partner_change", args=[partner.pk]), form).status_code == 302
    assert partner.partnergroupmember_set.get(group=news).program == brand


def test_an_editor_of_a_brand_does_not_get_in(alice, client_of):
    assert client_of(alice).get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_bears_the_products_name_colours_and_theme(theme, admin):
    admin.cookies["theme"] = theme
    page = admin.get(reverse("admin:index")).content.decode()
    assert "<title>Django admin · Brandboard</title>" in page
    assert "/favicon.svg" in page
    assert "/css/admin.css" in page
    assert f" theme-{theme}" in page
    assert "admin/js/theme.js" not in page


def test_every_colour_of_it_is_a_token():
    css = PROJECT / "static/css"
    known = set(re.findall(r"--[\w-]+(?=:)", (css / "tokens.css").read_text()))
    sheet = (css / "admin.css").read_text()
    assert set(re.findall(r"var\((--[\w-]+)", sheet)) <= known
    assert not re.search(r"#[0-9a-f]{3,8}\b(?=[;,) ])|rgb\(", sheet)
