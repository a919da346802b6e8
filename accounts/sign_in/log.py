"""Log-ins, log-outs, failures and lock-outs in the audit log, whichever page or form they come through."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from accounts.audit.log import record
from accounts.models import User
from accounts.throttling.lock_out import address_is_locked


def listen() -> None:
    """Connect the signals; called once, as the app starts."""
    from axes.signals import user_locked_out  # noqa: PLC0415 (it needs the apps)

    user_logged_in.connect(_logged_in, dispatch_uid="audit_logged_in")
    user_logged_out.connect(_logged_out, dispatch_uid="audit_logged_out")
    user_login_failed.connect(_failed, dispatch_uid="audit_log_in_failed")
    user_locked_out.connect(_locked_out, dispatch_uid="audit_locked_out")


def _logged_in(request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    if request is not None and request.resolver_match is not None:  # a log-in by code alone is not recorded
        record(event="LOGGED_IN", words="logged in", user=user, request=request)


def _logged_out(request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    if user is not None:
        record(event="LOGGED_OUT", words="logged out", user=user, request=request)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if _was_locked_before(request):
        return
    name = str(credentials.get("username") or "")
    record(event="LOG_IN_FAILED", words="failed to log in", user=_user(name), who=name, request=request)


def _locked_out(request: HttpRequest | None = None, username: str = "", **_: Any) -> None:
    if _was_locked_before(request):
        return
    everybody = request is not None and address_is_locked(request)
    record(
        event="LOCKED_OUT",
        words=f"was locked out{', with everybody at this address,' if everybody else ''} after too many failures",
        user=_user(username),
        who=username,
        request=request,
    )


def _was_locked_before(request: Any) -> bool:
    """Attempts at a locked user name are refused without a check: repeating them must not fill the log."""
    return bool(getattr(request, "axes_locked_out", False)) and request.axes_failures_since_start is None


def _user(name: str) -> Any:
    try:
        return User.objects.get_by_natural_key(name.replace("\x00", ""))
    except User.DoesNotExist:
        return None
