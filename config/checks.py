"""The product's own checks for `manage.py check --deploy`."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db import connection

PUBLIC = ("EMAIL_URL", "ALLOWED_HOSTS")
TLS = {"require", "verify-ca", "verify-full"}


@register(deploy=True)
def copies_reach_the_database(**_: Any) -> list[CheckMessage]:
    """Find out before the first backup that it will fail."""
    if connection.settings_dict["OPTIONS"].get("sslmode") not in TLS or os.environ.get("BRANDBOARD_POSTGRES_BIN"):
        return []
    return [
        Warning(
            "backup and restore cannot reach the database: DATABASE_URL asks for TLS, which the PostgreSQL programs "
            "that come with the product do not support.",
            hint="Install the client programs of PostgreSQL and name their folder in BRANDBOARD_POSTGRES_BIN.",
            id="brandboard.W001",
        )
    ]


@register(deploy=True)
def links_lead_to_the_product(**_: Any) -> list[CheckMessage]:
    """Find out before the first invitation that its link would lead to the reader's own machine."""
    if os.environ.get("BASE_URL") or not any(os.environ.get(name) for name in PUBLIC):
        return []
    return [
        Warning(
            f"BASE_URL is not set: links in mails and invitations lead to {settings.BASE_URL}.",
            hint="Set it to the address under which people reach the product, such as https://brandboard.example.com.",
            id="brandboard.W002",
        )
    ]
