"""The kinds of job: what each app says of the files that its worker processes. The apps register theirs when they are
loaded, so that one sweep and one retention serve all of them.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.jobs.model import Job

FAULT = "Something went wrong on our side; it has been logged."


@dataclass(frozen=True, kw_only=True)
class Step[J: Job]:
    """A step of a job: the state in which it waits for a worker, the one in which a worker processes it, and how.

    `do` concludes the job itself. Refused fails it with its own message, too many dead workers with
    `worker_died`, and an error on our side with `fault`.
    """

    waits: str
    runs: str
    task: str  # its name
    do: Callable[[J], None]
    label: str  # what the page says while it runs
    knows_total: bool = True  # whether `rows` is known before it ends
    worker_died: str
    fault: str = FAULT


@dataclass(frozen=True, kw_only=True)
class JobKind[J: Job]:
    """Files of one kind, with the steps in which a worker processes them."""

    jobs: Callable[[], "QuerySet[J]"]  # as a worker reads them
    steps: tuple[Step[J], ...]
    # Names the user of a job to the audit log while a worker processes it.
    audited_as: Callable[[Any], AbstractContextManager[None]]
    # Of a failed or cancelled job: removes what an earlier step has left for the next one.
    forget: Callable[[J], None] = lambda job: None
    cancelled: str  # what the page says of a cancelled one
    kept_in: tuple[str, ...]  # the states in which its content is kept, until it is too old
    undecided: tuple[str, ...] = ()  # those in which it waits for somebody's decision, and is discarded in the end
    # Removes the rows that hold parts of the content, and returns the job's fields without it.
    without_content: Callable[[J], dict[str, object]]

    @property
    def live(self) -> tuple[str, ...]:
        """The states in which it waits for a worker, or a worker processes it."""
        return tuple(state for step in self.steps for state in (step.waits, step.runs))


_kinds: list[JobKind[Any]] = []


def register(kind: JobKind[Any]) -> None:
    if kind not in _kinds:
        _kinds.append(kind)


def job_kinds() -> Iterable[JobKind[Any]]:
    return tuple(_kinds)
