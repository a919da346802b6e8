"""The orders of an erased customer: their figures stay, with why each was paid, and nothing of the customer."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.audit.log import prove_log
from program.models import Customer, ReceivedValue
from reports.rollups.fill import fill_touched_days
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_modification,
    make_partner,
    terms_document,
)
from tests.tracking.erasing.planted import EMAIL, ID, NAME, PERSONAL, customer, erase, verified, where
from tracking.models import Action, Conversion, Modification
from tracking.modifications.apply import apply_modifications
from tracking.pricing.batch import retry_conversions


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


def test_a_list_of_their_orders_names_nobody(brand, planted, alice, client_of):
    erasure = erase(customer())
    page = client_of(alice).get(f"/p/1000/transactions/actions/?customer={erasure.customer_id}").content.decode()
    assert "Erased customer" in page
    assert erasure.filename not in page
    assert page.count("Z1") > 0


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


def test_an_order_over_the_first_of_several_caps_is_still_explained(brand, sale, partner):
    limits = [{"Type": "ACTION", "LimitBy": "CUSTOMER", "Period": "DAY", "Value": "1"}]
    document = terms_document(Limits=limits) | {"ActionLimit": {"Value": "50", "Period": "CONTRACT"}}
    make_contracts(program=brand, document=document, partners=[partner])
    when = str(datetime.now(UTC))
    make_action(program=brand, CustomerId=ID, EventDate=when)
    assert make_action(program=brand, CustomerId=ID, EventDate=when).over_cap == "ACTIONS"
    erase(customer())
    assert verified()["Differences"] == 0


def test_verify_finds_a_figure_of_an_erased_order_that_was_changed(brand, planted):
    erase(customer())
    planted.items.update(payout=7)
    with pytest.raises(CommandError, match="differences"):
        verified()
