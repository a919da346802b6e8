"""The audit log: recording events that no row shows, and verifying that nothing in it was changed. Changes of rows need
no call: triggers record them, and `accounts.audit.actor` names the actor.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit.actor import Actor, address_of, current_actor
from accounts.models import Account, AuditEntry, Membership

_WRITE = """
SELECT audit_write(%s, %s::jsonb, %s, '', jsonb_agg(
    jsonb_build_object('account', account, 'many', 1, 'label', %s::text, 'changes', '{}'::jsonb)))
FROM unnest(%s::bigint[]) AS account
"""


@dataclass(frozen=True)
class Proof:
    """What the hashes of the audit log say when they are computed again."""

    broken: list[int]  # entries that are not as they were written, or have no link, or none before them
    erased: int  # texts that are gone and leave the chain whole


@transaction.atomic
def record(
    *,
    event: str,
    words: str,
    user: Any = None,
    account: Account | None = None,
    request: HttpRequest | None = None,
    who: str = "",
) -> None:
    """Record an event that changes no audited row: a log-in, a lock-out, a download.

    `event` is one upper-case word of at most 20 letters, such as LOGGED_IN, LOG_IN_FAILED or LOCKED_OUT; `words` is
    the sentence after the person's name: "logged in", "failed to log in: wrong password". `user` is whom it is about,
    `who` the name that was typed where there is no such user. Without `account` it goes to the log of every account
    whose team the user is in, and without a user to that of nobody, which Django admin shows. The address is the
    request's, or that of the current request:

        record(event="LOGGED_IN", words="logged in", user=user, request=request)
        record(event="LOG_IN_FAILED", words="failed to log in", who=typed_name, request=request)
    """
    actor = current_actor() or Actor(who="", source="")
    named = Actor(
        who=(who or (user.get_username() if user else actor.who)).replace("\x00", ""),
        source=actor.source,
        user_id=user.pk if user else actor.user_id,
        address=address_of(request) if request else actor.address,
    )
    if account is not None:
        accounts: list[int | None] = [account.pk]
    else:
        memberships = (
            Membership.objects.active().filter(user=user).order_by("account") if user else Membership.objects.none()
        )
        accounts = list(memberships.values_list("account_id", flat=True)) or [None]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [timezone.now(), named.as_setting(), event, words, accounts])


def prove_log(*, account: Account | None = None) -> Proof:
    """Compute every hash again, of one account's log or of all.

    Nothing broken proves that every entry is as it was written, every text of it as well or erased altogether, and that
    no entry between the first and the last was removed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, {"account": account.pk if account else None})
        entries, erased = cursor.fetchone()
    return Proof(broken=entries, erased=erased)


_BROKEN = """
WITH entries AS (SELECT * FROM accounts_auditentry WHERE %(account)s::bigint IS NULL OR account_id = %(account)s),
links AS (
    SELECT coalesce(s.entry_id, e.id) AS entry,
        e.id IS NULL OR s.entry_id IS NULL
        OR s.position <> row_number() OVER chain
        OR s.hash <> audit_hash(coalesce(lag(s.hash) OVER chain, ''), e::accounts_auditentry) AS is_broken
    FROM entries e
    FULL JOIN (SELECT * FROM accounts_auditlink WHERE %(account)s::bigint IS NULL OR chain = %(account)s) s
        ON s.entry_id = e.id AND s.chain = coalesce(e.account_id, 0)
    WINDOW chain AS (PARTITION BY coalesce(s.chain, -1) ORDER BY s.position)
),
texts AS (
    SELECT coalesce(d.entry, t.entry_id) AS entry, d.digest IS NOT NULL AND t.entry_id IS NULL AS is_erased,
        t.entry_id IS NOT NULL AND d.digest IS DISTINCT FROM audit_digest(t.salt, t.content) AS is_broken
    FROM (SELECT id AS entry, key AS field, value AS digest FROM entries, jsonb_each_text(digests)) d
    FULL JOIN (
        SELECT * FROM accounts_audittext
        WHERE %(account)s::bigint IS NULL OR entry_id IN (SELECT id FROM entries)
    ) t ON t.entry_id = d.entry AND t.field = d.field
)
SELECT
    ARRAY(SELECT entry FROM links WHERE is_broken UNION SELECT entry FROM texts WHERE is_broken ORDER BY 1),
    (SELECT count(*) FROM texts WHERE is_erased)
"""


def has_changed_something() -> Exists:
    """Of users: whether the log names them with a change of a row."""
    return Exists(AuditEntry.objects.filter(user=OuterRef("pk")).exclude(noun=""))
