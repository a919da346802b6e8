"""Reads a rendered receipt as a person does: sections with their lines, each with its words and its amount."""

import re
from fractions import Fraction
from html import unescape
from typing import NamedTuple

LINE = re.compile(
    r'<li(?: class="(?P<kind>[^"]*)")?><span>(?P<words>.*?)</span><span class="amount">(?P<amount>.*?)</span></li>'
)
MONEY = r"−?(?:£|\$|¥|[A-Z]{3} )[\d,]+(?:\.\d+)?…?"


class Printed(NamedTuple):
    words: str
    amount: Fraction
    is_subtotal: bool


class Section(NamedTuple):
    title: str
    lines: list[Printed]


def sections(page):
    """The sections of a receipt in their order."""
    page = " ".join(page.split())
    parts = re.split(r"<h3>(.*?)</h3>", page)[1:]
    return [Section(title, _lines(html)) for title, html in zip(parts[::2], parts[1::2], strict=True)]


def _lines(html):
    return [
        Printed(_plain(found["words"]), amount_of(found["amount"]), found["kind"] == "receipt-sum")
        for found in LINE.finditer(html)
    ]


def amount_of(html):
    """A figure with all of its digits, also where the page shows the first of them."""
    title = re.search(r'title="([^"]*)"', html)
    return figure(unescape(title[1]) if title else _plain(html))


def figure(text):
    sign = -1 if "−" in text or text.startswith("-") else 1
    return sign * Fraction(re.sub(r"[^\d.]", "", text.replace("…", "")) or "0")


def money_in(words):
    """The amounts of money that the words name."""
    return [figure(text) for text in re.findall(MONEY, words)]


def rows(page):
    """The rows of the table of items: the figures of each by the column's label."""
    page = " ".join(page.split())
    return [
        {label: amount_of(cell) for label, cell in re.findall(r'<td class="num" data-label="([^"]*)">(.*?)</td>', row)}
        for row in re.findall(r"<tr>(.*?)</tr>", page.partition("</thead>")[2])
    ]


def _plain(html):
    html = re.sub(r'[^ <>]*<i title="([^"]*)">.*?</i>', r"\1", html).replace("<i>", "").replace("</i>", "")
    return unescape(re.sub(r"<[^>]*>", " ", html).replace("  ", " ")).replace("\xa0", " ").strip()
