"""What search can find. Apps that this one cannot import register their rows when they are loaded."""

from collections.abc import Callable
from dataclasses import dataclass, field

from program.models import Program

MOST = 6  # of each kind are shown


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is called, what tells it from others of that name, and its page."""

    label: str
    url: str
    detail: str = ""
    icon: str = ""
    is_exact: bool = False  # its name or id is just what was typed: Enter opens it


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind; `more_url` lists the rest where there is any."""

    title: str
    hits: list[Hit] = field(default_factory=list)
    more_url: str = ""


type Find = Callable[[Program, str], Found]

_finds: dict[str, Find] = {}


def register(name: str, find: Find) -> None:
    """Called by the app that has the rows, when it is loaded; the program's access was already checked."""
    _finds[name] = find


def found_by(name: str, program: Program, text: str) -> Found | None:
    """What the app that registered under this name finds."""
    find = _finds.get(name)
    return find(program, text) if find else None


def with_more(title: str, hits: list[Hit], url: str) -> Found:
    """The first hits of MOST + 1 that were asked for, with a link to the rest where that many came."""
    return Found(title, hits[:MOST], url if len(hits) > MOST else "")
