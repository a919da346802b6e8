"""An erased customer: nothing that was known of them is left anywhere, asked for once or twice."""

from datetime import timedelta
from urllib.parse import quote_plus

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone

from accounts.audit.log import record
from accounts.models import AuditEntry
from common.refusals import Refused
from program.models import Customer, CustomerSegment, CustomerTag
from program.models.customer import CustomerTagging
from program.tags.assigning.acts import create_act, run_act
from reports.exports.customers import create_customers_export
from reports.exports.services import render_export
from reports.models import Export
from tests.factories import make_action, make_conversion, make_customer, make_program
from tests.tracking.erasing.planted import HEAD, ID, NAME, NEIGHBOUR, PLANTED, customer, erase, everything_stored, where
from tests.tracking.uploading import checked, imported
from tracking.browser.live import keep_report
from tracking.browser.names import LeftOut
from tracking.customers.columns import asked_columns
from tracking.erasing.services import erase_customer, run_erasure
from tracking.models import Action, BrowserReport, Conversion, Upload
from tracking.models.conversion import Source
from tracking.pricing.batch import price_batch


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


def test_a_saved_search_for_the_name_is_erased(brand, planted, alice):
    tag = CustomerTag.objects.get(name="VIP")
    search = f"q={quote_plus(NAME.lower())}&tag={tag.pk}"
    segment = CustomerSegment.objects.create(program=brand, name="Hers too", query=search)
    neighbours = CustomerSegment.objects.create(program=brand, name="Others", query=f"q={quote_plus(NAME)}x")
    for query in (search, f"q={quote_plus(NAME.lower())}"):
        act = create_act(program=brand, kind="ASSIGN", tags=[tag], query=query, user_id=alice.pk)
        assert run_act(act.pk)
    export = create_customers_export(
        program=brand, user_id=alice.pk, query=QueryDict(search), columns=asked_columns(["name"]), format="csv"
    )
    assert render_export(export.pk)
    erase(customer(), alice)
    assert where(quote_plus(NAME.lower())) == []
    segment.refresh_from_db()
    neighbours.refresh_from_db()
    assert (segment.query, neighbours.query) == (f"q=erased&tag={tag.pk}", f"q={quote_plus(NAME)}x")


def test_a_browsers_report_with_a_long_id_is_erased(brand, standard):
    long = "x" * 240
    make_action(program=brand, CustomerId=long)
    sent = {"CustomerId": long, "Text1": "hers"}
    keep_report(brand, None, source=Source.TAG, sent=sent, refused=[LeftOut("Amount", "Is required.")])
    erase(customer(long))
    assert not BrowserReport.objects.exists()


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


def test_an_order_that_is_being_priced_is_waited_for(brand, standard):
    make_action(program=brand, CustomerId=ID)
    make_conversion(program=brand, CustomerId=ID)
    erasure = erase_customer(customer=customer(), user_id=None)
    assert not run_erasure(erasure.pk)
    price_batch()
    assert run_erasure(erasure.pk)
    assert set(Conversion.objects.values_list("customer_id", flat=True)) == {erasure.filename}


def test_orders_that_stream_in_while_the_erasing_waits_are_anothers(brand, standard):
    make_action(program=brand, CustomerId=ID)
    erasure = erase_customer(customer=customer(), user_id=None)
    later = make_conversion(program=brand, CustomerId=ID)
    assert run_erasure(erasure.pk)
    price_batch()
    later.refresh_from_db()
    assert (later.state, later.customer_id, later.erased_at) == ("PRICED", ID, None)
    assert customer().pk != erasure.customer_id


def test_an_order_that_is_not_priced_for_ten_minutes_ends_the_erasing(brand, standard):
    make_action(program=brand, CustomerId=ID)
    make_conversion(program=brand, CustomerId=ID)
    erasure = erase_customer(customer=customer(), user_id=None)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert (erasure.state, customer().erased_at) == ("FAILED", None)
    assert "when it is priced" in erasure.failure


def test_an_order_that_is_tried_again_meanwhile_is_waited_for(brand, planted):
    erasure = erase_customer(customer=customer(), user_id=None)
    Conversion.objects.filter(order_id="Z-held").update(state="WAITING")
    assert not run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.attempts, customer().erased_at) == ("QUEUED", 0, None)


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


def test_another_program_of_the_account_keeps_its_customer_of_the_same_id(brand, planted):
    other = make_program(account=brand.account, name="Second")
    make_customer(program=other, customer_id=ID, tags=["VIP"])
    erase(Customer.objects.get(program=brand, customer_id=ID))
    rows = AuditEntry.objects.filter(program_id=other.pk, noun="program_customertagging").prefetch_related("texts")
    assert [entry.label for entry in rows] == [f"{ID} (VIP)"]
    assert Customer.objects.get(program=other).erased_at is None
