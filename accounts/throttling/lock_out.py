"""Failed log-ins, counted by django-axes in the database, so by all web processes: of a log-in from an address, and of
an address whatever the log-in.

A user name and the user's e-mail address are two ways to type one log-in. Each is counted by itself for the page, which
so answers the same whether or not they belong together; from the limit on, of both together, the right password is
refused as a wrong one is.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AuditEntry, User
from common.requests.client_address import address_to_count, network_of

KNOWN_FOR = timedelta(days=30)
_LONGEST = 255  # of the column; in lower case some letters are two


class Handler(AxesDatabaseHandler):
    """Locks an address, too, from which log-ins fail under many names: one password tried on everybody."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        as_typed: int = super().get_failures(request, credentials)
        return max(as_typed, settings.AXES_FAILURE_LIMIT) if address_is_locked(request) else as_typed

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
        """Tell the audit log, too, of a name and an address that have reached the limit only together."""
        super().user_login_failed(sender, credentials, request, **more)
        typed = get_client_username(request, credentials)
        if request is None or _failures(request, typed) != settings.AXES_FAILURE_LIMIT or request.axes_locked_out:
            return
        user_locked_out.send("axes", request=request, username=typed, ip_address=request.axes_ip_address)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        return self.reset_attempts(
            ip_address=address_to_count(request), username=get_client_username(request, credentials)
        )

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """Forget what was typed as the user's name and as their e-mail address, whichever of the two is given."""
        forget, names = super().reset_attempts, _names_of(username) if username else [None]
        return sum(forget(ip_address=ip_address, username=name, ip_or_username=ip_or_username) for name in names)


def counted_as(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name under which django-axes counts what was typed: an e-mail address in any letter case is the same."""
    typed: str | None = (credentials or request.POST).get("username")
    return _counted(typed) if typed else typed


def is_locked(request: HttpRequest, username: str) -> bool:
    """Tell whether this log-in, by either of its names, or everything, is locked for the request's address."""
    is_allowed: bool = AxesProxyHandler.is_allowed(request, {"username": username})
    return not is_allowed or _failures(request, username) >= settings.AXES_FAILURE_LIMIT


def address_is_locked(request: HttpRequest) -> bool:
    """Tell whether too many log-ins failed recently from the request's address."""
    return _address_locked_at(request) is not None


def count_failure(request: HttpRequest, user: Any) -> bool:
    """Count a wrong code as a wrong password is counted; answers whether that locked."""
    user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
    return bool(getattr(request, "axes_locked_out", False))


def minutes_left(request: HttpRequest, username: str, *, by_either_name: bool = False) -> int:
    """For how many minutes more the log-in, or the address, stays locked: whole ones, at least one."""
    names = _names_of(username) if by_either_name else [_counted(username)]
    attempts = AccessAttempt.objects.filter(username__in=names, ip_address=address_to_count(request))
    newest = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    locked_at = max(filter(None, (newest, _address_locked_at(request))), default=timezone.now())
    left: timedelta = locked_at + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, math.ceil(left / timedelta(minutes=1)))


def unlock(username: str, address: str | None = None) -> int:
    """Forget the failures of a log-in, of one address or of all; answers how many were stored."""
    return int(reset(username=username, ip=address))


def has_logged_in_from(request: HttpRequest, user: Any) -> bool:
    """Tell whether the user recently completed a log-in from the request's address."""
    entries = AuditEntry.objects.filter(user=user, event="LOGGED_IN", at__gte=timezone.now() - KNOWN_FOR)
    addresses = entries.order_by().values_list("address", flat=True).distinct()
    here = address_to_count(request)
    return here is not None and any(network_of(address) == here for address in addresses)


def _address_locked_at(request: HttpRequest) -> datetime | None:
    """The moment that the wait counts from, None where the address is not locked.

    From the newest back, failures of one name count as of its last; the lock ends when fewer than the limit are left.
    """
    address = address_to_count(request)
    if address is None:
        return None
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since).order_by("-attempt_time")
    failures = 0
    at: datetime
    for at, count in rows.values_list("attempt_time", "failures_since_start")[: settings.ADDRESS_FAILURE_LIMIT]:
        failures += count
        if failures >= settings.ADDRESS_FAILURE_LIMIT:
            return at
    return None


def _failures(request: HttpRequest, username: str) -> int:
    """How often the log-in has failed recently from the request's address, by either of its names."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(
        username__in=_names_of(username), ip_address=address_to_count(request), attempt_time__gte=since
    )
    return attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def _names_of(username: str) -> list[str]:
    """What a log-in is counted as: the user's name and e-mail address, or what was typed where nobody has it."""
    try:
        user = User.objects.get_by_natural_key(username.replace("\x00", ""))
    except User.DoesNotExist:
        return [_counted(username)]
    return [_counted(name) for name in (user.username, user.email) if name]


def _counted(typed: str) -> str:
    return typed.lower()[:_LONGEST] if "@" in typed else typed
