"""Credentials for the API: 256 random bits, of which only the SHA-256 is kept.

A slow password hash would slow the API down and add nothing: such a token cannot be guessed from its hash.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Model, Q
from django.utils import timezone

from accounts.models import Account, ApiToken
from common.db.statements import fetch
from common.web.refusals import as_refused

_USED_AT_MOST_EVERY = timedelta(minutes=1)
_REMEMBERED_AT_MOST = 2_000  # tokens, by a process
_remembered: dict[str, ApiToken] = {}  # by hash


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


_IN_FORCE = f"""
SELECT {_columns(ApiToken, "t")}, {_columns(Account, "a")},
    (SELECT position FROM accounts_auditlink WHERE chain = a.id ORDER BY position DESC LIMIT 1)
FROM accounts_apitoken t JOIN accounts_account a ON a.id = t.account_id
WHERE t.token_hash = %s AND t.revoked_at IS NULL
"""  # noqa: S608 (names of our own columns)


def make_api_token(
    *, account: Account, name: str, scope: str = ApiToken.Scope.WRITE, user: Any = None
) -> tuple[ApiToken, str]:
    """Create a token for the account and return it with its secret, which is shown only once.

    Raises Refused for a missing name or an unknown scope.
    """
    secret = secrets.token_urlsafe(32)
    token = ApiToken(
        account=account, name=name.strip(), scope=scope, token_hash=_digest(secret), hint=secret[-4:], created_by=user
    )
    with as_refused():
        token.clean_fields()
    token.save(force_insert=True)
    return token, secret


def revoke_api_token(*, token: ApiToken) -> bool:
    """Revoke the token from this moment on; the row stays as a record. False: it was revoked before."""
    return bool(ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()))


def token_in_force(sid: str, token: str) -> ApiToken | None:
    """The token of a credential that is in force, with its account and the length of that one's audit log; else None.

    The look-up is by hash, so its timing reveals nothing of the secret; the SID is compared in constant time.
    The last use is written at most once a minute, so that requests of a busy client do not contend for one row.
    """
    row = _find(_digest(token))
    if row is None or not hmac.compare_digest(row.account.sid.encode(), sid.encode("utf-8", "replace")):
        return None
    return _used(row)


def bearer_in_force(token: str) -> ApiToken | None:
    """The same for a token that is sent alone, as `Authorization: Bearer` has it: it names its account by itself."""
    row = _find(_digest(token))
    return _used(row) if row is not None else None


def _used(row: ApiToken) -> ApiToken:
    """Note that the token was used, and remember it."""
    now = timezone.now()
    if row.last_used_at is None or row.last_used_at < now - _USED_AT_MOST_EVERY:
        unused = Q(last_used_at=None) | Q(last_used_at__lt=now - _USED_AT_MOST_EVERY)
        ApiToken.objects.filter(unused, pk=row.pk).update(last_used_at=now)
        row.last_used_at = now
    if not connection.in_atomic_block:  # what a transaction has changed is in no audit log yet
        if len(_remembered) >= _REMEMBERED_AT_MOST:
            _remembered.clear()
        _remembered[row.token_hash] = row
    return row


def remembered_token(sid: str, token: str) -> ApiToken | None:
    """The token of a credential as it was when this process last looked it up, where its last use needs no writing. It
    may have been revoked since. It is unchanged if the account's audit log still ends at its `audit_position`: the
    caller has to check that in the statement that stores what came with it, or else look the token up.
    """
    row = None if connection.in_atomic_block else _remembered.get(_digest(token))
    if row is None or not hmac.compare_digest(row.account.sid.encode(), sid.encode("utf-8", "replace")):
        return None
    is_recent = row.last_used_at is not None and row.last_used_at >= timezone.now() - _USED_AT_MOST_EVERY
    return row if is_recent else None


def _find(token_hash: str) -> ApiToken | None:
    found = fetch(_IN_FORCE, [token_hash])
    if not found:
        return None
    *values, position = found[0]
    of_token = [field.attname for field in ApiToken._meta.concrete_fields]
    of_account = [field.attname for field in Account._meta.concrete_fields]
    row = ApiToken.from_db(connection.alias, of_token, values[: len(of_token)])
    row.account = Account.from_db(connection.alias, of_account, values[len(of_token) :])
    row.audit_position = position or 0
    return row


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
