"""Rows for tests: plain functions, keyword-only; a test names only what it is about."""

import itertools
from typing import Any

from django.contrib.auth.models import User

from program.models import (
    Account,
    Customer,
    CustomerTag,
    EventType,
    ExceptionList,
    Membership,
    Partner,
    PartnerGroup,
    Program,
)
from program.models.customer import CustomerTagging
from program.models.partner import PartnerGroupMember

_number = itertools.count(1)


def make_account(*, name: str = "Anvils Ltd", sid: str = "") -> Account:
    return Account.objects.create(name=name, sid=sid or f"BB{next(_number):030d}")


def make_program(*, id: int = 0, account: Account | None = None, name: str = "Anvils", **fields: Any) -> Program:
    values = {"currency": "GBP", "time_zone": "Europe/London", **fields}
    return Program.objects.create(
        id=id or 50_000 + next(_number), account=account or make_account(name=name), name=name, **values
    )


def make_user(*, username: str = "", program: Program | None = None, role: str = "EDITOR", **fields: Any) -> User:
    """A user who signs in with the password "anvil"; with a program, a member of its account."""
    user = User.objects.create_user(username or f"user{next(_number)}", password="anvil", **fields)
    if program is not None:
        Membership.objects.create(user=user, account=program.account, role=role)
    return user


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


def make_customer(*, program: Program, customer_id: str = "", tags: list[str] | None = None) -> Customer:
    """A customer, with tags by name, made as needed."""
    customer = Customer.objects.create(program=program, customer_id=customer_id or f"C-{next(_number):04d}")
    for name in tags or []:
        tag, _ = CustomerTag.objects.get_or_create(program=program, name=name)
        CustomerTagging.objects.create(program=program, customer=customer, tag=tag)
    return customer


def make_customer_tag(*, program: Program, name: str = "VIP") -> CustomerTag:
    return CustomerTag.objects.create(program=program, name=name)


def make_exception_list(*, program: Program, name: str = "Winter", values: list[str] | None = None) -> ExceptionList:
    exception_list = ExceptionList.objects.create(program=program, name=name)
    for value in values or []:
        exception_list.items.create(program=program, value=value)
    return exception_list
