"""What a customer is known by, and whether a text holds it."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus

from django.db.models import F
from django.db.models.fields.json import KT
from django.db.models.functions import Lower

from common.db.statements import AnyOf
from program.models import Customer, EventType
from tracking.models import Conversion

ID_COLUMNS = frozenset({"customerid", "customer"})
# Where an id, an address or a hash begins and ends: in `C-1x`, `x@C-1` and `C-1.example` there is no C-1; in a file's
# name there is.
_BEFORE, _AFTER = r"(?<![\w@.+-])", r"(?![\w@+-]|\.(?!csv|xls|json|gz)\w)"


def _whole(mark: str) -> str:
    return _BEFORE + re.escape(mark) + _AFTER


def _in_file_name(mark: str) -> str:
    """Between any signs of a file's name, such as `orders-UNIQ-77X_nov.csv`."""
    return rf"(?<![A-Za-z0-9]){re.escape(mark)}(?![A-Za-z0-9])(?=[^\s\"/]{{0,200}}\.(csv|xls|json))"


def _in_address(mark: str) -> str:
    """As the address of a page has it, such as a saved filter: `q=zoe%40example.org+VIP`."""
    before = r"((?<![\w@.+%-])|(?<=[+])|(?<=%[0-9A-F][0-9A-F]))"
    return before + re.escape(quote_plus(mark)) + r"(?![\w@-]|\.(?!csv|xls|json|gz)\w)"


def _searched(name: str) -> str:
    """As a saved filter has it that looks for exactly this name: `q=Zoe+Miller`."""
    return rf'(?<=q=){re.escape(quote_plus(name))}(?=[&"\s]|$)'


@dataclass(frozen=True)
class Person:
    """A customer by id, e-mail address and its hashes; the program that they are a customer of."""

    program_id: int
    customer_id: str
    emails: frozenset[str]
    hashes: frozenset[str]  # in small letters
    name: str = ""

    @cached_property
    def is_distinctive(self) -> bool:
        """Whether the id is found by itself. One such as 7 or 1024 is an ordinary number nearly everywhere: it is
        looked for only where a column or key says that it is a customer's.
        """
        least = 6 if self.customer_id.isdecimal() else 3
        return len(self.customer_id) >= least

    @cached_property
    def exact(self) -> str:
        """A pattern, of Python and PostgreSQL alike, of the id where it is one, in the letter case that it has."""
        id_in_json = json.dumps(self.customer_id, ensure_ascii=False)
        parts = [rf'"[Cc]ustomer[ _]?([Ii]d)?": ?{re.escape(id_in_json)}']
        if self.is_distinctive:
            parts += [_whole(text) for text in sorted({self.customer_id, id_in_json[1:-1]})]
            parts += [_in_file_name(self.customer_id), _in_address(self.customer_id)]
        return "|".join(parts)

    @cached_property
    def loose(self) -> str:
        """A pattern of the e-mail addresses and hashes, and of a search for the name, in any letter case; empty where
        there are none.
        """
        marks = sorted(self.emails | self.hashes)
        searches = [_searched(self.name)] if self.name else []
        return "|".join([*map(_whole, marks), *map(_in_address, sorted(self.emails)), *searches])

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        loose = (re.compile(self.loose, re.IGNORECASE),) if self.loose else ()
        return (re.compile(self.exact), *loose)

    def is_in(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in self.patterns)

    def is_in_rows(self, rows: Iterable[Iterable[str]]) -> bool:
        """Whether a cell holds the person; a plain number only below a head such as CustomerId."""
        named: set[int] = set()
        for cells in rows:
            for place, cell in enumerate(cells):
                text = cell.strip()
                if not text:
                    continue
                if text == self.customer_id and (place in named or self.is_distinctive):
                    return True
                if "".join(filter(str.isalpha, text)).casefold() in ID_COLUMNS:
                    named.add(place)
                elif len(text) > 2 and self.is_in(text):
                    return True
        return False

    def without(self, text: str, instead: str = "erased") -> str:
        """The text with the person's marks replaced."""
        for pattern in self.patterns:
            text = pattern.sub(instead, text)
        return text

    def cleaned(self, value: Any) -> Any:
        """A JSON value with the person's marks replaced in every text; a text that is the id goes as a whole."""
        match value:
            case str():
                return "erased" if value == self.customer_id else self.without(value)
            case list():
                return [self.cleaned(each) for each in value]
            case dict():
                return {self.without(name): self.cleaned(each) for name, each in value.items()}
        return value


def person_of(customer: Customer) -> Person:
    """What is known of them by now: their row, and the hashes that came with their orders."""
    email = customer.email.strip().lower()
    known = {customer.email_sha1, customer.email_sha256, *_hashes_sent(customer)}
    if email:
        known |= {hashlib.sha1(email.encode()).hexdigest(), hashlib.sha256(email.encode()).hexdigest()}  # noqa: S324
    return Person(
        program_id=customer.program_id,
        customer_id=customer.customer_id,
        emails=frozenset({email} - {""}),
        hashes=frozenset({text.strip().lower() for text in known} - {""}),
        name=customer.name.strip(),
    )


def _hashes_sent(customer: Customer) -> Iterator[str]:
    sent = orders_of(customer).annotate(sent=KT("payload__CustomerEmail")).exclude(sent=None).order_by()
    yield from sent.values_list("sent", flat=True).distinct()


def orders_of(customer: Customer) -> Any:
    """Every conversion that names the customer, held, duplicate and test ones too."""
    return Conversion.objects.filter(
        program=customer.program_id,
        event_type__in=list(EventType.objects.filter(program=customer.program_id).values_list("pk", flat=True)),
        customer_id=customer.customer_id,
    )


def copies_of(customer: Customer, numbers: Iterable[int]) -> list[int]:
    """Conversions that name no customer and are the same orders as these, or made an action of theirs: what a browser,
    or a server, reported of them, too.
    """
    own = set(numbers)
    nameless = Conversion.objects.filter(program=customer.program_id, customer_id="", erased_at=None)
    nameless = nameless.exclude(state=Conversion.State.WAITING)
    found = own | set(nameless.filter(action__customer=customer).values_list("pk", flat=True))
    # A browser's report of another amount may be a stranger's, who guessed the order id and named anybody.
    agreeing = Conversion.objects.numbered(sorted(found)).exclude(reason=Conversion.Reason.DIFFERS)
    firsts = {first for first in agreeing.values_list("duplicate_of", flat=True) if first is not None}
    found |= set(nameless.numbered(sorted(firsts)).values_list("pk", flat=True))
    found |= set(nameless.filter(AnyOf(F("duplicate_of_id"), sorted(found))).values_list("pk", flat=True))
    return sorted(found - own)


def orders_by_email(person: Person) -> Any:
    """Conversions that name no customer, and this one's e-mail address. No index finds them."""
    rows = Conversion.objects.filter(program=person.program_id, customer_id="", erased_at=None)
    sent = rows.alias(sent=Lower(KT("payload__CustomerEmail")))
    return sent.filter(sent__in=person.hashes) if person.hashes else rows.none()
