"""Fills the demonstration with what pictures need: every state of a file, long names, long lists, an empty brand.

    BRANDBOARD_HOME=... .venv/bin/python manage.py shell -c "from tests.browser.scenes import fill; fill()"

For a home that is thrown away afterwards. The worker takes what waits here as it takes anything: freeze it
(`kill -STOP`) before filling, where the pictures should show files that wait.
"""

import gzip
import random
import re
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.api_tokens import make_api_token, revoke_api_token
from accounts.models import Membership, User
from contracts.drafts.sections import set_sections
from contracts.drafts.unpublished import open_draft
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.models import EventPayout, TemplateTerms, TermsVersion
from contracts.publishing.services import publish_document
from program.catalog.services import read_typed_rows, save_catalog_items
from program.event_types.services import create_event_type, set_customer_status_mapping
from program.exception_lists.services import create_exception_list
from program.models import Customer, Partner, PartnerGroup, Program
from program.models.partner import PartnerGroupMember
from program.programs import create_account_and_program
from program.tags.assigning.services import assign_customer_tags
from program.tags.services import create_customer_tag
from reports.management.commands.demo import FOLDER
from reports.models import Export
from tests.factories import make_action, make_conversion, make_partner
from tracking.imports.uploads import check_upload, create_upload
from tracking.models import Upload, UploadError

DEMONSTRATION, EMPTY, LONG, WORD = 1000, 2000, 3000, "Extraordinarily" * 8
MANY = 10_000


def fill() -> None:
    program = Program.objects.get(id=DEMONSTRATION)
    _settings(program)
    _second_version(program)
    _uploads(program)
    _exports(program)
    _empty()
    _long_names()


def _settings(program: Program) -> None:
    for name, scope in (("Shop", "WRITE"), ("Data warehouse", "READ")):
        make_api_token(account=program.account, name=name, scope=scope)
    token, _ = make_api_token(account=program.account, name="Old shop")
    revoke_api_token(token=token)
    create_exception_list(program=program, name="Gift cards", kind="SKU", entries="SKU-1\nSKU-2\tHalf price\nSKU-3")
    create_exception_list(program=program, name="Nothing in it yet", kind="PROMO_CODE")
    save_catalog_items(
        program=program,
        rows=read_typed_rows(
            (f"SKU-{n:05d}", f"Item {n}", f"Maker {n % 90}", f"Category {n % 40}") for n in range(MANY)
        ),
    )
    customers = list(Customer.objects.filter(program=program).order_by("id")[:40])
    for name, chosen in (("VIP", customers[:12]), ("Wholesale", customers[8:40]), ("Unused", [])):
        tag = create_customer_tag(program=program, name=name)
        if chosen:
            assign_customer_tags(customers=chosen, tags=[tag])
    group = PartnerGroup.objects.create(program=program, name="Influencers")
    for partner in Partner.objects.filter(program=program)[:3]:
        PartnerGroupMember.objects.create(program=program, partner=partner, group=group)
    make_partner(program=program, media_partner_id="PAUSED-1", name="Paused partner", is_active=False)


def _second_version(program: Program) -> None:
    """A second version of the demonstration's terms, a changed draft above it, and terms of 10,000 groups."""
    first = TermsVersion.objects.filter(program=program).order_by("id")[0].document
    document = deepcopy(first)
    payout = document["EventPayouts"][0]
    payout["DefaultPayoutRate"] = "6"
    payout["PayoutGroups"][1]["PayoutRate"] = "13"
    payout["PayoutGroups"] = payout["PayoutGroups"][:3]
    publish_document(program=program, document=document, comment="A better default; abroad is paid as home.")
    many = deepcopy(first) | {"Name": f"Wholesale, {MANY:,} groups"}
    many["EventPayouts"][0]["PayoutGroups"] = [_group(rank) for rank in range(1, MANY + 1)]
    publish_document(program=program, document=many)
    for terms in TemplateTerms.objects.filter(program=program):
        open_draft(template_terms=terms)
    draft = EventPayout.objects.get(template_terms__name=document["Name"])
    default = DefaultPayout("ORDER", None, Decimal("7.5"))
    set_sections(event_payout=draft, values={"default_payout": default})


def _group(rank: int) -> dict[str, Any]:
    rules = [{"Variable": "ITEM_SKU", "Operator": "IS", "Values": [f"SKU-{rank:05d}", f"SKU-{rank + MANY:05d}"]}]
    return {"Rank": rank, "Name": f"Shelf {rank}", "Rules": rules, "PayoutRate": str(rank % 40 + 1)}


def _uploads(program: Program) -> None:
    now = timezone.now()
    ahead = {"beat_at": now + timedelta(days=1)}
    summary = {"Accepted": 940, "Duplicates": 12, "Rejected": 48}
    user = User.objects.get(username="editor")
    rows = gzip.decompress((FOLDER / "conversions.csv.gz").read_bytes())
    content = re.sub(rb"(?m)^(1000,SALE,[^,]*,)", rb"\1NEW-", rows)
    read = create_upload(program=program, user_id=user.pk, kind="CONVERSIONS", filename="orders.csv", content=content)
    check_upload(read.pk)
    read.refresh_from_db()
    sample = {"preview": read.preview, "content": read.content, "rows": read.rows, "user": user}
    for state in Upload.State:
        extra: dict[str, Any] = {**sample, **ahead, "kind": Upload.Kind.CONVERSIONS, "state": state}
        if state in (Upload.State.CHECKING, Upload.State.IMPORTING):
            extra["progress"] = 420
        if state in (Upload.State.CHECKED, Upload.State.CONFIRMED, Upload.State.IMPORTING, Upload.State.IMPORTED):
            extra["summary"] = summary
        if state == Upload.State.FAILED:
            extra["failure"] = (
                "This is not a csv, xlsx or xls file. Save it as csv with commas, in UTF-8, and send it again."
            )
        upload = Upload.objects.create(program=program, filename=f"orders-{state.value.lower()}.csv", **extra)
        if state in (Upload.State.CHECKED, Upload.State.IMPORTED):
            for row in range(2, 50):
                UploadError.objects.create(
                    program=program, upload=upload, row=row, field=random.choice(["EventDate", "Amount", "OrderId"]),
                    message="“31/31/2026” is not a valid date: write it as 2026-11-21T09:30:00+00:00.",
                    values={"OrderId": f"A{row}", "EventDate": "31/31/2026"},
                )  # fmt: skip


def _exports(program: Program) -> None:
    user = User.objects.get(username="editor")
    fields = {"program": program, "user": user, "handle": "new_vs_return_customer", "rows": 800}
    for state in Export.State:
        Export.objects.create(
            state=state, format="xlsx", filename=f"new-vs-return-customer-{state.value.lower()}.xlsx", progress=310,
            failure="It was interrupted three times. Try again." if state == "FAILED" else "",
            beat_at=timezone.now() + timedelta(days=1), **fields,
        )  # fmt: skip


def _empty() -> None:
    """A brand as `create_program` leaves it, seen by its own user: `newcomer`, with the demonstration's password."""
    program = create_account_and_program(id=EMPTY, name="Brand new", currency="EUR", time_zone="Europe/Berlin")
    _member(program, "newcomer")


def _long_names() -> None:
    program = create_account_and_program(id=LONG, name=WORD, currency="CHF", time_zone="America/Argentina/Buenos_Aires")
    _member(program, "longreader")
    event_type = create_event_type(program=program, code="SALE" + "X" * 20, name=WORD[:100])
    set_customer_status_mapping(
        event_type=event_type, mapping={"New": [WORD[:40]], "Existing": ["a" * 40]}, enabled=True
    )
    partner = make_partner(program=program, media_partner_id="P-" + "9" * 40, name=WORD, groups=[WORD[:80]])
    tag = create_customer_tag(program=program, name=WORD[:80])
    rules = [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New", WORD[:90]]}]
    document = {
        "Name": WORD, "Currency": "CHF", "Labels": [WORD[:40]],
        "EventPayouts": [{
            "EventTypeCode": event_type.code, "PayoutLevel": "ORDER", "DefaultPayoutRate": "5",
            "PayoutGroups": [{"Rank": 1, "Name": WORD, "Rules": rules, "Payout": "123456.78"}],
        }],
    }  # fmt: skip
    publish_document(program=program, document=document, join="all", comment=WORD)
    sent = {"EventTypeCode": event_type.code, "MediaPartnerId": partner.media_partner_id, "CustomerId": "c" * 60}
    make_action(program=program, OrderId="O" * 60, Amount="1234567.89", CustomerStatus=WORD[:40], **sent)
    make_conversion(program=program, OrderId="W" * 60, Amount="10", **{**sent, "MediaPartnerId": "Q" * 64})
    assign_customer_tags(customers=list(Customer.objects.filter(program=program)), tags=[tag])
    create_exception_list(program=program, name=WORD[:80], kind="CATEGORY", entries="V" * 100)
    save_catalog_items(program=program, rows=read_typed_rows([("S" * 60, WORD, WORD, "C" * 60)]))
    make_api_token(account=program.account, name=WORD[:80])


def _member(program: Program, name: str) -> None:
    user = User.objects.create(username=name, password=User.objects.get(username="editor").password)
    Membership.objects.create(user=user, account=program.account, role=Membership.Role.EDITOR)
