"""What an app shows, and a browser between the two steps of logging in."""

from django.test import Client
from django_otp.oath import TOTP

LOG_IN, CODE = "/log-in/", "/log-in/code/"
PASSWORD = {"username": "alice", "password": "anvil"}


def code_of(app):
    """What the app shows now."""
    return f"{TOTP(app.bin_key).token():06}"


def wrong_code_of(app):
    """Six digits that the app shows neither now nor in the minutes around."""
    near = TOTP(app.bin_key)
    shown = set()
    for near.drift in range(-4, 5):
        shown.add(near.token())
    return f"{next(number for number in range(100) if number not in shown):06}"


def after_password():
    browser = Client()
    assert browser.post(LOG_IN, PASSWORD)["Location"] == CODE
    return browser


def is_in(browser):
    return browser.get("/security/").status_code == 200
