"""Conditions that Django does not have."""

from typing import Any

from django.db import models


class AnyOf(models.Lookup):
    """`= ANY (array)`: one parameter, where `in` makes a statement with one for each value."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY (%s)", (*params, list(self.rhs))
