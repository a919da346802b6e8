"""ISO 4217: which currencies there are and how many digits each has."""

from iso4217 import Currency

# Funds and metals (XAU, XTS …) have no digits of their own and are not money that a partner is paid in.
CURRENCY_DIGITS: dict[str, int] = {
    currency.code: currency.exponent for currency in Currency if currency.exponent is not None
}
