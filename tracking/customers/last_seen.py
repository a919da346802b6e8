"""Who customers are, as their orders last said."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from common.db.statements import fetch
from contracts.engine.orders.countries import country_code

_PLACE = ("CustomerCountry", "CustomerRegion", "CustomerCity", "CustomerPostCode")


def _latest(names: Sequence[str]) -> str:
    """What the latest of a customer's orders that says any of these says, among those received since somebody sent who
    the customer is. The orders of an event type lie in the order of their index.
    """
    values = ", ".join(f"coalesce(payload ->> '{name}', '')" for name in names)
    return f"""
    SELECT found.* FROM program_eventtype AS event_type CROSS JOIN LATERAL (
        SELECT ARRAY[{values}] AS said, event_date, id FROM tracking_conversion AS stored
        WHERE stored.event_type_id = event_type.id AND stored.customer_id = customer.customer_id
          AND stored.customer_id <> '' AND NOT stored.is_test AND stored.state <> 'DUPLICATE'
          AND (customer.sent_at IS NULL OR stored.received_at > customer.sent_at)
          AND payload ?| ARRAY[{", ".join(f"'{name}'" for name in names)}]
        ORDER BY event_date DESC, id DESC LIMIT 1
    ) AS found WHERE event_type.program_id = customer.program_id ORDER BY event_date DESC, id DESC LIMIT 1
    """  # noqa: S608 (no value in it comes from outside)


_SAID = f"""
    SELECT customer.id, place.said, mail.said, country, region, city, post_code, email, email_sha1, email_sha256
    FROM program_customer AS customer
    LEFT JOIN LATERAL ({_latest(_PLACE)}) AS place ON true
    LEFT JOIN LATERAL ({_latest(["CustomerEmail"])}) AS mail ON true
    WHERE customer.id = ANY(%s) AND customer.program_id = %s AND (place.id IS NOT NULL OR mail.id IS NOT NULL)
"""  # noqa: S608
_WRITE = """
    UPDATE program_customer AS customer
    SET country = seen.country, region = seen.region, city = seen.city, post_code = seen.post_code,
        email = seen.email, email_sha1 = seen.email_sha1, email_sha256 = seen.email_sha256
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS seen (id, country, region, city, post_code, email, email_sha1, email_sha256)
    WHERE customer.id = seen.id
"""


class Who(NamedTuple):
    """Where a customer is and their e-mail address, as their row holds it."""

    country: str
    region: str
    city: str
    post_code: str
    email: str
    email_sha1: str
    email_sha256: str


def see_again(program_id: int, customers: Sequence[int]) -> None:
    """Write what the orders of these customers last said of them, where their rows hold something else."""
    if seen := list(_changed(fetch(_SAID, [list(customers), program_id], is_planned_once=False))):
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*seen, strict=True)])


def _changed(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for pk, place, mail, *held in rows:
        who = Who(*held)
        seen = who
        if place:
            country, region, city, post_code = place
            country = (country_code(country) or country) if country else ""
            seen = seen._replace(country=country, region=region, city=city, post_code=post_code)
        if mail:
            seen = _with_mail(seen, mail[0].lower())
        if seen != who:
            yield pk, *seen


def _with_mail(who: Who, digest: str) -> Who:
    """With the address of this digest; what is known of another address is left out."""
    if digest in (who.email_sha1, who.email_sha256):
        return who
    if len(digest) == 40:
        return who._replace(email="", email_sha1=digest, email_sha256="")
    return who._replace(email="", email_sha1="", email_sha256=digest)
