"""Failed log-ins, counted by django-axes in the database, so by all web processes: of a user name from an address, and
of an address whatever the name.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AuditEntry
from common.web.client_address import address_to_count, network_of

KNOWN_FOR = timedelta(days=30)


class Handler(AxesDatabaseHandler):
    """Locks an address, too, from which log-ins fail under many names: one password tried on everybody."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        of_name: int = super().get_failures(request, credentials)
        return max(of_name, settings.AXES_FAILURE_LIMIT) if address_is_locked(request) else of_name


def is_locked(request: HttpRequest, user: Any) -> bool:
    """Tell whether this user name, or everything, is locked for the request's address."""
    return not AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def address_is_locked(request: HttpRequest) -> bool:
    """Tell whether too many log-ins failed recently from the request's address."""
    return _address_locked_at(request) is not None


def count_failure(request: HttpRequest, user: Any) -> bool:
    """Count a wrong code as a wrong password is counted; answers whether that locked."""
    user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
    return bool(getattr(request, "axes_locked_out", False))


def minutes_left(request: HttpRequest, username: str) -> int:
    """For how many minutes more the user name, or the address, stays locked: whole ones, at least one."""
    attempts = AccessAttempt.objects.filter(username=username, ip_address=address_to_count(request))
    newest = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    locked_at = max(filter(None, (newest, _address_locked_at(request))), default=timezone.now())
    left: timedelta = locked_at + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, math.ceil(left / timedelta(minutes=1)))


def unlock(username: str, address: str | None = None) -> int:
    """Forget the failures of a user name, of one address or of all; answers how many addresses had some."""
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
    for at, count in rows.values_list("attempt_time", "failures_since_start")[: settings.ADDRESS_FAILURE_LIMIT]:
        failures += count
        if failures >= settings.ADDRESS_FAILURE_LIMIT:
            return at
    return None
