"""What `manage.py check --deploy` says of this product, beside what Django says."""

import os
from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.db import connection

TLS = {"require", "verify-ca", "verify-full"}


@register(deploy=True)
def copies_reach_the_database(**_: Any) -> list[CheckMessage]:
    """Find out before the first backup that it will fail."""
    if connection.settings_dict["OPTIONS"].get("sslmode") not in TLS or os.environ.get("BRANDBOARD_POSTGRES_BIN"):
        return []
    return [
        Warning(
            "backup and restore cannot reach the database: DATABASE_URL asks for TLS, which the PostgreSQL programs "
            "that come with the product do not speak.",
            hint="Install the client programs of PostgreSQL and name their folder in BRANDBOARD_POSTGRES_BIN.",
            id="house.W001",
        )
    ]
