"""The audit actor, passed to the database with every write, so that its triggers name it in the audit log.

It is passed in a setting of the connection, `brandboard.actor`, and not in arguments: no service can forget it, and
`update()`, Django admin and raw SQL are covered too.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from psycopg import Error

from accounts.audit.tables import audited_tables
from accounts.models.audit import AuditEntry
from common.requests.client_address import client_address

_WRITE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
_WRITES = re.compile(r'\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO)\s+"?(\w+)"?', re.IGNORECASE)
_WITH = re.compile(r"\s*WITH\b", re.IGNORECASE)
_READS = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET|EXPLAIN|SHOW)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Actor:
    """Somebody or something that changes rows: a person on a page, an API token, a command, a task of the worker."""

    who: str
    source: str
    user_id: int | None = None
    address: str = ""

    def as_setting(self) -> str:
        return json.dumps({"user": self.user_id, "who": self.who[:150], "source": self.source, "address": self.address})


_actor: ContextVar[Callable[[], Actor] | None] = ContextVar("actor", default=None)


def current_actor() -> Actor | None:
    """The current audit actor; None in a process that set none, such as a database shell."""
    find = _actor.get()
    return find() if find else _of_command()


@contextmanager
def audit_actor(actor: Actor | Callable[[], Actor]) -> Iterator[None]:
    """Name this actor for every write in the block. A callable is asked when something is written, not before."""
    token = _actor.set(actor if callable(actor) else lambda: actor)
    try:
        yield
    finally:
        _actor.reset(token)
        _forget()


@contextmanager
def audited_as(user: Any) -> Iterator[None]:
    """What a worker does at somebody's request is recorded as that person's; without a user, as the worker's."""
    if user is None:
        yield
        return
    with audit_actor(Actor(who=user.get_username(), source=AuditEntry.Source.WORKER, user_id=user.pk)):
        yield


class ActorMiddleware:
    """Names the person who sent the request; the API names its token instead, see `name_token`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit_actor(lambda: _of_request(request)):
            return self.get_response(request)


def task_begins(task: Any = None, **_: Any) -> None:
    """What a worker does by itself is recorded under its task's name."""
    who = str(getattr(task, "name", ""))
    _actor.set(lambda: Actor(who=who, source=AuditEntry.Source.WORKER))


def task_ends(**_: Any) -> None:
    _actor.set(None)
    _forget()


def address_of(request: HttpRequest) -> str:
    return client_address(request) or ""


def name_token(request: HttpRequest, name: str) -> None:
    """Record that the request came with this API token."""
    request.api_token = name  # type: ignore[attr-defined]


def _of_request(request: HttpRequest) -> Actor:
    source = AuditEntry.Source
    if token := getattr(request, "api_token", ""):
        return Actor(who=token, source=source.API, address=address_of(request))
    user = getattr(request, "user", None)
    place = source.ADMIN if request.path.startswith("/admin/") else source.PAGE
    if user is None or not user.is_authenticated:
        return Actor(who="", source=place, address=address_of(request))
    return Actor(who=user.get_username(), source=place, user_id=user.pk, address=address_of(request))


def _of_command() -> Actor | None:
    if os.path.basename(sys.argv[0]) != "manage.py":
        return None
    return Actor(who=" ".join(["manage.py", *sys.argv[1:2]]), source=AuditEntry.Source.COMMAND)


def announce(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper: sets the audit actor before a write to an audited table. It is set each time: a setting made
    in a transaction is gone when that rolls back.
    """
    if _is_audited(str(sql)) and (actor := current_actor()):
        _tell(context["connection"], actor.as_setting())
    return execute(sql, params, many, context)


def _is_audited(sql: str) -> bool:
    if _READS.match(sql):
        return False
    if _WITH.match(sql):
        return any(table.lower() in audited_tables() for table in _WRITES.findall(sql))
    write = _WRITE.match(sql)
    return write is None or write[1].lower() in audited_tables()


def _tell(database: Any, setting: str) -> None:
    # Past Django's own cursor: this is not a query of the page, and must not call this wrapper again.
    with database.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('brandboard.actor', %s, false)", [setting])
    database.told_actor = bool(setting)


def _forget() -> None:
    """Clear the name, because the connection is reused."""
    if connection.connection is not None and getattr(connection, "told_actor", False):
        # A broken connection or transaction cannot be reset; the original error must surface.
        with suppress(Error):
            _tell(connection, "")
