"""The pages of exchange rates: who sees and changes them, files, and the way from an order that waits to its price."""

import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from program.exchange_rates.file_rows import QuotedRate
from program.exchange_rates.services import save_own_rates, save_reference_rates
from program.models import ExchangeRate, RateFetch
from tests.factories import make_conversion, make_program, make_user
from tests.tracking.uploading import checked, imported
from tracking.models import Action, Conversion, Upload
from tracking.pricing.batch import price_all

LIST = "/p/1000/settings/exchange-rates/"
HELD = "/p/1000/transactions/conversions/"
FRIDAY = date(2026, 10, 30)
NEW = {"source": "USD", "target": "GBP", "date": "2026-10-30", "rate": "0.7441"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2026-11-27T12:00:00Z", tick=False):
        yield


@pytest.fixture
def ecb(db):
    rates = {"USD": "1.1172", "GBP": "0.8338"}
    save_reference_rates(QuotedRate(FRIDAY, "EUR", code, Decimal(rate)) for code, rate in rates.items())


def sold(brand, day=FRIDAY, currency="USD"):
    conversion = make_conversion(
        program=brand, CurrencyCode=currency, EventDate=f"{day}T12:00:00Z", Amount="100", OrderId=f"O-{day}-{currency}"
    )
    price_all(brand.pk)
    return conversion


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_page_says_up_to_which_day_there_are_rates_and_from_when_on_orders_wait(
    client_of, bob, brand, standard, ecb
):
    sold(brand)
    page = page_of(client_of(bob), LIST)
    assert re.findall(r'title="([^"]+)" aria-current="page"', page.split("</nav>")[0]) == ["Settings"]
    assert "<b>Rates end on 30 Oct 2026.</b> Orders placed after 6 Nov 2026 in another currency wait until" in page
    assert "imported by file, as no address to fetch them from is set" in page
    assert "0.746330110992" in page
    assert "European Central Bank, crossed over the euro" in page
    assert "Add a rate" not in page  # a viewer's


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2026-11-02", None),
        ("2026-11-05", "will wait, unless newer rates come"),
        ("2026-11-06", "will wait, unless newer rates come"),
        ("2026-11-07", "wait until newer rates are imported"),
    ],
)
def test_the_warning_grows_with_the_age_of_the_last_rate(on, words, client_of, bob, brand, standard, ecb):
    sold(brand)
    with time_machine.travel(f"{on}T12:00:00Z", tick=False):
        page = page_of(client_of(bob), LIST)
    assert ("notice-warn" in page) == (words is not None)
    assert words is None or words in page


def test_a_pair_that_newer_own_rates_cover_does_not_wait(client_of, bob, brand, standard, ecb):
    sold(brand)
    save_own_rates(program=brand, rates=[QuotedRate(date(2026, 11, 25), "USD", "GBP", Decimal("0.7"))])
    page = page_of(client_of(bob), LIST)
    assert "notice-warn" not in page
    assert "Your own newer rates cover USD → GBP." in page
    sold(brand, currency="JPY")
    page = page_of(client_of(bob), LIST)
    assert "wait until newer rates are imported. Your own newer rates cover USD → GBP.</p>" in page


def test_a_program_without_other_currencies_is_not_warned(client_of, bob, ecb):
    page = page_of(client_of(bob), LIST)
    assert "would wait. No order of this program is in another currency." in page
    assert "notice-warn" not in page
    assert "Every order so far is in the currency of its terms." in page


def test_a_fetch_that_failed_is_told_with_why(client_of, bob, ecb, settings):
    settings.EXCHANGE_RATES_URL = "https://rates.example/eurofxref.zip"
    RateFetch.objects.create(pk=RateFetch.ONLY, tried_at=timezone.now(), failure="The answer is larger than 4 MB.")
    page = page_of(client_of(bob), LIST)
    assert "<b>Rates could not be fetched on 27 Nov 2026, 12:00 GMT.</b> The answer is larger than 4 MB." in page
    assert "fetched daily" in page


def test_rates_are_found_by_currency_and_day(client_of, bob, brand, ecb):
    save_own_rates(program=brand, rates=[QuotedRate(FRIDAY, "USD", "GBP", Decimal("0.7"))])
    save_own_rates(program=make_program(), rates=[QuotedRate(FRIDAY, "USD", "GBP", Decimal("0.1"))])
    client = client_of(bob)
    found = {
        query: [str(row) for row in client.get(f"{LIST}?{query}").context["page"]]
        for query in (
            "", "currency=usd", "day=2026-10-29", "source=own", "source=own&currency=GBP", "source=own&currency=JPY",
        )
    }  # fmt: skip
    assert found == {
        "": ["EUR → GBP, 2026-10-30", "EUR → USD, 2026-10-30"],
        "currency=usd": ["EUR → USD, 2026-10-30"],
        "day=2026-10-29": [],
        "source=own": ["USD → GBP, 2026-10-30"],
        "source=own&currency=GBP": ["USD → GBP, 2026-10-30"],
        "source=own&currency=JPY": [],
    }
    assert page_of(client, f"{LIST}?day=x&currency=%00")


def test_the_pages_queries_do_not_grow_with_pairs_and_rates(
    client_of, bob, brand, standard, ecb, django_assert_num_queries
):
    client = client_of(bob)
    sold(brand)
    for _ in range(2):
        with django_assert_num_queries(14):
            client.get(LIST)
        for code in ("JPY", "CHF", "EUR"):
            sold(brand, currency=code)
            save_own_rates(program=brand, rates=[QuotedRate(FRIDAY, code, "GBP", Decimal("0.7"))])


def test_from_an_order_that_waits_to_its_price(client_of, alice, brand, standard):
    conversion = sold(brand)
    client = client_of(alice)
    query = urlencode({"from": "USD", "to": "GBP", "day": "2026-10-30", "back": "held-orders"}).replace("&", "&amp;")
    for address in (f"{HELD}?state=RATE", f"{HELD}{conversion.pk}/"):
        page = page_of(client, address)
        assert f'href="{LIST}new/?{query}">Add the rate</a>' in page
    waiting = page_of(client, f"{HELD}?state=RATE")
    assert "<h2>USD → GBP, 30 Oct 2026</h2>" in waiting
    assert "Waiting for a rate (1)" in waiting
    assert "Invalid conversions (0)" in waiting
    address = f"{LIST}new/?{query.replace('&amp;', '&')}"
    form = page_of(client, address)
    assert all(f'value="{value}"' in form for value in ("USD", "GBP", "2026-10-30"))
    answer = client.post(address, NEW, follow=True)
    assert answer.redirect_chain == [(HELD, 302)]
    assert "The rate USD → GBP, 30 Oct 2026 is saved. 1 order that waited for it is being priced." in (
        answer.content.decode()
    )
    price_all(brand.pk)
    action = Action.objects.get(conversion=conversion)
    assert action.amount == Decimal("74.41")
    page = page_of(client, f"/p/1000/transactions/actions/{action.pk}/")
    assert "1 USD = 0.7441 GBP on 30 Oct 2026 (own rate)" in page


def test_the_receipt_shows_both_rates_of_a_crossed_one_and_whose_they_are(client_of, bob, brand, standard, ecb):
    action = Action.objects.get(conversion=sold(brand))
    page = page_of(client_of(bob), f"/p/1000/transactions/actions/{action.pk}/")
    assert "1 USD = 0.746330110992 GBP on 30 Oct 2026; each line is rounded half up" in page
    assert "crossed over the euro: 1 EUR = 0.8338 GBP = 1.1172 USD (European Central Bank)" in page


def test_an_editor_is_led_to_the_rates_and_may_not_add_one(client_of, erin, brand, standard):
    conversion = sold(brand)
    client = client_of(erin)
    for address in (f"{HELD}?state=RATE", f"{HELD}{conversion.pk}/"):
        page = page_of(client, address)
        assert f'href="{LIST}">Exchange rates</a>' in page
        assert f"{LIST}new/" not in page
    assert client.post(f"{LIST}new/", NEW).status_code == 403
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rate": "0"}, "Must be above 0."),
        ({"rate": "0,7"}, "Has a comma"),
        ({"rate": "x"}, "Is not a valid number"),
        ({"target": "USD"}, "Choose another currency"),
        ({"date": "2026-11-28"}, "Lies in the future"),
        ({"date": "1998-01-01"}, "before 1999"),
        ({"source": "XXX"}, "Choose one of the list."),
    ],
)
def test_a_rate_that_cannot_be_is_refused(changed, words, client_of, alice):
    answer = client_of(alice).post(f"{LIST}new/", NEW | changed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ExchangeRate.objects.exists()


def test_a_rate_that_looks_turned_around_is_saved_only_by_who_is_sure(client_of, alice, ecb):
    client = client_of(alice)
    turned = NEW | {"source": "GBP", "target": "EUR", "rate": "0.8338"}
    answer = client.post(f"{LIST}new/", turned)
    assert answer.status_code == 422
    assert "At the European Central Bank 1 GBP was 1.19932837611 EUR on 30 Oct 2026: is the rate turned around?" in (
        answer.content.decode()
    )
    assert 'name="is_sure"' in answer.content.decode()
    assert client.post(f"{LIST}new/", turned | {"is_sure": "on"}).status_code == 302
    assert ExchangeRate.objects.get().rate == Decimal("0.8338")


def test_a_second_rate_of_the_day_is_refused_the_first_is_changed_and_deleted(client_of, alice):
    client = client_of(alice)
    client.post(f"{LIST}new/", NEW)
    answer = client.post(f"{LIST}new/", NEW | {"rate": "0.75"})
    assert answer.status_code == 422
    assert "USD to GBP has a rate of your own on that day: change that." in answer.content.decode()
    row = ExchangeRate.objects.get()
    edit = client.get(f"{LIST}{row.pk}/")
    assert 'value="0.7441"' in edit.content.decode()
    seen = edit.context["form"].opened_with
    assert client.post(f"{LIST}{row.pk}/", {"rate": "20", "opened_with": seen}).status_code == 302
    now = client.get(f"{LIST}{row.pk}/").context["form"].opened_with
    assert client.post(f"{LIST}{row.pk}/", {"rate": "0.75", "opened_with": now}).status_code == 302
    row.refresh_from_db()
    assert row.rate == Decimal("0.75")
    stale = client.post(f"{LIST}{row.pk}/", {"rate": "0.8", "opened_with": seen})
    assert stale.status_code == 409
    assert "0.75" in stale.content.decode()
    client.post(f"{LIST}{row.pk}/delete/")
    assert not ExchangeRate.objects.exists()


def test_another_brands_administrator_finds_neither_page_nor_rate(client_of, charlie, brand):
    save_own_rates(program=brand, rates=[QuotedRate(FRIDAY, "USD", "GBP", Decimal("0.7"))])
    row, client = ExchangeRate.objects.get(), client_of(charlie)
    for address in (LIST, f"{LIST}new/", f"{LIST}{row.pk}/", f"/p/2000/settings/exchange-rates/{row.pk}/"):
        assert client.get(address).status_code == 404
        assert client.post(address, NEW).status_code in (404, 405)
    assert client.post(f"{LIST}{row.pk}/delete/").status_code == 404
    assert ExchangeRate.objects.get().rate == Decimal("0.7")


def rates_file(*rows, head="Date,From,To,Rate"):
    return "\n".join((head, *rows)) + "\n"


def test_a_file_is_previewed_with_what_it_changes_and_prices_then_imported(client_of, alice, brand, standard):
    sold(brand)
    save_own_rates(program=brand, rates=[QuotedRate(FRIDAY - timedelta(days=1), "EUR", "GBP", Decimal("0.8"))])
    text = rates_file("2026-10-30,1.1172,0.8338", "2026-10-29,1.113,0.83578", head="Date,USD,GBP")
    upload = checked(brand, text, kind="EXCHANGE_RATES", filename="eurofxref.csv")
    client, address = client_of(alice), f"/p/1000/transactions/uploads/{upload.pk}/"
    assert upload.summary | {"Added": 3, "Changed": 1, "Priced": 1, "Accepted": 4, "Rejected": 0} == upload.summary
    page = page_of(client, address)
    assert "Import all: 4 rates" in page
    assert "Waiting orders priced" in page
    assert "EUR → GBP, 29 Oct 2026" in page
    assert ExchangeRate.objects.count() == 1
    assert Conversion.objects.get().state == "HELD"
    imported(upload)
    assert Conversion.objects.get().state == "WAITING"
    assert ExchangeRate.objects.count() == 4
    assert "See the rates" in page_of(client, address)
    price_all(brand.pk)
    assert Action.objects.get().amount == Decimal("74.63")


def test_bad_rows_of_a_file_are_named_and_the_good_ones_imported(brand):
    text = rates_file(
        "2026-10-30,USD,GBP,0.7", "2026-10-30,USD,GBP,0.8", "2026-11-28,USD,GBP,0.8", "2026-10-29,USD,XXX,1"
    )
    upload = checked(brand, text, kind="EXCHANGE_RATES")
    assert [(error.row, error.field) for error in upload.errors.all()] == [(3, "Rate"), (4, "Date"), (5, "To")]
    imported(upload, only_good=True)
    assert ExchangeRate.objects.get().rate == Decimal("0.7")


def test_a_file_of_rates_that_look_turned_around_is_warned_of(client_of, alice, brand, ecb):
    upload = checked(brand, rates_file("2026-11-20,USD,GBP,1.34"), kind="EXCHANGE_RATES")  # newer than the last other
    assert "Are they turned around?" in page_of(client_of(alice), f"/p/1000/transactions/uploads/{upload.pk}/")


def test_only_an_administrator_sends_and_imports_a_file_of_rates(client_of, alice, erin, brand):

    def send(client):
        file = SimpleUploadedFile("rates.csv", rates_file("2026-10-30,USD,GBP,0.7").encode())
        return client.post("/p/1000/transactions/uploads/new/", {"kind": "EXCHANGE_RATES", "file": file})

    assert send(client_of(erin)).status_code == 403
    assert send(client_of(make_user(username="frank", program=brand, role="FINANCE"))).status_code == 403
    assert send(client_of(alice)).status_code == 302
    upload = Upload.objects.get()
    assert client_of(erin).post(f"/p/1000/transactions/uploads/{upload.pk}/import/").status_code == 403
    page = client_of(alice).get("/p/1000/transactions/uploads/?kind=EXCHANGE_RATES").content.decode()
    assert re.findall(r'name="kind" value="(\w+)"[^>]* checked', page) == ["EXCHANGE_RATES"]
