"""Failed log-ins of a user name from an address, counted by django-axes in the database, so by all web processes."""

import math
from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from program.client_address import address_to_count


def is_locked(request: HttpRequest, user: Any) -> bool:
    """Tell whether this user name is locked for the request's address."""
    return not AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def count_failure(request: HttpRequest, user: Any) -> bool:
    """Count a wrong code as a wrong password is counted; answers whether that locked."""
    user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
    return bool(getattr(request, "axes_locked_out", False))


def minutes_left(request: HttpRequest, username: str) -> int:
    """For how many minutes more the user name stays locked for this address: whole ones, at least one."""
    attempts = AccessAttempt.objects.filter(username=username, ip_address=address_to_count(request))
    newest = attempts.aggregate(newest=Max("attempt_time"))["newest"] or timezone.now()
    left: timedelta = newest + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, math.ceil(left / timedelta(minutes=1)))


def unlock(username: str, address: str | None = None) -> int:
    """Forget the failures of a user name, of one address or of all; answers how many addresses had some."""
    return int(reset(username=username, ip=address))
