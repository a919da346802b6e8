"""Publishing and joining show first which contracts end, and are done only as they were shown."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounts.models import AuditEntry
from contracts.drafts.sections import set_sections
from contracts.drafts.template_terms import change_template_terms
from contracts.drafts.unpublished import has_unpublished_changes
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.models import Contract, TermsVersion
from contracts.publishing.services import join_partners, publish_draft, publish_version
from tests.contracts.addresses import confirm, url
from tests.contracts.test_contracts import NOW, days, publish
from tests.factories import make_conversion, make_partner
from tests.flows.dashboard import words
from tracking.pricing.batch import price_all


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def partners(brand):
    return [make_partner(program=brand, media_partner_id=f"P-{n:02d}", name=f"Partner {n:02d}") for n in range(40)]


def read(answer):
    return words(answer.content.decode())


def test_publishing_for_all_partners_names_and_counts_the_contracts_that_end(brand, partners, event_payout, editor):
    publish(brand, name="Old", rate="8", join="all")
    address = url("terms_publish", event_payout.template_terms_id)
    answer = editor.post(address, {"join": "all"})
    assert answer.status_code == 200
    assert Contract.objects.count() == 40, "nothing is done before it is confirmed"
    page = read(answer)
    assert "40 contracts begin now" in page
    assert "40 contracts end." in page
    assert "All 40 contracts move from Old, version 1 to Standard, version 1 now." in page
    assert "Partner 00 P-00 Old, version 1 Ends now" in page
    assert "Contracts that begin" not in page, "each is told once"
    assert "And 20 more" in page
    assert "Partner 39 (P-39), Old, version 1: ends now" in page
    assert "Old, version 1: 40 contracts" in page
    assert "8% of the order’s sale amount 10% of the order’s sale amount" in page
    confirm(editor, address, {"join": "all"})
    assert Contract.objects.active(NOW).filter(terms_version__template_terms__name="Standard").count() == 40


def test_contracts_that_differ_are_shown_one_by_one_beside_those_that_move(brand, partners, event_payout, editor):
    first = publish(brand, rate="8", join=[each.media_partner_id for each in partners[:38]])
    publish(brand, name="Other", join=["P-38"])
    page = read(editor.post(url("terms_publish", first.version.template_terms_id), {"join": "all"}))
    assert "38 contracts move from version 1 to 2 now." in page
    assert "P-38 Other, version 1 Ends now" in page
    begin = page[page.index("Contracts that begin") :]
    assert "Partner 38" in begin
    assert "Partner 39" in begin
    assert "Partner 37" not in begin


def test_what_changed_since_it_was_shown_is_shown_again(brand, anna, ben, event_payout, editor):
    address = url("terms_publish", event_payout.template_terms_id)
    shown = editor.post(address, {"join": "all"}).context["effects"].fingerprint
    publish(brand, name="Other", join=["P-ANNA"])
    answer = editor.post(address, {"join": "all", "shown": shown})
    assert answer.status_code == 409
    assert "have changed since you saw this list. Nothing was done" in read(answer)
    assert "P-ANNA Other, version 1 Ends now" in read(answer)
    assert not TermsVersion.objects.filter(template_terms__name="Standard").exists()
    again = answer.context["effects"].fingerprint
    assert editor.post(address, {"join": "all", "shown": again}).status_code == 302


def test_a_draft_that_was_edited_since_it_was_shown_is_not_published(anna, event_payout, editor):
    address = url("terms_publish", event_payout.template_terms_id)
    shown = editor.post(address, {"join": "all"}).context["effects"].fingerprint
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ORDER", None, Decimal(90))})
    assert editor.post(address, {"join": "all", "shown": shown}).status_code == 409
    assert not TermsVersion.objects.exists()


def test_a_later_moment_alone_does_not_ask_again(anna, event_payout, editor, clock):
    address = url("terms_publish", event_payout.template_terms_id)
    shown = editor.post(address, {"join": "all"}).context["effects"].fingerprint
    clock.shift(600)
    assert editor.post(address, {"join": "all", "shown": shown}).status_code == 302


def test_back_leads_to_the_form_with_what_was_typed(anna, event_payout, editor):
    address = url("terms_publish", event_payout.template_terms_id)
    answer = editor.post(address, {"join": "all", "comment": "As agreed", "back": "1"})
    assert answer.status_code == 200
    assert answer.context["form"]["comment"].value() == "As agreed"
    assert not TermsVersion.objects.exists()


def test_a_start_in_the_past_is_refused_beside_its_field_with_the_partners(brand, anna, event_payout, editor):
    publish(brand, name="Old", join="all")
    address = url("terms_publish", event_payout.template_terms_id)
    answer = editor.post(address, {"join": "all", "start": "2026-06-01"})
    assert answer.status_code == 422
    assert "P-ANNA: SALE by Old version 1" in answer.context["form"].errors["start"][0]


def test_the_orders_that_wait_are_counted_before_and_after(brand, sale, anna, event_payout, editor):
    for day in (1, 2, 3):
        make_conversion(program=brand, MediaPartnerId="P-ANNA", EventDate=f"2026-06-0{day}T00:00:00Z")
    price_all(brand.pk)
    address = url("terms_publish", event_payout.template_terms_id)
    data = {"join": "all", "start": "2026-06-02"}
    page = read(editor.post(address, data))
    assert (
        "2 orders that wait for a contract will then be priced. Orders that are priced already stay as they are."
        in page
    )
    assert "2 orders that were waiting will be priced now" in read(confirm(editor, address, data, follow=True))


def test_what_an_event_type_loses_is_said_and_not_called_an_end(brand, sale, lead, anna, event_payout, editor):
    publish(brand, "SALE", "LEAD", name="Both", join="all")
    page = read(editor.post(url("terms_publish", event_payout.template_terms_id), {"join": "all"}))
    assert "0 contracts end. 1 contract no longer pays for an event type." in page
    assert "Both, version 1 No longer pays for Online sale from now on" in page


def test_what_was_to_begin_later_and_never_does_is_counted_apart(brand, anna, event_payout, editor):
    publish(brand, name="Later", join="all", start=dt.date(2026, 8, 1))
    page = read(editor.post(url("terms_publish", event_payout.template_terms_id), {"join": "all"}))
    assert "0 contracts end. 1 contract that was to begin later never begins." in page
    assert "Never begins (it was to begin 1 Aug 2026)" in page


def test_joining_shows_and_asks_first(brand, anna, ben, event_payout, editor):
    publish(brand, name="Old", join=["P-ANNA"])
    terms = event_payout.template_terms
    publish_draft(template_terms=terms)
    address = url("terms_join", terms.pk)
    data = {"row": ["P-ANNA", "P-BEN"], "start": "2026-07-01"}
    answer = editor.post(address, data)
    page = read(answer)
    assert "Join 2 partners to Standard?" in page
    assert "P-ANNA Old, version 1 Ends 1 Jul 2026" in page
    publish(brand, name="New", join=["P-BEN"])
    stale = editor.post(address, {**data, "shown": answer.context["effects"].fingerprint})
    assert stale.status_code == 409
    assert "P-BEN New, version 1 Ends 1 Jul 2026" in read(stale)
    confirm(editor, address, data)
    assert Contract.objects.upcoming(NOW).count() == 2


def test_the_page_of_joining_says_who_will_be_on_the_version(brand, anna, ben, event_payout, editor):
    publish_draft(template_terms=event_payout.template_terms, join=["P-ANNA"])
    join_partners(template_terms=event_payout.template_terms, join=["P-BEN"], start=dt.date(2026, 8, 1))
    page = read(editor.get(url("terms_join", event_payout.template_terms_id)))
    assert "P-ANNA" not in page
    assert "P-BEN This version from 1 Aug 2026 without an end" in page


def test_an_older_version_is_published_again_as_a_new_one(brand, sale, anna, editor, clock):
    first = publish(brand, rate="10", join="all").version
    publish(brand, rate="12")
    clock.shift(60)
    assert url("version_publish", first.pk) in editor.get(url("version_detail", first.pk)).content.decode()
    address = url("version_publish", first.pk)
    assert "12% of the order’s sale amount 10% of the order’s sale amount" in read(editor.get(address))
    page = read(editor.post(address, {}))
    assert "Publish version 3 of Standard?" in page
    assert "Standard, version 2 Ends now" in page
    confirm(editor, address, {"comment": "As before"})
    third = TermsVersion.objects.get(number=3)
    assert (third.document, third.comment) == (first.document, "As before")
    assert Contract.objects.active(days(1)).get().terms_version == third
    terms = third.template_terms
    assert not has_unpublished_changes(terms)
    assert terms.event_payouts.get().sections["DefaultPayoutRate"] == "10"


def test_publishing_an_older_version_keeps_what_the_draft_holds_and_the_name_of_the_terms(brand, sale, anna, editor):
    first = publish(brand, rate="10", join="all").version
    publish(brand, rate="12")
    terms = first.template_terms
    change_template_terms(template_terms=terms, name="Renamed", labels=["x"], currency="GBP")
    set_sections(
        event_payout=terms.event_payouts.get(), values={"default_payout": DefaultPayout("ORDER", None, Decimal(14))}
    )
    assert "The draft has changes that were never published" in read(editor.get(url("version_publish", first.pk)))
    published = publish_version(version=first)
    assert (published.version.document["Name"], published.version.document["Labels"]) == ("Renamed", ["x"])
    assert terms.event_payouts.get().sections["DefaultPayoutRate"] == "14"


def test_the_newest_version_is_not_published_again(brand, sale, anna, editor):
    version = publish(brand).version
    page = read(editor.get(url("version_publish", version.pk)))
    assert "so there is nothing to publish" in page
    assert not publish_version(version=version).is_new


def test_a_contract_is_ended_from_the_list(brand, sale, anna, editor):
    publish(brand, join="all")
    contract = Contract.objects.get()
    address = url("contract_end", contract.pk)
    assert address in editor.get(url("contract_list")).content.decode()
    question = editor.get(address)
    assert "works under Standard, version 1, without an end" in read(question)
    assert "No other contract follows" in read(question)
    refused = editor.post(address, {"end": "2026-06-01", "shown": question.context["shown"]})
    assert refused.status_code == 422
    assert "cannot be ended before today" in read(refused)
    answer = editor.post(address, {"end": "2026-07-01", "shown": question.context["shown"]}, follow=True)
    assert "ends 1 Jul 2026" in read(answer)
    contract.refresh_from_db()
    assert contract.period.upper == dt.datetime(2026, 6, 30, 23, tzinfo=dt.UTC)
    assert AuditEntry.objects.latest("id").who == "alice"


def test_an_upcoming_contract_is_withdrawn_from_the_list(brand, sale, anna, editor):
    publish(brand, name="Now", join="all")
    publish(brand, name="Later", join="all", start=dt.date(2026, 8, 1))
    later = Contract.objects.upcoming(NOW).get()
    address = url("contract_withdraw", later.pk)
    assert address in editor.get(url("contract_list")).content.decode()
    question = editor.get(address)
    assert "Now, version 1 pays for Online sale again without an end." in read(question)
    answer = editor.post(address, {"shown": question.context["shown"]}, follow=True)
    assert "is withdrawn" in read(answer)
    assert "withdrawn before it began" in read(answer)
    assert Contract.objects.get(terms_version__template_terms__name="Now").period.upper is None


@pytest.mark.parametrize("name", ["contract_end", "contract_withdraw"])
def test_contracts_that_changed_since_the_question_are_told_as_409(name, brand, sale, anna, editor):
    publish(brand, name="Now", join="all")
    publish(brand, name="Later", join="all", start=dt.date(2026, 8, 1))
    status = "ACTIVE" if name == "contract_end" else "UPCOMING"
    contract = next(each for each in Contract.objects.all() if each.status(NOW) == status)
    shown = editor.get(url(name, contract.pk)).context["shown"]
    publish(brand, name="Last", join="all", start=dt.date(2026, 9, 1))
    before = list(Contract.objects.order_by("pk").values_list("period"))
    answer = editor.post(url(name, contract.pk), {"shown": shown})
    assert answer.status_code == 409
    assert "have changed since you opened this. Nothing was done" in read(answer)
    assert list(Contract.objects.order_by("pk").values_list("period")) == before
    in_dialog = editor.post(url(name, contract.pk), {"shown": shown}, headers={"HX-Request": "true"})
    assert in_dialog.status_code == 409
    assert "<html" not in in_dialog.content.decode()


@pytest.mark.parametrize("name", ["contract_end", "contract_withdraw"])
def test_only_editors_end_and_withdraw_and_another_brand_finds_nothing(
    name, brand, sale, anna, viewer, charlie, client_of
):
    publish(brand, join="all", start=dt.date(2026, 8, 1))
    address = url(name, Contract.objects.get().pk)
    assert address not in viewer.get(url("contract_list")).content.decode()
    for method in ("get", "post"):
        assert getattr(viewer, method)(address).status_code == 403
        assert getattr(client_of(charlie), method)(address).status_code == 404


def test_a_version_that_begins_later_is_not_called_in_force(brand, sale, anna, alice, client_of, clock):
    editor = client_of(alice)
    first = publish(brand, join="all").version
    second = publish(brand, rate="12", start=dt.date(2026, 8, 1)).version
    third = publish(brand, name="Nobody’s").version
    terms = first.template_terms
    assert "In force" in read(editor.get(url("version_detail", first.pk)))
    assert "Begins 1 Aug 2026" in read(editor.get(url("version_detail", second.pk)))
    assert "No contract" in read(editor.get(url("version_detail", third.pk)))
    assert "Version 1 is in force with 1 active contract; version 2 begins on 1 Aug 2026." in read(
        editor.get(url("terms_edit", terms.pk))
    )
    assert "version 1 2 from 1 Aug 2026" in read(editor.get(url("terms_list")))
    page = read(editor.get(url("version_list", terms.pk)))
    assert "Version 2 Begins 1 Aug 2026" in page
    assert "Version 1 In force" in page
    clock.move_to(days(60))
    editor = client_of(alice)
    assert "Version 2 is in force with 1 active contract." in read(editor.get(url("terms_edit", terms.pk)))
    assert "Not in force any more" in read(editor.get(url("version_detail", first.pk)))


@pytest.mark.parametrize("count", [10, 30])
def test_what_is_shown_takes_as_many_queries_for_ten_contracts_as_for_thirty(
    count, brand, event_payout, editor, django_assert_num_queries
):
    for _ in range(count):
        make_partner(program=brand)
    publish(brand, name="Old", join="all")
    address = url("terms_publish", event_payout.template_terms_id)
    editor.post(address, {"join": "all"})
    with django_assert_num_queries(28):
        editor.post(address, {"join": "all"})
    publish_draft(template_terms=event_payout.template_terms)
    address = url("terms_join", event_payout.template_terms_id)
    editor.get(address)
    with django_assert_num_queries(12):
        editor.get(address)
