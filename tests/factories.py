"""Rows for tests: plain functions, keyword-only; a test names only what it is about."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from accounts.models import Account, AuthenticatorApp, Membership, User
from accounts.second_factor.services import new_key
from contracts.models import Contract, ContractEventType, TemplateTerms, TermsVersion
from program.exception_lists.services import create_exception_list
from program.models import (
    Ad,
    Customer,
    CustomerTag,
    EventType,
    ExceptionList,
    Partner,
    PartnerGroup,
    Program,
    PromoCode,
)
from program.models.customer import CustomerTagging
from program.models.partner import PartnerGroupMember
from program.tags.services import create_customer_tag
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion, read_modification
from tracking.models import Action, Conversion, Modification
from tracking.models.conversion import Source
from tracking.modifications.new_modifications import store_modifications
from tracking.pricing.batch import price_batch

_number = itertools.count(1)
SINCE = datetime(2000, 1, 1, tzinfo=UTC)  # before any order of a test


def make_account(*, name: str = "Anvils Ltd", sid: str = "") -> Account:
    return Account.objects.create(name=name, sid=sid or f"BB{next(_number):030d}")


def make_program(*, id: int = 0, account: Account | None = None, name: str = "Anvils", **fields: Any) -> Program:
    values = {"currency": "GBP", "time_zone": "Europe/London", **fields}
    return Program.objects.create(
        id=id or 50_000 + next(_number), account=account or make_account(name=name), name=name, **values
    )


def make_user(*, username: str = "", program: Program | None = None, role: str = "EDITOR", **fields: Any) -> User:
    """A user who signs in with the password "anvil"; with a program, a member of its account."""
    # Not create_user, which asks the database about each constraint before the database checks it.
    name = username or f"user{next(_number)}"
    user = User.objects.create(username=name, password=make_password("anvil"), **fields)
    if program is not None:
        Membership.objects.create(user=user, account=program.account, role=role)
    return user


def make_app(*, user: User) -> AuthenticatorApp:
    """A second factor that is on."""
    return AuthenticatorApp.objects.create(user=user, name="App", key=new_key(user=user))


def make_event_type(*, program: Program, code: str = "SALE", **fields: Any) -> EventType:
    return EventType.objects.create(program=program, code=code, **{"name": "Online sale", **fields})


def make_partner(
    *, program: Program, media_partner_id: str = "", groups: list[str] | None = None, **fields: Any
) -> Partner:
    """A partner, with groups by name, made as needed."""
    media_partner_id = media_partner_id or f"P-{next(_number):04d}"
    fields.setdefault("name", f"Partner {media_partner_id}")
    partner = Partner.objects.create(program=program, media_partner_id=media_partner_id, **fields)
    for name in groups or []:
        group, _ = PartnerGroup.objects.get_or_create(program=program, name=name)
        PartnerGroupMember.objects.create(program=program, partner=partner, group=group)
    return partner


def make_partner_group(*, program: Program, name: str = "Influencers") -> PartnerGroup:
    return PartnerGroup.objects.create(program=program, name=name)


def make_ad(*, program: Program, name: str = "Shop", landing_page: str = "https://shop.example/", **fields: Any) -> Ad:
    """An ad, whatever the program's landing domains are."""
    return Ad.objects.create(program=program, name=name, landing_page=landing_page, **fields)


def make_promo_code(*, program: Program, code: str = "SAVE10", **fields: Any) -> PromoCode:
    """A promo code that credits a partner of its own where none is given."""
    if not fields.get("partner") and not fields.get("group"):
        fields["partner"] = make_partner(program=program)
    return PromoCode.objects.create(program=program, code=code, **fields)


def make_customer(*, program: Program, customer_id: str = "", tags: list[str] | None = None) -> Customer:
    """A customer, with tags by name, made as needed."""
    customer = Customer.objects.create(program=program, customer_id=customer_id or f"C-{next(_number):04d}")
    for name in tags or []:
        tag = CustomerTag.objects.filter(program=program, name=name).first() or make_customer_tag(
            program=program, name=name
        )
        period = DateTimeTZRange(SINCE, None)
        CustomerTagging.objects.create(program=program, customer=customer, tag=tag, period=period)
    return customer


def make_customer_tag(*, program: Program, name: str = "VIP") -> CustomerTag:
    return create_customer_tag(program=program, name=name)


def make_exception_list(
    *, program: Program, name: str = "Winter", kind: str = "SKU", values: list[str] | None = None
) -> ExceptionList:
    return create_exception_list(program=program, name=name, kind=kind, entries="\n".join(values or []))


def make_contracts(
    *, program: Program, document: dict[str, Any], partners: list[Partner], start: datetime | None = None
) -> TermsVersion:
    """Publish a terms document as it stands and join the partners, from ever on unless a start is given."""
    number = next(_number)
    terms, _ = TemplateTerms.objects.get_or_create(
        program=program, name=document["Name"], defaults={"currency": document["Currency"]}
    )
    version = TermsVersion.objects.create(program=program, template_terms=terms, number=number, document=document)
    codes = [payout["EventTypeCode"] for payout in document["EventPayouts"]]
    for partner in partners:
        period = DateTimeTZRange(start, None)
        contract = Contract.objects.create(program=program, partner=partner, terms_version=version, period=period)
        for event_type in EventType.objects.filter(program=program, code__in=codes):
            ContractEventType.objects.create(
                program=program, contract=contract, partner=partner, event_type=event_type, period=period
            )
    return version


def terms_document(
    *, name: str = "Standard", currency: str = "GBP", rate: str = "10", groups: list[dict[str, Any]] | None = None,
    **event_payout: Any,
) -> dict[str, Any]:  # fmt: skip
    """A terms document for SALE: `rate` percent an order, with these payout groups and parts of the event payout."""
    payout = {"EventTypeCode": "SALE", "PayoutLevel": "ORDER", "DefaultPayoutRate": rate, **event_payout}
    return {"Name": name, "Currency": currency, "EventPayouts": [{**payout, "PayoutGroups": groups or []}]}


def sent(**params: Any) -> dict[str, Any]:
    """The parameters of a conversion for program 1000 as a brand sends them: 100.00 yesterday, credited to P-1."""
    when = (timezone.now() - timedelta(days=1)).isoformat()
    order = {"CampaignId": 1000, "EventTypeCode": "SALE", "EventDate": when, "OrderId": f"A{next(_number)}"}
    if not any(name.startswith("Item") for name in params):
        order["Amount"] = "100.00"
    return {**order, "MediaPartnerId": "P-1", **params}


def make_conversion(*, program: Program, is_test: bool = False, **params: Any) -> Conversion:
    """A conversion sent by API with these parameters, stored and waiting."""
    data = read_conversion(
        sent(**{"CampaignId": program.pk, **params}), now=timezone.now(), time_zone=program.time_zone
    )
    return store_conversion(program, data, source=Source.API, is_test=is_test).conversion


def make_action(*, program: Program, **params: Any) -> Action:
    """The action of a conversion with these parameters, priced as the worker prices it."""
    conversion = make_conversion(program=program, **params)
    while price_batch(program_id=program.pk):
        pass
    return Action.objects.select_related("conversion", "event_type", "program").get(conversion=conversion)


def make_modification(*, program: Program, **params: Any) -> Modification:
    """A modification sent by API, stored and waiting; of a SALE unless said otherwise."""
    if "ActionId" not in params:
        params.setdefault("EventTypeCode", "SALE")
    data = read_modification(params, now=timezone.now(), time_zone=program.time_zone)
    (modification,) = store_modifications(program, [data], source=Source.API)
    return modification
