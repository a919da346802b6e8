"""How figures and dates are written on pages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from program.templatetags.brandboard import amount, day, hung, moment, money, number, share, weekday


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("1234.5", "GBP", "£1,234.50"),
        ("-5", "EUR", "−€5.00"),
        ("0", "USD", "$0.00"),
        ("1500", "JPY", "¥1,500"),
        ("1.5", "KWD", "KWD\N{NO-BREAK SPACE}1.500"),
        ("12", "CHF", "CHF\N{NO-BREAK SPACE}12.00"),
        ("14.208", "GBP", "£14.208"),
        ("100000", "GBP", "£100,000.00"),
    ],
)
def test_money_has_the_sign_and_the_digits_of_its_currency(value: str, currency: str, written: str) -> None:
    assert money(Decimal(value), currency) == written


def test_an_amount_leaves_the_currency_to_the_head_of_its_column() -> None:
    assert amount(Decimal("-1234.5"), "GBP") == "−1,234.50"


def test_digits_below_the_penny_hang_behind_the_others() -> None:
    assert hung(Decimal("11.80014"), "GBP") == "£11.80<i>014</i>"
    assert hung(Decimal("11.8"), "GBP") == "£11.80"
    assert hung(Decimal("182.45000000000002"), "GBP") == '£182.45<i title="£182.45000000000002">0000…</i>'


def test_nothing_is_written_for_no_amount() -> None:
    assert [money(None, "GBP"), amount(None, "GBP"), number(None), share(None), day(None)] == [""] * 5


@pytest.mark.parametrize(
    ("value", "written"), [(1318, "1,318"), (0, "0"), (100, "100"), ("2.50", "2.5"), ("-7", "−7"), ("1E+3", "1,000")]
)
def test_numbers_have_separators_and_no_idle_zeros(value: str | int, written: str) -> None:
    assert number(Decimal(value)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [("10.00", "10.0%"), ("12.5", "12.5%"), ("-5", "−5.0%"), ("32.55", "32.6%"), ("1234.5", "1,234.5%")],
)
def test_shares_are_written_with_one_decimal(value: str, written: str) -> None:
    assert share(Decimal(value)) == written


def test_days_are_written_as_people_say_them() -> None:
    assert day(date(2026, 11, 1)) == "1 Nov 2026"
    assert weekday(date(2026, 11, 20)) == "Fri 20 Nov 2026"


def test_a_moment_is_written_in_the_zone_of_its_program() -> None:
    late = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    assert moment(late, "Europe/London") == "1 Aug 2026, 00:30 BST"
    assert day(late, "Europe/London") == "1 Aug 2026"
    assert moment(late, "America/Sao_Paulo") == "31 Jul 2026, 20:30 UTC-03"
