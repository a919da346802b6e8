"""What a link names: program, partner and ad, remembered between requests.

Every change of them is in the account's audit log, whose links are numbered in the order of their commits. A link knows
how long the log was when its rows were read; the statement that stores a click compares that, and stores nothing where
the log has grown: then the rows are read again. While the database is away, links that were proven within the hour go
on leading to their pages.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from django.db import connection

from common.db.statements import fetch
from common.queue.circuit_breaker import Breaker
from common.web.errors import is_outage
from program.models import Ad, Program

REMEMBERED = 10_000  # by a process; the one not asked for longest is forgotten first
SECONDS = 3600  # how long one is good without being proven
SOON = 5  # seconds within which a change is noticed where nothing is stored
ID_DIGITS = 18  # fits a 64-bit integer

database = Breaker(pause=2.0)  # as long as a request waits for a connection (settings: the pool's timeout)

_FIND = """
SELECT program.id, program.account_id, program.landing_domains, program.ip_addresses, program.time_zone,
       partner.id, ad.id, ad.name, ad.landing_page, ad.deal, ad.sku,
       (SELECT position FROM accounts_auditlink WHERE chain = program.account_id ORDER BY position DESC LIMIT 1)
FROM program_program AS program
JOIN program_partner AS partner
  ON partner.program_id = program.id AND partner.media_partner_id = %s AND partner.is_active
JOIN program_ad AS ad ON ad.program_id = program.id AND ad.id = %s AND ad.is_active
WHERE program.id = %s
"""


class Unknown(Exception):
    """No active ad of an active partner goes by these names."""


class DatabaseAway(Exception):
    """The database does not answer, and this process has not seen the link within the hour."""


@dataclass(frozen=True, slots=True)
class Names:
    """A link as it is written. Raises Unknown where no link is written so."""

    partner: str
    ad: str
    program: str

    def __post_init__(self) -> None:
        if not (_is_number(self.ad) and _is_number(self.program)) or "\x00" in self.partner:
            raise Unknown

    @property
    def ad_id(self) -> int:
        return int(self.ad)

    @property
    def program_id(self) -> int:
        return int(self.program)


@dataclass(slots=True)
class Link:
    """What the names meant when the account's audit log had this length."""

    program: Program
    partner_id: int
    ad: Ad
    position: int
    proven_at: float = field(default_factory=time.time)


_lock = threading.Lock()
_links: OrderedDict[Names, Link] = OrderedDict()


def link_of(names: Names) -> Link:
    """The link, as remembered where it was proven within the hour. Raises Unknown, or DatabaseAway."""
    known = remembered(names)
    return known if known is not None else read_link(names)


def current_link(names: Names) -> Link:
    """The link for a request that stores nothing, so that nothing else notices a change: proven within seconds, unless
    the database is away. Raises Unknown, or DatabaseAway.
    """
    known = remembered(names)
    if known is not None and time.time() - known.proven_at < SOON:
        return known
    try:
        return read_link(names)
    except DatabaseAway:
        if known is None:
            raise
        return known


def read_link(names: Names) -> Link:
    """The link as it is now, remembered from here on. Raises Unknown, or DatabaseAway."""
    if not database.lets_through():
        raise DatabaseAway
    try:
        link = _read(names)
    except Exception as error:
        if not is_outage(error):
            raise
        database.failed()
        raise DatabaseAway from error
    database.answered()
    with _lock:
        _links.pop(names, None)
        if link is not None and not connection.in_atomic_block:  # what a transaction has changed is in no log yet
            _links[names] = link
            if len(_links) > REMEMBERED:
                _links.popitem(last=False)
    if link is None:
        raise Unknown
    return link


def remembered(names: Names) -> Link | None:
    """The link where this process has proven it within the hour."""
    if connection.in_atomic_block:
        return None
    with _lock:
        link = _links.get(names)
        if link is not None:
            _links.move_to_end(names)
    return link if link is not None and time.time() - link.proven_at < SECONDS else None


def _read(names: Names) -> Link | None:
    found = fetch(_FIND, [names.partner, names.ad_id, names.program_id])
    if not found:
        return None
    program, account, domains, addresses, zone, partner, ad, name, page, deal, sku, position = found[0]
    return Link(
        program=Program(
            id=program, account_id=account, landing_domains=domains, ip_addresses=addresses, time_zone=zone
        ),
        partner_id=partner,
        ad=Ad(id=ad, name=name, landing_page=page, deal=deal, sku=sku),
        position=position or 0,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= ID_DIGITS
