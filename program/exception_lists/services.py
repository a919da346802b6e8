"""Exception lists themselves: their names and kinds, and whether their entries can be changed."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from common.db.edits import Gone, lock_unchanged
from common.formats.comparison import compared
from common.refusals import Refusal, Refused
from program.models import ExceptionList, ExceptionListName, Program
from program.names import free_name, hold_names
from program.uses import Named, TermsUse, follow_names, terms_that_keep, terms_using

from .entries import add_entries, read_entries

MOST_NAMES = 2_000  # of a program's lists, the earlier ones among them: rules are checked against all of them
TOO_MANY_NAMES = (
    f"A program’s lists have at most {MOST_NAMES:,} names, earlier ones included: delete lists that no terms ask for."
)


def exception_list_values(exception_list: ExceptionList) -> dict[str, Any]:
    """What the form of a list holds."""
    return {"name": exception_list.name, "kind": exception_list.kind}


def names_of(exception_list: ExceptionList) -> list[str]:
    """Every name that it has or had: published terms may ask for it by each of them."""
    earlier = exception_list.names.exclude(name_key=exception_list.name_key)
    return [exception_list.name, *earlier.values_list("name", flat=True)]


def uses_of(exception_list: ExceptionList) -> list[TermsUse]:
    """The terms that ask for the list, by whatever name; those in force come first."""
    return terms_using(exception_list.program, Named.EXCEPTION_LIST, names_of(exception_list))


def in_force(exception_list: ExceptionList) -> list[TermsUse]:
    """The terms in force that ask for the list: a change of its entries changes what they pay."""
    return [use for use in uses_of(exception_list) if use.is_in_force]


def terms_keeping(exception_list: ExceptionList) -> tuple[list[TermsUse], str]:
    """The terms because of which the list is not deleted, and in words which they are."""
    return terms_that_keep(exception_list.program, Named.EXCEPTION_LIST, names_of(exception_list))


@transaction.atomic
def create_exception_list(*, program: Program, name: str, kind: str, entries: str = "") -> ExceptionList:
    """Make a list. Raises Refused as `read_entries` does, and for a name that another list has or had."""
    read = read_entries(entries)
    hold_names(program)
    name = _free(program.pk, name)
    exception_list = ExceptionList.objects.create(program=program, name=name, kind=_kind(kind))
    ExceptionListName.objects.create(program=program, exception_list=exception_list, name=name)
    add_entries(exception_list=exception_list, entries=read)
    return exception_list


@transaction.atomic
def change_exception_list(
    *, exception_list: ExceptionList, name: str | None = None, kind: str | None = None, seen: str | None = None
) -> ExceptionList:
    """Give the list another name or kind. It keeps its earlier names: published terms that ask for one of them go on
    meaning this list, and drafts have the new one at once.

    Raises Refused as on creating, and Stale unless `seen` is the fingerprint of its values.
    """
    hold_names(exception_list.program_id)
    lock_unchanged(exception_list, exception_list_values, seen)
    before = exception_list.name
    if name is not None:
        exception_list.name = _free(exception_list.program_id, name, exception_list)
    if kind is not None:
        exception_list.kind = _kind(kind)
    exception_list.save(update_fields=["name", "name_key", "kind"])
    if exception_list.name != before:
        ExceptionListName.objects.update_or_create(
            program_id=exception_list.program_id,
            name_key=compared(exception_list.name),
            exception_list=exception_list,
            defaults={"name": exception_list.name},
        )
        names = names_of(exception_list)
        follow_names(exception_list.program, Named.EXCEPTION_LIST, names, exception_list.name)
    return exception_list


@transaction.atomic
def close_exception_list(*, exception_list: ExceptionList, on: bool) -> ExceptionList:
    """Keep the entries as they are, for everyone; or let them be changed again."""
    values = {"closed_at": timezone.now() if on else None}
    if not ExceptionList.objects.filter(pk=exception_list.pk).update(**values):
        raise Gone
    exception_list.closed_at = values["closed_at"]
    return exception_list


@transaction.atomic
def delete_exception_list(*, exception_list: ExceptionList) -> None:
    """Delete the list with its entries. What was priced with it keeps its payout.

    Raises Refused while terms in force, or that were in the last 400 days, ask for it, by whatever name: they would
    find nothing on it from then on, without a visible reason.
    """
    hold_names(exception_list.program_id)
    uses, which = terms_keeping(exception_list)
    if uses:
        words = ", ".join(map(str, uses))
        raise Refused(
            f"{exception_list.name} was not deleted: {which} ask for it: {words}. Close it instead: its entries "
            "stay as they are."
        )
    exception_list.items.all().delete()
    exception_list.delete()


def _kind(kind: str) -> str:
    if kind not in ExceptionList.Kind.values:
        raise Refused(Refusal("kind", f"Choose one of {', '.join(ExceptionList.Kind.values)}."))
    return kind


def _free(program_id: int, name: str, exception_list: ExceptionList | None = None) -> str:
    names = ExceptionListName.objects.filter(program=program_id)
    others = names.exclude(exception_list=exception_list) if exception_list else names
    free = free_name(others.select_related("exception_list"), name)
    if names.count() >= MOST_NAMES and not names.filter(name_key=compared(free)).exists():
        raise Refused(Refusal("name", TOO_MANY_NAMES))
    return free
