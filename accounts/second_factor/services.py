"""The second factor: codes of an app on the user's phone, and recovery codes for when the phone is gone.

The app's key is encrypted (`common/encryption.py`); a recovery code, of 80 random bits, is kept as a fingerprint. So
reading the tables gives no access.
"""

import base64
import hashlib
import io
import re
import secrets
from typing import Any

import segno
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Account, AuthenticatorApp, Membership
from common.encryption import Unreadable, encrypt
from common.refusals import Refusal, Refused

RECOVERY_CODES = 10
LONGEST_WAIT = 10  # wrong codes after which the next one waits no longer than 2 ** 9 seconds
WRONG = "This code is not correct. A code is valid once, for about a minute; check the clock of your phone."
UNREADABLE = (
    "The codes of your app cannot be checked any more: this installation lost the key to them. Use a recovery code, or "
    "ask an administrator to reset your second factor."
)
WRONG_RECOVERY = "This recovery code is not correct, or was used before."


def is_on(user: Any) -> bool:
    """Tell whether the user logs in with a second step."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def on_for(user: str) -> Exists:
    """Whether the user in this column of a query has it on."""
    return Exists(TOTPDevice.objects.filter(user=OuterRef(user), confirmed=True))


def owed() -> Q:
    """Whether a user must switch it on before any other page opens, for a query of users. Users of Django admin see
    every account, and so need it as soon as one account asks for it.
    """
    asking = Account.objects.filter(requires_second_factor=True)
    own = Membership.objects.active().filter(user=OuterRef("pk"), account__requires_second_factor=True)
    return (Q(Exists(own)) | (Q(is_staff=True) & Exists(asking))) & ~on_for("pk")


def asked_by(*, user: Any) -> list[str]:
    """The names of those of the user's accounts that ask everybody for a second factor."""
    accounts = Account.objects.filter(requires_second_factor=True, membership__user=user, membership__is_active=True)
    return list(accounts.values_list("name", flat=True))


def new_key(*, user: Any) -> str:
    """Return a new encrypted secret for the user's app. It is not in use until one of its codes was checked."""
    return encrypt(secrets.token_bytes(20), owner=AuthenticatorApp(user=user).owner)


def key_in_words(*, user: Any, key: str) -> str:
    """Return the secret as it is typed into an app: base 32 in groups of four."""
    return " ".join(re.findall("....", base64.b32encode(AuthenticatorApp(user=user, key=key).bin_key).decode()))


def qr_code(*, user: Any, key: str) -> str:
    """Return the picture that the app scans, as inline SVG: no file, no URL, no other server."""
    picture = io.BytesIO()
    code = segno.make(AuthenticatorApp(user=user, key=key).config_url, error="m", micro=False)
    # Dark on light in either theme: most apps do not read the reverse.
    code.save(picture, kind="svg", border=4, light="white", xmldecl=False, svgclass="qr", lineclass=None, omitsize=True)
    return picture.getvalue().decode()


@transaction.atomic
def switch_on(*, user: Any, key: str, code: str) -> tuple[AuthenticatorApp, list[str]]:
    """Ask for codes of this key from now on; answers the app's row and the recovery codes, readable this once.

    Raises Refused for a code of another key: that app would lock its owner out.
    """
    get_user_model().objects.select_for_update().get(pk=user.pk)  # two tabs at once register one app
    if is_on(user):
        raise Refused(Refusal("code", "The second factor is already on."))
    app = AuthenticatorApp(user=user, name="App", key=key)
    totp = TOTP(app.bin_key)
    text = _plain(code)
    if not _is_of_an_app(text) or not totp.verify(int(text), tolerance=1):
        raise Refused(Refusal("code", WRONG))
    app.drift, app.last_t = totp.drift, totp.t()
    app.save(force_insert=True)
    return app, replace_recovery_codes(user=user)


@transaction.atomic
def switch_off(*, user: Any) -> bool:
    """Forget the user's app and recovery codes; answers whether there was anything to forget."""
    apps, _ = TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    return bool(apps)


@transaction.atomic
def replace_recovery_codes(*, user: Any) -> list[str]:
    """Make new recovery codes, in the place of all earlier ones."""
    device, _ = StaticDevice.objects.select_for_update().get_or_create(user=user, defaults={"name": "Recovery codes"})
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    device.token_set.all().delete()
    for code in codes:
        device.token_set.create(token=_fingerprint(user, code))
    return ["-".join(re.findall("....", code)) for code in codes]


def recovery_codes_left(*, user: Any) -> int:
    """How many recovery codes were not used yet."""
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


def use_code(*, user: Any, code: str, is_known_address: bool = False) -> Any:
    """Use up a code of the app, or a recovery code; answers the device that it is of.

    Raises Refused for a wrong one, and for one of the app that comes too soon after wrong ones, wherever those
    came from: 1, 2, 4, 8 … seconds. Wrong codes from elsewhere do not delay an address that the user has logged in
    from, and a recovery code, which cannot be guessed, never waits: so an attacker who knows the password cannot keep
    the owner out. Callers count failures by address beside this.
    """
    text = _plain(code)
    from_app = _is_of_an_app(text)
    with transaction.atomic():  # what is wrong is counted, so nothing may be raised in here
        model = AuthenticatorApp if from_app else StaticDevice
        device = model.objects.select_for_update().filter(user=user, confirmed=True).order_by("pk").first()
        if device:
            device.throttling_failure_count = min(device.throttling_failure_count, LONGEST_WAIT)
        if device and (is_known_address or not from_app):
            device.throttling_enabled = False
        allowed, why = device.verify_is_allowed() if device else (True, {})
        try:
            fits = bool(device and allowed and device.verify_token(text if from_app else _fingerprint(user, text)))
        except Unreadable:
            raise Refused(Refusal("", UNREADABLE, "unreadable")) from None
        if fits and from_app:
            device.encrypt_again()
    if fits:
        return device
    if not allowed:
        seconds = max(1, round((why["locked_until"] - timezone.now()).total_seconds()))
        raise Refused(Refusal("", f"Too many wrong codes. Wait {_span(seconds)}, then try the next one.", "wait"))
    raise Refused(Refusal("", WRONG if from_app else WRONG_RECOVERY, "wrong"))


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower()


def _is_of_an_app(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdecimal()


def _fingerprint(user: Any, code: str) -> str:
    """As many bits of SHA-256 as the column of otp_static takes: 96."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{user.pk}:{code}".encode()).digest()[:12]).decode()


def _span(seconds: int) -> str:
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    if minutes < 120:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    return f"{-(-minutes // 60)} hours"
