"""Countries are read by code and English name, whatever the library that knows them renames."""

from pathlib import Path

import pytest

from contracts.engine.orders.countries import country_code, know_countries
from program.partners.countries import COUNTRY_CODES, COUNTRY_NAMES

# What ISO 3166-1 and people called the countries in 2026: orders and published terms may have any of it.
KNOWN = [line.split("\t") for line in Path(__file__).with_name("country_names.txt").read_text().splitlines()]


@pytest.fixture
def unknown():
    """An engine that nobody has told anything."""
    know_countries({})
    yield
    know_countries(COUNTRY_CODES)


def test_every_code_and_name_that_was_ever_read_is_read():
    assert len(KNOWN) == 249
    wrong = [
        name
        for alpha2, alpha3, names in KNOWN
        for name in (alpha2, alpha3, *names.split("; "))
        if country_code(name) != alpha2
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UK", "GB"), ("U.K.", "GB"), ("Britain", "GB"), ("Russia", "RU"), ("Ivory Coast", "CI"),
        ("Cote d'Ivoire", "CI"), ("U.S.", "US"), ("u.s.a.", "US"), ("The United States", "US"),
        ("Turkey", "TR"), ("Czech Republic", "CZ"),
        ("Bosnia & Herzegovina", "BA"), ("Bosnia", "BA"), ("Congo-Kinshasa", "CD"), ("Congo-Brazzaville", "CG"),
        ("US Virgin Islands", "VI"), ("Turks & Caicos", "TC"), ("St. Kitts and Nevis", "KN"), ("Timor Leste", "TL"),
        ("The Philippines", "PH"), ("São Tomé and Príncipe", "ST"), ("Caribbean Netherlands", "BQ"), ("Holland", "NL"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_what_people_call_it(name, code):
    assert country_code(name) == code
    assert country_code(f"  {name.upper()} ") == code


@pytest.mark.parametrize("name", ["Atlantis", "XX", "", "Korea", "Virgin Islands"])
def test_a_text_that_names_no_single_country_is_none(name):
    assert country_code(name) is None


def test_no_name_is_that_of_two_countries():
    assert [name for name, code in COUNTRY_CODES.items() if country_code(name) != code] == []
    assert {"Germany", "Russia", "Côte d'Ivoire"} <= set(COUNTRY_NAMES)


def test_an_engine_that_knows_no_countries_says_so(unknown):
    with pytest.raises(RuntimeError, match="which countries"):
        country_code("GB")
