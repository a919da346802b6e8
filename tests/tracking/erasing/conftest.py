"""Orders that are paid by what they say of their customer, and one customer whose values are everywhere."""

from urllib.parse import quote_plus

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts.audit.log import record
from program.models import Customer, CustomerSegment
from reports.models import Export
from reports.rollups.fill import fill_touched_days
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_customer_tag,
    make_event_type,
    make_modification,
    make_partner,
    terms_document,
)
from tests.tracking.erasing.planted import (
    CITY,
    EMAIL,
    HEAD,
    ID,
    NAME,
    NEIGHBOUR,
    PERSONAL,
    PLANTED,
    SHA1,
    SHA256,
    VISIT,
    customer,
    where,
)
from tests.tracking.journey_rows import make_step, order
from tests.tracking.uploading import checked, imported
from tracking.erasing.customer_files import create_customer_file, write_customer_file
from tracking.models import BrowserReport, Step
from tracking.modifications.apply import apply_modifications


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand, code="SALE")


@pytest.fixture
def partner(brand):
    return make_partner(program=brand, media_partner_id="P-1", name="Meadow Media")


@pytest.fixture
def standard(brand, sale, partner):
    groups = [
        {"Rank": 1, "Name": "Gifts", "Rules": [{**CITY, "Values": ["Over"]}], "PayoutRate": "30"},
        {"Rank": 2, "Name": "Wallop", "Rules": [CITY], "PayoutRate": "15"},
    ]
    adjustments = [{"Rules": [], "Direction": "INCREASE", "Rate": "10"}]
    return make_contracts(
        program=brand, document=terms_document(groups=groups, PayoutAdjustments=adjustments), partners=[partner]
    )


def visit(brand, partner, mark=""):
    """A click, an impression and a visit of a browser, and an order that names the browser and the click."""
    facts = {name: f"{value}{mark}" for name, value in VISIT.items()}
    profile = f"{PERSONAL['CustomProfileId']}{mark}"
    click = make_step(brand, partner, profile=profile, **facts)
    make_step(brand, partner, kind="IMPRESSION", days=2, profile=profile, **facts)
    make_step(brand, kind="VISIT", days=3, profile=profile, source=f"source-zen{mark}", **facts)
    mine = Step.objects.filter(profile=profile)
    mine.update(visitor=f"visitor-zen{mark}", ip_address="198.51.100.80" if mark else "198.51.100.78")
    personal = NEIGHBOUR if mark else PERSONAL
    BrowserReport.objects.create(
        program=brand, source="TAG", order_id=f"Z-refused{mark}", sent={**personal, "OrderId": f"Z-refused{mark}"}
    )
    conversion = order(brand, **{**personal, "OrderId": f"Z-click{mark}", "ClickId": click})
    assert conversion.state == "PRICED", conversion.detail
    return conversion


@pytest.fixture
def planted(brand, standard, partner, alice, client_of):
    """Zenobia's values wherever they can be, and a neighbour with nearly the same."""
    brand.ip_addresses = "FULL"
    brand.save()
    action = make_action(program=brand, OrderId="Z1", **PERSONAL)
    make_action(program=brand, OrderId="N1", **NEIGHBOUR)
    visit(brand, partner)
    visit(brand, partner, "x")
    make_conversion(program=brand, OrderId="Z-held", **{**PERSONAL, "MediaPartnerId": "P-unknown"})
    make_action(program=brand, OrderId="Z-mail", CustomerEmail=SHA256.upper(), Text1="engraved Zenobia")
    make_modification(program=brand, OrderId="Z1", Amount="80", CustomerStatus="New")
    make_modification(program=brand, OrderId="Z-none", Amount="1")
    apply_modifications(program_id=brand.pk)
    Customer.objects.filter(customer_id=ID).update(
        name=NAME, email=EMAIL, email_sha1=SHA1, email_sha256=SHA256, post_code="QX9 7ZZ", city="Nether Wallop"
    )
    rows = f"1000,SALE,2026-01-05T10:00:00Z,F1,P-1,GBP,10,{ID},QX9 7ZZ\n1000,SALE,x,F2,P-1,GBP,10,{ID},QX9 7ZZ\n"
    imported(checked(brand, HEAD + rows), only_good=True)
    imported(checked(brand, HEAD + rows.replace(ID, f"{ID}x").replace("F", "G").replace("QX9 7ZZ", "QX9 7ZZx"),
                     filename="neighbour.csv"), only_good=True)  # fmt: skip
    make_action(program=brand, OrderId="N2")  # prices what was imported
    tag = make_customer_tag(program=brand, name="VIP")
    browser = client_of(alice)
    for each in Customer.objects.filter(customer_id__startswith=ID):
        browser.post(f"/p/1000/customers/{each.pk}/manage/", {"tags": [tag.pk], "opened_with": ""})
    numbers = list(Customer.objects.filter(customer_id__startswith=ID).values_list("pk", flat=True))
    browser.post("/p/1000/customers/assign/", {"row": numbers, "tags": [tag.pk], "act": "assign"})
    Export.objects.create(
        program=brand, user=alice, handle="performance_by_day", parameters={"customer": [ID], "q": [EMAIL]},
        format="csv", filename=f"{ID}.csv", state="READY", content=f"Customer Id,Name\n{ID},{NAME}\n".encode(),
    )  # fmt: skip
    Export.objects.create(
        program=brand, user=alice, handle="performance_by_day", format="csv", filename="n.csv", state="READY",
        content=f"Customer Id,Name\n{ID}x,{NAME}x\n".encode(),
    )  # fmt: skip
    CustomerSegment.objects.create(program=brand, name="Hers", query=f"q={quote_plus(EMAIL)}&tag={tag.pk}")
    record(event="NOTED", words=f"wrote to {EMAIL} of {ID}", account=brand.account)
    LogEntry.objects.create(
        user=alice, content_type=ContentType.objects.get_for_model(Customer), object_id=str(customer().pk),
        object_repr=ID, action_flag=CHANGE, change_message=f"changed {EMAIL}",
    )  # fmt: skip
    file = create_customer_file(customer=customer(), user_id=alice.pk)
    assert write_customer_file(file.pk)
    fill_touched_days(program_id=brand.pk)
    assert [value for value in PLANTED if not where(value)] == []
    return action
