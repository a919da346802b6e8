"""One row of everything that a program can hold, each with a number that is known beforehand."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.http import QueryDict

from accounts.api_tokens import make_api_token
from accounts.models import AuditEntry
from accounts.team.invitations import invite
from contracts.account_rules.services import Wanted, set_account_rules
from contracts.agreements import plans
from contracts.custom_terms.services import add_custom_terms, as_special_terms, newest_version
from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction
from contracts.drafts.sections import set_terms_sections
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.group_files import jobs as group_work
from contracts.models import Contract, ContractEventType, Publishing, PublishReview
from contracts.publishing.services import publish_draft
from program.customers.segments import save_segment
from program.models import CatalogItem, ExchangeRate, MediaSource, Program
from program.tags.assigning.acts import act_at_once
from reports.exports.services import create_export
from reports.models import DailyClicks
from reports.pages.question import read_question
from reports.queries.tables import REPORTS
from tests import factories
from tracking.journeys.click_ids import moment_of
from tracking.limits import terms_limits
from tracking.models import CheckedOrders, CustomerFile, Erasure, Upload
from tracking.pricing import lookups
from tracking.status_check.checks import create_check

APPS = ("accounts", "program", "contracts", "tracking", "reports")


def start_every_number_at(number: int) -> None:
    """Let the next row of every table of ours have this number. Rolled back with a test that commits nothing.

    The audit log goes on after its last entry: where a test before has come so far, the brand's own entries lie ahead,
    and no page has an entry's number.

    Plans are kept by their version's number for ever, which no product uses twice: here they are forgotten.
    """
    kept_by_version = (plans.terms_of, plans.plan_of, lookups.needs_of, terms_limits.limits_of, terms_limits.accrual_of)
    for kept in kept_by_version:
        kept.cache_clear()
    with connection.cursor() as cursor:
        for app in APPS:
            for model in apps.get_app_config(app).get_models():
                column = model._meta.pk.column
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [model._meta.db_table, column])
                (sequence,) = cursor.fetchone()
                if sequence is not None and model is not AuditEntry:
                    cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {number}")


def click_of(number: int) -> UUID:
    """The click that a brand has, by the number of its other rows: of 20 November 2026."""
    return UUID(bytes=(1_795_000_000_000).to_bytes(6) + number.to_bytes(10))


def _step(program: Program, number: int, name: str) -> None:
    click = click_of(number)
    columns = "id, at, program_id, kind, source, profile, visitor, not_counted, facts, ip_address"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tracking_step ({columns}) VALUES (%s, %s, %s, 'VISIT', %s, %s, %s, '', '{{}}', '')",
            [click, moment_of(click), program.pk, name, click.hex, click.hex],
        )


def fill(program: Program, *, user: Any, number: int, name: str = "Standard") -> None:
    """Give the program one row of everything, the first of each with this number; `name` stands in whatever has one."""
    start_every_number_at(number)
    factories.make_user(username=f"member{number}", program=program, role="VIEWER")
    invite(account=program.account, email=f"{name}@example.com".replace(" ", ""), role="VIEWER", by=None)
    sale = factories.make_event_type(program=program, name=f"Sale {name}")
    factories.make_partner(program=program, media_partner_id="P-1", name=f"Partner {name}", groups=[f"Group {name}"])
    factories.make_ad(program=program, name=f"Ad {name}")
    factories.make_promo_code(program=program, code=f"Code {name}", partner=program.partner_set.get())
    MediaSource.objects.create(program=program, name=f"Source {name}")
    clicked = {"impressions": 9, "clicks": 3, "payable_clicks": 2, "bots": 0, "prefetches": 0, "previews": 0}
    DailyClicks.objects.create(
        program=program, partner=program.partner_set.get(), ad=program.ad_set.get(), day="2026-11-02", **clicked
    )
    customer = factories.make_customer(program=program, customer_id=f"Customer {name}", tags=[f"Tag {name}"])
    tags = list(program.customertag_set.all())
    act_at_once(program=program, kind="REMOVE", tags=tags, customers=[customer.pk], user_id=user.pk)
    segment = QueryDict(f"q={name}")
    save_segment(program=program, user_id=user.pk, name=f"Segment {name}", query=segment)
    factories.make_exception_list(program=program, name=f"List {name}", values=["SKU-1"])
    CatalogItem.objects.create(program=program, sku=f"SKU {name}")
    ExchangeRate.objects.create(program=program, date="2026-11-02", source="USD", target="GBP", rate="0.75")
    make_api_token(account=program.account, name=f"Shop {name}")
    set_account_rules(account=program.account, wanted={"locking_months": Wanted(most=Decimal(12))}, user=user)
    text = add_custom_terms(program=program, name=name, type="CUSTOM", content=name, user=user)
    terms = create_template_terms(program=program, name=name)
    payout = add_event_payout(template_terms=terms, event_type=sale, payout_rate=10)
    rule = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
    add_payout_group(event_payout=payout, rules=[rule], payout_rate=15)
    add_payout_adjustment(event_payout=payout, rules=[rule], direction="INCREASE", rate=5)
    add_payout_restriction(event_payout=payout, rules=[{**rule, "Values": ["Existing"]}])
    group_work.create_group_import(event_payout=payout, user_id=user.pk, filename=f"{name}.csv", content=b"Rules\n")
    texts = (as_special_terms(newest_version(text)),)
    set_terms_sections(template_terms=terms, values={"special_terms": texts, "change_notification_period": 3})
    PublishReview.objects.create(program=program, user=user, template_terms=terms, revision=1, state="CANCELLED")
    Publishing.objects.create(
        program=program, user=user, template_terms=terms, kind="PUBLISH", shown=name, address=name, state="CANCELLED"
    )
    publish_draft(template_terms=terms, join="all")
    for model in (Contract, ContractEventType):
        model.objects.filter(program=program).update(period="[2020-01-01,)")
    action = factories.make_action(program=program, OrderId=f"Order-{name}")
    factories.make_modification(program=program, OrderId=action.order_id, Amount="50")
    upload = Upload.objects.create(
        program=program, filename=f"{name}.csv", kind="CONVERSIONS", content=b"OrderId\n", user=user
    )
    Erasure.objects.create(program=program, user=user, customer=customer, state="FAILED", failure=name)
    CustomerFile.objects.create(program=program, user=user, customer=customer, state="READY", content=name.encode())
    CheckedOrders.objects.create(
        program=program,
        upload=upload,
        settled=0,
        rows=[],
        event_types=[],
        order_ids=[],
        event_dates=[],
        payloads=[],
        derived=[],
    )
    _step(program, number, name)
    day = action.day
    create_check(event_type=sale, user_id=user.pk, start=day, end=day, re_engaged_after_days=365)
    report = REPORTS["new_vs_return_customer"]
    question = read_question(QueryDict(), program, report, sort="partner")
    create_export(
        program=program, user_id=user.pk, report=report, filters=question.filters, show=(), sort="", format="csv"
    )
