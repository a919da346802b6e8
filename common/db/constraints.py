"""Schema constraints that keep two brands apart, and how to handle a row that one of them refuses."""

import functools
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, models
from psycopg.errors import UniqueViolation


class SameProgram(models.BaseConstraint):
    """A row and the row it points to belong to one program: a composite foreign key on (program, target).

    Django has no composite foreign keys, so this one is declared beside the ordinary `ForeignKey`. The target model
    must hold a unique constraint on (program, id): see `program_and_id`.
    """

    def __init__(self, *, field: str, to: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field
        self.to = to

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        # Deferred to the end of the migration: the target's table and its key may be made later in it.
        quote = schema_editor.quote_name
        target = model._meta.apps.get_model(self.to)
        column = model._meta.get_field(self.field).column
        schema_editor.deferred_sql.append(
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY ({quote('program_id')}, {quote(column)}) "
            f"REFERENCES {quote(target._meta.db_table)} ({quote('program_id')}, {quote('id')}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
        return ""  # nothing to execute now; Django may defer what is returned, so it must be a statement

    create_sql = constraint_sql

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT IF EXISTS {quote(self.name)}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Forms need no check: access.py returns rows of one program only; the database enforces it again."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, str]]:
        return "common.db.constraints.SameProgram", (), {"field": self.field, "to": self.to, "name": self.name}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameProgram) and self.deconstruct() == other.deconstruct()

    __hash__ = None  # type: ignore[assignment]


def program_and_id(table: str) -> models.UniqueConstraint:
    """The key that `SameProgram` of other tables points to."""
    return models.UniqueConstraint(fields=["program", "id"], name=f"{table}_program_and_id")


def again_when_taken[**Asked, Answer](
    act: Callable[Asked, Answer], *, or_after: tuple[type[Exception], ...] = ()
) -> Callable[Asked, Answer]:
    """Retry once when somebody else has just stored what a unique constraint allows once. The second time its own check
    sees the other row and refuses in words. `act` opens its transaction itself. `or_after` names other refusals that
    are raised too late to be shown.
    """

    refusals: tuple[type[Exception], ...] = (IntegrityError, *or_after)

    @functools.wraps(act)
    def done(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        try:
            return act(*args, **kwargs)
        except refusals as error:
            if isinstance(error, IntegrityError) and not isinstance(error.__cause__, UniqueViolation):
                raise
            return act(*args, **kwargs)

    return done
