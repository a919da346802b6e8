"""Files that hold a customer: what was uploaded and exported, of every kind of job, and what was kept of it."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models
from psycopg import sql

from common.jobs.kinds import JobKind, job_kinds
from common.jobs.model import Job
from common.refusals import Refused
from common.tables.every_row import every_row
from common.tables.read import MAGIC
from tracking.models import CustomerFile, Erasure

from .person import Person

BECAUSE = "a customer in it was erased"
_TEXTS = (models.CharField, models.TextField, models.JSONField)


class Found(NamedTuple):
    kind: JobKind[Any]
    number: int


def files_with(person: Person, *, tell: Callable[[int], None]) -> list[Found]:
    """The files of the program that hold the person, in what is kept of their content or beside it. `tell` gets how
    many were looked through. Raises Refused for one that waits for a worker or for somebody's decision.
    """
    found, looked = [], 0
    for kind in job_kinds():
        if kind.jobs().model in (Erasure, CustomerFile):
            continue
        said = set(_saying(kind, person))
        for number in kind.jobs().filter(program=person.program_id).order_by("id").values_list("pk", flat=True):
            looked += 1
            tell(looked)
            if number in said or _has_in_content(kind, number, person):
                _check_decided(kind.jobs().get(pk=number), kind, person)
                found.append(Found(kind, number))
    return found


def forget(found: Found, person: Person, *, now: datetime) -> None:
    """Remove the content of a file, and the person from what is kept beside it; call inside a transaction."""
    kind, number = found
    job = kind.jobs().select_for_update(of=("self",)).get(pk=number)
    _check_decided(job, kind, person)
    kept = {field.name: _cleaned(field, getattr(job, field.name), person) for field in _texts(job)}
    kept |= {name: person.cleaned(value) for name, value in kind.without_content(job).items()}
    if job.removed_at is None:
        kept |= {"removed_at": now, "removed_because": BECAUSE}
    kind.jobs().filter(pk=number).update(**kept)


def _check_decided(job: Job, kind: JobKind[Any], person: Person) -> None:
    if job.state in kind.undecided:
        name = person.without(job.filename)
        raise Refused(f"{name} holds this customer and waits for a decision: import or discard it first, then erase.")
    if job.state in kind.live:
        raise Refused(
            f"{person.without(job.filename)} holds this customer and waits for a worker: try again when it is done."
        )


def _cleaned(field: Any, value: Any, person: Person) -> Any:
    return person.cleaned(value) if isinstance(field, models.JSONField) else person.without(value)


def _texts(model: Any) -> list[Any]:
    """The columns in which words of a file or about it stand."""
    return [field for field in model._meta.concrete_fields if isinstance(field, _TEXTS) and not field.choices]


def _saying(kind: JobKind[Any], person: Person) -> Iterator[int]:
    """The jobs in whose row, or in the rows of whose parts, the person stands."""
    model = kind.jobs().model
    yield from _rows_saying(model, "id", person)
    for related in model._meta.related_objects:
        if related.on_delete is models.CASCADE:
            yield from _rows_saying(related.related_model, related.field.column, person)


def _rows_saying(model: Any, number: str, person: Person) -> list[int]:
    texts = [
        *_texts(model),
        *(field for field in model._meta.concrete_fields if field.get_internal_type() == "ArrayField"),
    ]
    if not texts:
        return []
    whole = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(field.column)) for field in texts)
    query = sql.SQL(
        "SELECT DISTINCT {number} FROM (SELECT {number}, concat_ws(' ', {whole}) AS said FROM {table} "
        "WHERE program_id = %s) AS told WHERE said ~ %s OR %s <> '' AND said ~* %s"
    ).format(number=sql.Identifier(number), whole=whole, table=sql.Identifier(model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(query, [person.program_id, person.exact, person.loose, person.loose])
        return [found for (found,) in cursor.fetchall()]


def _has_in_content(kind: JobKind[Any], number: int, person: Person) -> bool:
    binary = [field.name for field in kind.jobs().model._meta.concrete_fields if isinstance(field, models.BinaryField)]
    if not binary:
        return False
    rows = kind.jobs().model._default_manager.filter(pk=number, removed_at=None)
    contents = rows.values_list(*binary).first() or ()
    return any(is_in_content(bytes(content), person) for content in contents if content)


def is_in_content(content: bytes, person: Person) -> bool:
    """Whether a file holds the person. One that cannot be read is taken to: nobody can say that it does not."""
    kind = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), "")
    try:
        if kind:
            return person.is_in_rows(every_row(content, kind)) or (kind == ".xlsx" and _is_in_parts(content, person))
        if person.is_in(_text(content)):
            return True
        return not person.is_distinctive and person.is_in_rows(every_row(content, ".csv"))
    except (Refused, zipfile.BadZipFile):
        return True


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8", errors="replace")


def _is_in_parts(workbook: bytes, person: Person) -> bool:
    """Whether a part of a workbook that no row shows holds the person: a hidden sheet, a comment, its properties."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return any(
            person.is_in(parts.read(part).decode("utf-8", errors="replace"))
            for part in parts.infolist()
            if part.filename.endswith((".xml", ".rels"))
        )
