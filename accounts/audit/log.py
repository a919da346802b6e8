"""The audit log: writing down what no row shows, and proving that nothing was changed in it.

Changes of rows need no call: triggers write them down, and `accounts.audit.actor` tells whose they are.
"""

from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest

from accounts.audit.actor import Actor, address_of, current_actor
from accounts.models import Account, AuditEntry, Membership


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
    """Write down an event that changes no audited row: a log-in, a lock-out, a download.

    `event` is one upper-case word of at most 20 letters, such as LOGGED_IN, LOG_IN_FAILED or LOCKED_OUT; `words` is
    the sentence after the person's name: "logged in", "failed to log in: wrong password". `user` is whom it is about,
    `who` the name that was typed where there is no such user. Without `account` it goes to the log of every account
    whose team the user is in, and without a user to that of nobody, which Django admin shows. The address is the
    request's, or that of the request under way:

        record(event="LOGGED_IN", words="logged in", user=user, request=request)
        record(event="LOG_IN_FAILED", words="failed to log in", who=typed_name, request=request)
    """
    actor = current_actor() or Actor(who="", source="")
    entry = {
        "event": event,
        "words": words,
        "user_id": user.pk if user else actor.user_id,
        "who": (who or (user.get_username() if user else actor.who)).replace("\x00", "")[:150],
        "source": actor.source,
        "address": address_of(request) if request else actor.address,
    }
    if account is not None:
        accounts: list[int | None] = [account.pk]
    else:
        memberships = (
            Membership.objects.active().filter(user=user).order_by("account") if user else Membership.objects.none()
        )
        accounts = list(memberships.values_list("account_id", flat=True)) or [None]
    AuditEntry.objects.bulk_create(AuditEntry(account_id=account_id, **entry) for account_id in accounts)


def broken_links(*, account: Account | None = None) -> list[int]:
    """Numbers of entries whose chain does not hold: changed, without a seal, or with one missing before it.

    Of one account, or of all. An empty list proves that every entry stands as it was written, and that none between
    the first and the last was taken away.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(entry_id, id) FROM (
                SELECT e.id, s.entry_id,
                    e.id IS NULL OR s.entry_id IS NULL
                    OR s.position <> row_number() OVER chain
                    OR s.hash <> audit_hash(coalesce(lag(s.hash) OVER chain, ''), e) AS is_broken
                FROM (SELECT * FROM accounts_auditentry WHERE %(account)s::bigint IS NULL OR account_id = %(account)s) e
                FULL JOIN (SELECT * FROM accounts_auditseal WHERE %(account)s::bigint IS NULL OR chain = %(account)s) s
                    ON s.entry_id = e.id AND s.chain = coalesce(e.account_id, 0)
                WINDOW chain AS (PARTITION BY coalesce(s.chain, -1) ORDER BY s.position)
            ) links WHERE is_broken ORDER BY 1
            """,
            {"account": account.pk if account else None},
        )
        return [row[0] for row in cursor.fetchall()]
