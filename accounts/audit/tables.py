"""What an app says of its tables to the audit log: which of them triggers write down, and why the others not.

Each app has a module `audited` with AUDITED and NOT_AUDITED; its migration puts the triggers on, and a test compares
the two with the database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True)
class AuditedTable:
    """A table whose every change is an entry, whether made by a service, Django admin, a shell or SQL."""

    table: str
    one: str
    many: str
    without: tuple[str, ...] = ()  # columns that are left out: secrets, contents, bookkeeping of workers
    by_people: bool = False  # only what somebody did, not what a worker does with the row afterwards
    opened: tuple[str, ...] = ()  # JSON columns whose fields are told one by one


@cache
def audited_tables() -> Mapping[str, AuditedTable]:
    """By name, in the order of the apps."""
    return {each.table: each for module in _modules() for each in module.AUDITED}


@cache
def unaudited_tables() -> Mapping[str, str]:
    """Table → why its changes are in no entry."""
    return {table: reason for module in _modules() for table, reason in module.NOT_AUDITED.items()}


def _modules() -> Iterator[ModuleType]:
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "audited"):
            yield import_module(f"{app.name}.audited")
