"""An erased customer: nothing that was known of them is left anywhere, and the figures of their orders stay."""

import hashlib
import json
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import quote_plus

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.audit.log import prove_log, record
from accounts.models import AuditEntry
from common.refusals import Refused
from program.models import Customer, CustomerSegment, ReceivedValue
from program.models.customer import CustomerTagging
from reports.models import Export
from reports.rollups.fill import fill_touched_days
from tests.common.tables.workbooks import xlsx
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_modification,
    make_partner,
    make_program,
    terms_document,
)
from tests.tracking.journey_rows import make_step, order
from tests.tracking.uploading import checked, imported
from tracking.erasing.customer_files import create_customer_file, write_customer_file
from tracking.erasing.services import erase_customer, run_erasure
from tracking.imports import uploads
from tracking.models import (
    Action,
    Conversion,
    CustomerFile,
    Erasure,
    Modification,
    SeenTogether,
    Step,
    Upload,
    UploadError,
)
from tracking.modifications.apply import apply_modifications
from tracking.pricing.batch import retry_conversions

ID, NAME, EMAIL = "Kunde-4711", "Zenobia Quillfeather", "zenobia.q@example.org"
SHA1, SHA256 = (getattr(hashlib, kind)(EMAIL.encode()).hexdigest() for kind in ("sha1", "sha256"))
PERSONAL = {
    "CustomerId": ID, "CustomerEmail": SHA1, "CustomerPostCode": "QX9 7ZZ", "CustomerCity": "Nether Wallop",
    "CustomerRegion": "Hampshireland", "IpAddress": "198.51.100.77", "PhoneNumber": "+44 7700 900777",
    "UserAgent": "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko Quillbrowser/9.1",
    "Note": "leave it with the neighbour", "Text1": "engraved Zenobia",
    "CustomProfileId": "PROFILE-90210", "SharedId": "shared-zen", "SubId1": "sub-zen", "Date1": "1987-03-14",
    "Numeric1": "918273645",
}  # fmt: skip
VISIT = {
    "SharedId": "step-shared-zen", "ReferralParam1": "param-zen", "ReferralUrl": "https://zen.example/her-diary",
    "ReferralLandingPage": "https://shop.example/for-zen", "ReferralDerivedBrowser": "Quillbrowser at the click",
}  # fmt: skip
PLANTED = [NAME, EMAIL, quote_plus(EMAIL), SHA1, SHA256, *PERSONAL.values(), *VISIT.values(), "source-zen",
           "visitor-zen", "198.51.100.78"]  # fmt: skip
NEIGHBOUR = {**{name: f"{value}x" for name, value in PERSONAL.items() if name not in ("Date1", "Numeric1")},
             "CustomerEmail": SHA1[::-1], "IpAddress": "198.51.100.79"}  # fmt: skip
HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,Amount,CustomerId,CustomerPostCode\n"
CITY = {"Variable": "CUSTOMER_CITY", "Operator": "STARTS_WITH", "Values": ["Nether"]}


def everything_stored():
    """Every row of every table as text, files as they read."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute("SET bytea_output = 'escape'")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            told += [f"{table}: {row}" for (row,) in cursor.fetchall()]
        cursor.execute("SET bytea_output = 'hex'")
    return told


def where(value):
    """The rows that hold a value, other than as the beginning of the neighbour's."""
    return [row for row in everything_stored() if value in row.replace(f"{value}x", "")]


def verified():
    out, told = StringIO(), StringIO()
    call_command("verify", "--program", "1000", stdout=out, stderr=told)
    return json.loads(out.getvalue())


def erase(customer, user=None):
    erasure = erase_customer(customer=customer, user_id=user and user.pk)
    assert run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.state == "DONE", erasure.failure
    return erasure


def customer(customer_id=ID):
    return Customer.objects.get(customer_id=customer_id)


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


def test_nothing_of_the_customer_is_left_in_the_whole_database(brand, planted, alice):
    erase(customer(), alice)
    assert {value: rows for value in PLANTED if (rows := where(value))} == {}


def test_the_neighbour_with_nearly_the_same_id_keeps_everything(brand, planted):
    before = {value: len(where(value)) for value in NEIGHBOUR.values()}
    assert 0 not in before.values()
    erase(customer())
    assert {value: len(where(value)) for value in NEIGHBOUR.values()} == before
    assert Upload.objects.get(filename="neighbour.csv").removed_at is None
    assert Export.objects.get(filename="n.csv").removed_at is None
    assert CustomerTagging.objects.filter(customer=customer(f"{ID}x")).exists()


def test_the_id_goes_from_names_of_files_and_the_name_from_those_of_segments(brand, planted, alice):
    Upload.objects.filter(filename="neighbour.csv").update(filename=f"{ID}x-neighbour.csv")
    Export.objects.create(
        program=brand, user=alice, handle="performance_by_day", format="csv", filename=f"up-{ID}_nov.csv",
        state="READY", content=f"Customer Id\n{ID}\n".encode(),
    )  # fmt: skip
    segment = CustomerSegment.objects.create(program=brand, name=f"Orders of {NAME}", query="status=New")
    erase(customer(), alice)
    assert {value: rows for value in PLANTED if (rows := where(value))} == {}
    segment.refresh_from_db()
    assert (segment.name, segment.query) == (f"erased {segment.pk}", "status=New")
    assert Upload.objects.filter(filename=f"{ID}x-neighbour.csv").exists()


def test_figures_agree_and_the_log_still_proves(brand, planted, alice):
    before = list(Action.objects.order_by("pk").values_list("pk", "payout", "amount", "group_name", "state"))
    erasure = erase(customer(), alice)
    assert list(Action.objects.order_by("pk").values_list("pk", "payout", "amount", "group_name", "state")) == before
    counts = verified()
    assert (counts["Differences"], counts["ErasedNotRecomputed"]) == (0, 4)
    assert erasure.counts == {
        "Orders": 5, "Actions": 4, "NotPriced": 1, "Files": 3, "AuditTexts": erasure.counts["AuditTexts"],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as a commit does
    proof = prove_log(account=brand.account)
    assert (proof.broken, proof.erased) == ([], erasure.counts["AuditTexts"])
    call_command("ledger_hash", "--program", "1000", stdout=StringIO())


def test_how_they_came_is_kept_without_what_their_browser_said(brand, planted):
    erase(customer())
    conversion = Conversion.objects.get(order_id="Z-click")
    assert (conversion.derived, "ClickId" in conversion.payload) == ({}, False)
    journey = conversion.action.journey
    assert [(step["Kind"], step["Media"], step["Verdict"]) for step in journey["Steps"]] == [
        ("VISIT", "", "UNPAID"),
        ("IMPRESSION", "Meadow Media", "KIND_NOT_ACCEPTED"),
        ("CLICK", "Meadow Media", "CREDITED"),
    ]  # fmt: skip
    assert "Values" not in journey
    assert not any("Id" in step or "Facts" in step for step in journey["Steps"])
    other = Conversion.objects.get(order_id="Z-clickx")
    assert other.action.journey["Values"]["ReferralParam1"] == "param-zenx"
    assert other.derived["DerivedOs"] == "Windows 7"


def test_their_clicks_are_still_counted_and_are_nobodys(brand, planted):
    before = Step.objects.count()
    erasure = erase(customer())
    theirs = Step.objects.filter(profile__startswith=erasure.filename)
    assert (Step.objects.count(), theirs.count()) == (before, 3)
    assert set(theirs.values_list("visitor", flat=True)) == {f"{erasure.filename}-1"}
    assert not SeenTogether.objects.filter(profile=PERSONAL["CustomProfileId"]).exists()
    assert SeenTogether.objects.filter(profile=NEIGHBOUR["CustomProfileId"]).exists()


def test_clicks_of_a_browser_that_two_people_use_stay(brand, standard, partner):
    make_step(brand, partner, profile="family", ReferralParam1="whose")
    make_step(brand, partner, profile="hers", ReferralParam1="hers alone")
    make_step(brand, partner, profile="hers too", ReferralParam1="on her phone")
    for number, (who, profile) in enumerate([(ID, "family"), ("sister", "family"), (ID, "hers")]):
        order(brand, OrderId=f"O{number}", CustomerId=who, CustomProfileId=profile)
    SeenTogether.objects.create(program=brand, profile="hers", other_profile="hers too", seen_at=timezone.now())
    erase(customer())
    assert where("whose")
    assert not where("hers alone")
    assert not where("on her phone")
    assert set(SeenTogether.objects.values_list("profile", "customer_id")) == {("family", "sister")}


def test_who_erased_whom_is_in_the_log_by_pseudonym(brand, planted, alice):
    erasure = erase(customer(), alice)
    told = " ".join(row for row in where("CUSTOMER_ERASED") + where(erasure.filename))
    assert erasure.filename in told
    assert Customer.objects.get(customer_id=erasure.filename).erased_at


def test_an_id_that_is_sent_again_is_a_new_customer(brand, planted):
    erase(customer())
    action = make_action(program=brand, OrderId="Z9", CustomerId=ID)
    assert action.customer.customer_id == ID
    assert action.customer.erased_at is None
    assert Action.objects.filter(customer=action.customer).count() == 1


def test_an_erased_customer_is_erased_once(brand, planted):
    erasure = erase(customer())
    with pytest.raises(Refused, match="erased already"):
        erase_customer(customer=erasure.customer, user_id=None)
    assert not run_erasure(erasure.pk)


def test_asking_twice_is_one_erasing(brand, planted):
    first = erase_customer(customer=customer(), user_id=None)
    assert erase_customer(customer=customer(), user_id=None) == first


def test_the_page_says_which_rules_held_without_the_values(brand, planted, alice, client_of):
    browser = client_of(alice)
    before = browser.get(f"/p/1000/transactions/actions/{planted.pk}/").content.decode()
    assert "Nether Wallop" in before
    erase(customer())
    page = browser.get(f"/p/1000/transactions/actions/{planted.pk}/").content.decode()
    assert "Customer erased on" in page
    for words in ("Wallop", "Gifts", "what it met was erased", "Customer City starts with", "15%", "not met", "13.20"):
        assert words in page, words
    for words in ("Nether Wallop", ID, "does not match the stored figures"):
        assert words not in page, words


@pytest.mark.parametrize(
    "address",
    ["transactions/actions/", "transactions/actions/{action}/payout-groups/", "transactions/conversions/{conversion}/",
     "transactions/conversions/{held}/", "transactions/conversions/?state=X", "customers/", "transactions/uploads/",
     "customers/{customer}/", "customers/{customer}/erase/", "search/?q=Kunde"],
)  # fmt: skip
def test_pages_of_erased_orders_open(address, brand, planted, alice, client_of):
    pk = customer().pk
    erase(customer(), alice)
    held = Conversion.objects.get(order_id="Z-held")
    path = address.format(action=planted.pk, conversion=planted.conversion_id, held=held.pk, customer=pk)
    answer = client_of(alice).get(f"/p/1000/{path}")
    assert answer.status_code == 200
    assert not [value for value in PLANTED if value in answer.content.decode().replace(f"{ID}x", "")]


def test_a_whole_order_can_still_be_returned_and_nothing_else_changed(brand, planted):
    erase(customer())
    part = make_modification(program=brand, OrderId="Z1", Amount="40")
    status = make_modification(program=brand, OrderId="Z1", CustomerStatus="Existing")
    apply_modifications(program_id=brand.pk)
    for refused in (part, status):
        refused.refresh_from_db()
        assert (refused.state, refused.reason) == ("REFUSED", "CUSTOMER_ERASED")
        assert "with the partner" in refused.detail
    make_modification(program=brand, OrderId="Z1", Amount="0", Reason="ITEM_RETURNED")
    apply_modifications(program_id=brand.pk)
    planted.refresh_from_db()
    assert (planted.state, planted.payout) == ("REVERSED", 0)
    assert verified()["Differences"] == 0


def test_a_held_order_is_never_tried_again(brand, planted, client_of, alice):
    erase(customer())
    held = Conversion.objects.get(order_id="Z-held")
    assert (held.state, held.reason) == ("ERASED", "CUSTOMER_ERASED")
    make_partner(program=brand, media_partner_id="P-unknown")
    assert retry_conversions([held.pk], program=brand) == 0
    client_of(alice).post("/p/1000/transactions/conversions/try-again/", {"all": "1", "row": [held.pk]})
    held.refresh_from_db()
    assert held.state == "ERASED"


def test_values_that_others_sent_too_are_still_counted(brand, standard):
    make_action(program=brand, CustomerId=ID, Text1="both", Text2="hers alone")
    make_action(program=brand, CustomerId="other", Text1="both")
    fill_touched_days(program_id=brand.pk)
    erase(customer())
    assert dict(ReceivedValue.objects.filter(variable__startswith="TEXT").values_list("value", "orders")) == {"both": 1}


def test_orders_that_wait_for_the_rollup_are_counted_without_what_was_erased(brand, standard):
    make_action(program=brand, CustomerId=ID, Text1="hers", OrderPromoCode="SPRING")
    erase(customer())
    fill_touched_days(program_id=brand.pk)
    values = ReceivedValue.objects.exclude(value="").values_list("value", flat=True)
    assert set(values) == {"SPRING", "GBP"} & set(values) | {"SPRING"}


def test_an_order_that_is_being_priced_is_waited_for(brand, standard):
    make_action(program=brand, CustomerId=ID)
    make_conversion(program=brand, CustomerId=ID)
    with pytest.raises(Refused, match="being priced"):
        erase_customer(customer=customer(), user_id=None)


def test_an_order_that_is_tried_again_meanwhile_is_waited_for(brand, planted):
    erasure = erase_customer(customer=customer(), user_id=None)
    Conversion.objects.filter(order_id="Z-held").update(state="WAITING")
    assert not run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.attempts, customer().erased_at) == ("QUEUED", 0, None)


def test_a_file_that_waits_for_a_decision_is_named(brand, planted):
    rows = f"1000,SALE,2026-01-05T10:00:00Z,W1,P-1,GBP,10,{ID},\n"
    upload = checked(brand, HEAD + rows, filename="waiting.csv")
    erasure = erase_customer(customer=customer(), user_id=None)
    run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert (erasure.state, "waiting.csv" in erasure.failure) == ("FAILED", True)
    assert Conversion.objects.filter(erased_at__isnull=False).count() == 0
    uploads.discard_upload(upload=upload)
    erase(customer())


@pytest.mark.parametrize("kind", ["xlsx", "csv.gz", "csv"])
def test_every_kind_of_file_is_searched(kind, brand, planted):
    import gzip  # noqa: PLC0415

    text = HEAD + f"1000,SALE,2026-01-05T10:00:00Z,K1,P-1,GBP,10,{ID},\n"
    rows = [line.split(",") for line in text.strip().split("\n")]
    content = {"xlsx": lambda: xlsx(rows), "csv.gz": lambda: gzip.compress(text.encode()),
               "csv": lambda: text.encode("utf-16")}[kind]()  # fmt: skip
    upload = imported(checked(brand, content, filename=f"orders.{kind}"))
    make_action(program=brand)
    erase(customer())
    upload.refresh_from_db()
    assert (bytes(upload.content), upload.removed_because) == (b"", "a customer in it was erased")


def test_an_id_that_is_a_plain_number_takes_nothing_else_away(brand, standard, alice):
    make_action(program=brand, CustomerId="2")
    make_action(program=brand, CustomerId="22")
    other = imported(checked(brand, HEAD + "1000,SALE,2026-01-05T10:00:00Z,2,P-1,GBP,2,22,2\n", filename="other.csv"))
    hers = imported(checked(brand, HEAD + "1000,SALE,2026-01-05T10:00:00Z,3,P-1,GBP,2,2,2\n", filename="hers.csv"))
    make_action(program=brand)
    record(event="NOTED", words="imported 2 rows", account=brand.account)
    erase(customer("2"))
    other.refresh_from_db()
    hers.refresh_from_db()
    assert (other.removed_at, bool(hers.removed_at)) == (None, True)
    assert where("imported 2 rows")
    assert Conversion.objects.filter(customer_id="22").exists()


def test_errors_of_a_file_go_with_its_content(brand, planted):
    assert UploadError.objects.filter(values__CustomerId=ID).exists()
    erase(customer())
    assert not UploadError.objects.filter(values__CustomerId=ID).exists()
    assert UploadError.objects.filter(values__CustomerId=f"{ID}x").exists()


def test_a_death_halfway_leaves_nothing_done_and_the_next_worker_does_all(brand, planted, monkeypatch):
    from tracking.erasing import services  # noqa: PLC0415

    before = sorted(everything_stored())
    erasure = erase_customer(customer=customer(), user_id=None)

    def dies(*args, **kwargs):
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(services, "_blank", dies)
        run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.state == "FAILED"
    tables = ("tracking_conversion", "tracking_action", "program_customer:", "tracking_upload", "reports_export")
    assert [row for row in sorted(everything_stored()) if row.startswith(tables)] == [
        row for row in before if row.startswith(tables)
    ]
    erase(customer())


def test_everything_known_is_a_file_for_its_maker(brand, planted, alice, erin, client_of):
    file = CustomerFile.objects.get()
    told = json.loads(bytes(file.content))
    assert told["Customer"]["Name"] == NAME
    assert {order["OrderId"] for order in told["Orders"]} == {"Z1", "Z-held", "Z-mail", "Z-click", "F1"}
    first = next(order for order in told["Orders"] if order["OrderId"] == "Z1")
    assert first["AsSent"]["CustomerPostCode"] == "QX9 7ZZ"
    assert [change["AsSent"]["Amount"] for change in first["Changes"]] == ["80"]
    assert len(first["Action"]["Updates"]) == 2
    assert [tag["Tag"] for tag in told["Tags"]] == ["VIP"]
    assert first["Derived"]["DerivedOs"] == "Windows 7"
    clicked = next(order for order in told["Orders"] if order["OrderId"] == "Z-click")
    assert clicked["Action"]["Journey"]["Values"]["ReferralParam1"] == "param-zen"
    steps = [(step["Kind"], step["Partner"], step["Source"], step["IpAddress"]) for step in told["Steps"]]
    assert steps == [
        ("Visit", "", "source-zen", "198.51.100.78"),
        ("Impression", "Meadow Media", "", "198.51.100.78"),
        ("Click", "Meadow Media", "", "198.51.100.78"),
    ]
    assert {step["Facts"]["ReferralParam1"] for step in told["Steps"]} == {"param-zen"}
    address = f"/p/1000/customers/files/{file.pk}/"
    assert NAME.encode() in client_of(alice).get(address).content
    assert client_of(erin).get(address).status_code == 404


@pytest.mark.parametrize(("who", "page", "status"), [
    ("erin", "erase", 403), ("bob", "erase", 403), ("frank", "erase", 403), ("charlie", "erase", 404),
    ("bob", "export", 403), ("frank", "export", 403), ("charlie", "export", 404), ("erin", "export", 200),
    ("alice", "erase", 200),
])  # fmt: skip
def test_who_may_erase_and_export(who, page, status, brand, planted, request, client_of):
    browser = client_of(request.getfixturevalue(who))
    assert browser.get(f"/p/1000/customers/{customer().pk}/{page}/").status_code == status
    if status != 200:
        assert browser.post(f"/p/1000/customers/{customer().pk}/{page}/").status_code == status
    assert not Erasure.objects.exists()


def test_the_id_has_to_be_typed(brand, planted, alice, client_of):
    browser, address = client_of(alice), f"/p/1000/customers/{customer().pk}/erase/"
    answer = browser.post(address, {"customer_id": "kunde-4711"})
    assert (answer.status_code, Erasure.objects.count()) == (422, 0)
    assert browser.post(address, {"customer_id": ID}).status_code == 302
    erasure = Erasure.objects.get()
    assert b"Being erased" in browser.get(address).content
    run_erasure(erasure.pk)
    assert browser.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert b"Erased customer" in browser.get(address).content


def test_the_pages_ask_as_much_for_any_number_of_orders(brand, standard, alice, client_of, django_assert_num_queries):
    make_action(program=brand, CustomerId=ID)
    browser, pk = client_of(alice), customer().pk
    for _ in range(2):
        with django_assert_num_queries(11):
            browser.get(f"/p/1000/customers/{pk}/erase/")
        with django_assert_num_queries(7):
            browser.get(f"/p/1000/customers/{pk}/export/")
        for number in range(3):
            make_conversion(program=brand, CustomerId=ID, OrderId=f"Q{number}")
            create_customer_file(customer=customer(), user_id=alice.pk)


def test_an_erased_customer_is_exported_by_nobody(brand, planted, alice):
    erasure = erase(customer())
    with pytest.raises(Refused, match="erased"):
        create_customer_file(customer=Customer.objects.get(pk=erasure.customer_id), user_id=alice.pk)


def test_a_test_order_is_erased_too(brand, standard):
    make_action(program=brand, CustomerId=ID)
    make_conversion(program=brand, is_test=True, **PERSONAL)
    make_action(program=brand)
    erase(customer())
    assert not where("QX9 7ZZ")


def test_a_reason_that_names_the_customer_is_erased(brand, planted, alice):
    Customer.objects.filter(customer_id=ID).update(name=NAME)
    Modification.objects.filter(order_id="Z1").update(
        state="REFUSED", reason="ERROR", detail=f"bad value {EMAIL}", dismissed_at=timezone.now(), dismissed_by=alice,
        dismissal_reason=f"{NAME} called",
    )  # fmt: skip
    erase(customer())
    change = Modification.objects.get(order_id="Z1")
    assert (change.detail, change.dismissal_reason) == ("bad value erased", "erased called")


def test_orders_of_items_keep_their_lines_and_each_lines_reason(brand, sale, partner, alice, client_of):
    groups = [{"Rank": 1, "Name": "Blue", "Rules": [
        {"Variable": "ITEM_TEXT1", "Operator": "IS", "Values": ["blue"]}], "PayoutRate": "20"}]  # fmt: skip
    make_contracts(program=brand, document=terms_document(groups=groups, PayoutLevel="ITEM"), partners=[partner])
    action = make_action(
        program=brand, CustomerId=ID, ItemSku1="S1", ItemPrice1="10", ItemQuantity1="2", ItemText1_1="blue",
        ItemSku2="S2", ItemPrice2="5", ItemQuantity2="1", ItemText2_1="for Zenobia", EventDate=str(datetime.now(UTC)),
    )  # fmt: skip
    assert action.payout == 4 + 0.5
    erase(customer())
    assert not where("for Zenobia")
    page = client_of(alice).get(f"/p/1000/transactions/actions/{action.pk}/").content.decode()
    assert "Blue" in page
    assert "does not match" not in page
    assert client_of(alice).get(f"/p/1000/transactions/actions/{action.pk}/payout-groups/?line=2").status_code == 200
    assert verified()["Differences"] == 0


def test_another_program_of_the_account_keeps_its_customer_of_the_same_id(brand, planted):
    other = make_program(account=brand.account, name="Second")
    make_customer(program=other, customer_id=ID, tags=["VIP"])
    erase(Customer.objects.get(program=brand, customer_id=ID))
    rows = AuditEntry.objects.filter(program_id=other.pk, noun="program_customertagging").prefetch_related("texts")
    assert [entry.label for entry in rows] == [f"{ID} (VIP)"]
    assert Customer.objects.get(program=other).erased_at is None


def test_verify_finds_a_figure_of_an_erased_order_that_was_changed(brand, planted):
    erase(customer())
    planted.items.update(payout=7)
    with pytest.raises(CommandError, match="differences"):
        verified()
