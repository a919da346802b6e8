"""ISO 4217: which currencies there are and how many digits each has."""

from iso4217 import Currency

# Funds and metals (XAU, XTS …) have no digits of their own and are not money that a partner is paid in.
CURRENCY_DIGITS: dict[str, int] = {
    currency.code: currency.exponent for currency in Currency if currency.exponent is not None
}

# The code by the currency's English name, and by what people call it.
CURRENCY_NAMES: dict[str, str] = {
    currency.currency_name: currency.code for currency in Currency if currency.code in CURRENCY_DIGITS
} | {
    "Euros": "EUR",
    "€": "EUR",
    "Dollar": "USD",
    "Dollars": "USD",
    "US$": "USD",
    "$": "USD",
    "Pound": "GBP",
    "Pounds": "GBP",
    "Sterling": "GBP",
    "£": "GBP",
    "Franc": "CHF",
    "Yuan": "CNY",
    "¥": "JPY",
}
