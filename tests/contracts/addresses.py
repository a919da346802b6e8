"""Shared by the tests of the pages of contracts."""

from typing import Any

from django.urls import reverse

HTMX = {"HTTP_HX_REQUEST": "true"}
NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}


def url(name: str, *args: Any) -> str:
    """The address of a page of the brand's program."""
    return reverse(f"contracts:{name}", args=[1000, *args])


def confirm(client, address, data, **options):
    """Send a form that shows first what it does, and confirm that."""
    shown = client.post(address, data)
    assert shown.status_code == 200, shown.status_code
    return client.post(address, {**data, "shown": shown.context["effects"].fingerprint}, **options)
