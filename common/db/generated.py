"""Columns that the database works out from others of their row."""

from typing import Any

from django.db import models


class StoredColumn(models.GeneratedField):
    """A generated column that is stored. Its check does not ask the server for its version: commands that need no
    database must not connect to one.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"db_persist": True, **options})

    def check(self, **options: Any) -> list[Any]:
        return super().check(**{**options, "databases": None})
