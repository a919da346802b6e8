"""Files of exchange rates: how a row is read, what is stored, and the command that imports them."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from common.refusals import Refused
from common.tables.layout import UnreadableCell
from program.exchange_rates.file_rows import EURO, QuotedRate, read_rates
from program.exchange_rates.seed import seed_reference_rates
from program.exchange_rates.services import save_own_rates, save_reference_rates
from program.models import ExchangeRate, ReferenceRate

TODAY = date(2026, 11, 28)
FRIDAY = date(2026, 10, 30)
# As the European Central Bank writes them: its history, and the file of one day.
HISTORY = "Date,USD,JPY,CYP,GBP,\n2026-10-30,1.1172,175.68,N/A,0.8338,\n2026-10-29,1.113,175.92,N/A,0.83578,\n"
ONE_DAY = "Date, USD, JPY, GBP, \n30 October 2026, 1.1172, 175.68, 0.83380, \n"


def told(row, today=TODAY):
    with pytest.raises(Refused) as refused:
        read_rates(row, today=today)
    return {each.path: each.message for each in refused.value}


def quoted(target, rate, day=FRIDAY, source=EURO):
    return QuotedRate(day, source, target, Decimal(rate))


@pytest.fixture
def written(tmp_path):
    def write(text, name="rates.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("row", "rates"),
    [
        ({"Date": "2026-10-30", "From": "usd", "To": " GBP ", "Rate": "0.7463"}, [("USD", "GBP", "0.7463")]),
        ({"date": "2026-10-30", "Currency": "USD", "RATE": "1.1172"}, [("EUR", "USD", "1.1172")]),
        ({"Date": "2026-10-30", "Currency": "USD", "From": "", "Rate": "1.1172"}, [("EUR", "USD", "1.1172")]),
        ({"Date": "2026-10-30T00:00:00", "USD": "1.1172", "CYP": "0.58", "JPY": "N/A"}, [("EUR", "USD", "1.1172")]),
        (
            {"Date": "30 October 2026", "USD": "1.1172", "GBP": "0.8338"},
            [("EUR", "USD", "1.1172"), ("EUR", "GBP", "0.8338")],
        ),
    ],
    ids=["a pair", "against the euro", "an empty column beside it", "a day of the history", "the file of one day"],
)  # fmt: skip
def test_a_row_is_a_pair_or_a_day_of_the_euro(row, rates):
    assert read_rates(row, today=TODAY) == [(FRIDAY, source, target, Decimal(rate)) for source, target, rate in rates]


@pytest.mark.parametrize(
    ("changed", "path", "words"),
    [
        ({"Date": ""}, "Date", "Is required."),
        ({"Date": "30.10.2026"}, "Date", "write it as 2026-10-30"),
        ({"Date": "2026-11-29"}, "Date", "Lies in the future"),
        ({"Date": "1998-12-31"}, "Date", "before 1999"),
        ({"From": ""}, "From", "Is required."),
        ({"From": "CYP"}, "From", "not a valid currency code"),
        ({"To": "USD"}, "To", "the same currency"),
        ({"Rate": ""}, "Rate", "Is required."),
        ({"Rate": "0,7463"}, "Rate", "Has a comma"),
        ({"Rate": "7.4E-1"}, "Rate", "Is not a valid number"),
        ({"Rate": "-1"}, "Rate", "Is not a valid number"),
        ({"Rate": "0.000"}, "Rate", "Must be above 0"),
        ({"Rate": "0.1234567890123"}, "Rate", "12 behind it"),
        ({"Rate": "1234567890123"}, "Rate", "12 digits before the point"),
        ({"Currency": "USD", "To": ""}, "From", "Stands beside Currency"),
        ({"Note": "x"}, "Note", "Is not a known column"),
        ({"Rate": UnreadableCell.made("#REF!", "Cell D2 holds the error #REF!")}, "Rate", "Cell D2 holds the error"),
    ],
)
def test_a_bad_cell_is_named(changed, path, words):
    found = told({"Date": "2026-10-30", "From": "USD", "To": "GBP", "Rate": "0.7463"} | changed)
    assert words in found[path]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("row", "path"),
    [({"USD": "1.1", "UDS": "1.1"}, "UDS"), ({"EUR": "1"}, "EUR"), ({"USD": "N/A"}, "Rate"), ({"USD": "x"}, "USD")],
    ids=["a typing error", "the euro", "no rate at all", "no number"],
)
def test_a_column_that_is_no_currency_is_named(row, path):
    assert list(told({"Date": "2026-10-30", **row})) == [path]


def test_the_command_imports_the_european_central_banks_file_once(db, capsys, written):
    for added, unchanged in ((6, 0), (0, 6)):
        call_command("import_exchange_rates", written(HISTORY))
        assert json.loads(capsys.readouterr().out) == {"Added": added, "Changed": 0, "Unchanged": unchanged}
    call_command("import_exchange_rates", written(ONE_DAY.replace("0.83380", "0.8339")))
    assert json.loads(capsys.readouterr().out) == {"Added": 0, "Changed": 1, "Unchanged": 2}
    assert ReferenceRate.objects.get(currency="GBP", date=FRIDAY).rate == Decimal("0.8339")


def test_the_command_imports_nothing_where_a_row_is_wrong_and_names_each(db, written):
    with pytest.raises(CommandError) as error:
        call_command("import_exchange_rates", written("Date,USD\n2026-10-30,1.1\n2026-10-29,x\n2026-13-01,1.1\n"))
    assert str(error.value).splitlines() == [
        "Row 3, USD: Is not a valid number: write it as 0.7441.",
        "Row 4, Date: Is not a valid date: write it as 2026-10-30.",
    ]
    assert not ReferenceRate.objects.exists()


def test_the_command_gives_a_program_rates_of_its_own(brand, capsys, written):
    pairs = written("Date,From,To,Rate\n2026-10-30,USD,GBP,0.75\n")
    call_command("import_exchange_rates", pairs, "--program", "1000")
    assert ExchangeRate.objects.get(program=brand).rate == Decimal("0.75")
    assert not ReferenceRate.objects.exists()
    with pytest.raises(CommandError, match="only a program has its own"):
        call_command("import_exchange_rates", pairs)
    with pytest.raises(CommandError, match="There is no program 5"):
        call_command("import_exchange_rates", pairs, "--program", "5")


def test_what_a_program_adds_and_replaces_is_in_the_audit_log(brand):
    save_own_rates(program=brand, rates=[quoted("GBP", "0.8")])
    saved = save_own_rates(program=brand, rates=[quoted("GBP", "0.9"), quoted("USD", "1.1")])
    assert (saved.added, saved.changed, saved.unchanged) == (1, 1, 0)
    assert saved.before == {(FRIDAY, "EUR", "GBP"): Decimal("0.8")}
    entries = AuditEntry.objects.filter(noun="program_exchangerate").order_by("id")
    assert sorted(entry.event for entry in entries) == ["ADDED", "ADDED", "CHANGED"]


def test_the_bundled_rates_are_stored_once_and_replace_nothing(db):
    newest = FRIDAY
    ReferenceRate.objects.create(currency="USD", date=newest - timedelta(days=1), rate=Decimal("9"))
    added = seed_reference_rates()
    assert added == ReferenceRate.objects.count() - 1 > 80_000
    assert ReferenceRate.objects.get(currency="GBP", date=newest).rate == Decimal("0.8338")
    assert ReferenceRate.objects.get(currency="USD", date=newest - timedelta(days=1)).rate == 9
    with CaptureQueriesContext(connection) as queries:
        assert seed_reference_rates() == 0
    assert len(queries) == 1


def test_thousands_of_rates_are_one_statement(brand, django_assert_num_queries):
    rates = [quoted("USD", "1.1", FRIDAY - timedelta(days=number)) for number in range(3_000)]
    with django_assert_num_queries(1):
        assert save_own_rates(program=brand, rates=rates).added == 3_000
    with django_assert_num_queries(4):  # a savepoint, the statement, and what waits for a rate
        assert save_reference_rates(rates).added == 3_000
