"""ISO 3166-1: which countries there are, and the English names under which each is known."""

from pycountry import countries

# What people call a country, and ISO 3166-1 does not.
_EVERYDAY_NAMES = {
    "AE": "UAE; Emirates",
    "AG": "Antigua",
    "AX": "Aland Islands; Aland; Åland",
    "BA": "Bosnia",
    "BL": "St Barthelemy; Saint Barthelemy; St. Barthélemy; St Barthélemy; St Barts",
    "BN": "Brunei",
    "BQ": "Caribbean NL; Caribbean Netherlands",
    "BS": "The Bahamas",
    "CC": "Cocos Islands; Keeling Islands",
    "CD": "Democratic Republic of the Congo; DR Congo; DRC; Democratic Republic of Congo; Congo-Kinshasa",
    "CF": "Central African Rep.",
    "CG": "Republic of Congo; Congo-Brazzaville",
    "CI": "Ivory Coast; Cote d'Ivoire",
    "CN": "PRC; Mainland China",
    "CV": "Cape Verde",
    "CW": "Curacao",
    "CZ": "The Czech Republic",
    "FK": "Falkland Islands; Falklands",
    "FM": "Micronesia",
    "FO": "Faeroe Islands; Faroes",
    "GB": "Great Britain; UK; Britain; U.K.; The United Kingdom",
    "GM": "The Gambia",
    "GW": "Guinea Bissau",
    "HK": "Hong Kong SAR; Hong Kong SAR China",
    "IE": "Republic of Ireland; Eire; Éire",
    "KN": "St Kitts and Nevis; St. Kitts and Nevis",
    "KR": "Republic of Korea",
    "LA": "Lao; Lao PDR",
    "LC": "St Lucia; St. Lucia",
    "MF": "Saint Martin; St Martin; St. Martin",
    "MK": "Macedonia",
    "MM": "Burma",
    "MO": "Macau; Macao SAR; Macau SAR",
    "MV": "The Maldives",
    "NL": "Holland; The Netherlands",
    "PH": "The Philippines",
    "PM": "St Pierre and Miquelon; St. Pierre and Miquelon",
    "PN": "Pitcairn Islands",
    "PS": "Palestine; Palestinian Territories",
    "RE": "Reunion",
    "RU": "Russia",
    "SA": "KSA",
    "SC": "The Seychelles",
    "SH": "St Helena; Saint Helena; St. Helena",
    "ST": "São Tomé and Príncipe; Sao Tome",
    "SX": "Sint Maarten; St Maarten; St. Maarten",
    "SZ": "Swaziland",
    "TC": "Turks and Caicos Is; Turks and Caicos",
    "TF": "French S. Terr.",
    "TL": "East Timor; Timor Leste",
    "TR": "Turkey; Turkiye",
    "TT": "Trinidad",
    "UM": "US minor outlying islands; U.S. minor outlying islands",
    "US": "America; U.S.; U.S.A.; The United States; The USA",
    "VA": "Vatican City; Vatican; Holy See",
    "VC": "St Vincent; St. Vincent; St Vincent and the Grenadines; St. Vincent and the Grenadines; Saint Vincent",
    "VG": "BVI; Virgin Islands (British)",
    "VI": "US Virgin Islands; U.S. Virgin Islands; United States Virgin Islands; Virgin Islands (U.S.)",
}


def _names_by_code() -> dict[str, list[str]]:
    names = {}
    for country in countries:
        said = dict(country)
        official = [said[name] for name in ("name", "common_name", "official_name") if name in said]
        everyday = _EVERYDAY_NAMES.get(country.alpha_2)
        names[country.alpha_2] = official + (everyday.split("; ") if everyday else [])
    return names


NAMES_BY_CODE = _names_by_code()
_SHOWN: dict[str, str] = {country.alpha_2: dict(country).get("common_name", country.name) for country in countries}
COUNTRY_NAMES: tuple[str, ...] = tuple(name for names in NAMES_BY_CODE.values() for name in names)
# The alpha-2 code by alpha-2, alpha-3 and every name.
COUNTRY_CODES: dict[str, str] = (
    {name: code for code, names in NAMES_BY_CODE.items() for name in names}
    | {country.alpha_3: country.alpha_2 for country in countries}
    | {code: code for code in NAMES_BY_CODE}
)


def country_name(code: str) -> str:
    """The name that pages show for an alpha-2 code; another text as it is."""
    return _SHOWN.get(code, code)
