"""Texts that the brand attaches to terms: written, changed in versions, deleted while no draft has them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet

from common.db.edits import lock_unchanged
from common.formats.comparison import compared
from common.refusals import Refusal, Refused
from contracts.engine.document.reading import Errors, Node
from contracts.engine.document.whole_terms.custom_terms import CUSTOM_TERMS, SpecialTerms, TermsType
from contracts.models import CustomTerms, CustomTermsVersion, TemplateTerms
from program.models import Program
from program.names import free_name, hold_names

KEPT = 500  # texts of a program: the terms page offers each


@dataclass(frozen=True, slots=True)
class Use:
    """Terms whose draft has a text, and in which version of it."""

    template_terms: TemplateTerms
    version: int | None


def as_special_terms(version: CustomTermsVersion) -> SpecialTerms:
    """A version of a text as a terms document has it."""
    return SpecialTerms(version.custom_terms.name, version.content, cast(TermsType, version.type), version.number)


def custom_terms_values(custom_terms: CustomTerms) -> dict[str, Any]:
    """What the form of a text holds: its newest version."""
    newest = newest_version(custom_terms)
    return {"type": newest.type, "content": newest.content}


def newest_version(custom_terms: CustomTerms) -> CustomTermsVersion:
    return custom_terms.versions.select_related("custom_terms", "created_by").order_by("-number")[:1].get()


def newest_versions(program_id: int) -> "QuerySet[CustomTermsVersion]":
    """The newest version of every text of a program, by name; one query."""
    versions = CustomTermsVersion.objects.filter(program=program_id).select_related("custom_terms")
    newest = versions.order_by("custom_terms_id", "-number").distinct("custom_terms_id")
    return versions.filter(pk__in=newest.values("pk")).order_by("custom_terms__name")


@transaction.atomic
def add_custom_terms(*, program: Program, name: str, type: str, content: str, user: Any = None) -> CustomTerms:
    """Keep a new text. Raises Refused for a name that is taken, and for what terms could not hold."""
    hold_names(program)
    others = CustomTerms.objects.filter(program=program)
    name = free_name(others, name)
    if others.count() >= KEPT:
        raise Refused(f"A program keeps at most {KEPT} texts.")
    content = _checked(name, type, content)
    custom_terms = CustomTerms.objects.create(program=program, name=name, name_key=compared(name))
    _add_version(custom_terms, 1, type, content, user)
    return custom_terms


@transaction.atomic
def change_custom_terms(
    *, custom_terms: CustomTerms, type: str, content: str, user: Any = None, seen: str | None = None
) -> CustomTermsVersion:
    """Make a new version of a text, or none where it says the same. Terms keep the version that they have.

    Raises Refused for what terms could not hold, Gone where the text was deleted, and Stale unless `seen` is the
    fingerprint of its `custom_terms_values`.
    """
    lock_unchanged(custom_terms, custom_terms_values, seen)
    content = _checked(custom_terms.name, type, content)
    newest = newest_version(custom_terms)
    if (newest.type, newest.content) == (type, content):
        return newest
    return _add_version(custom_terms, newest.number + 1, type, content, user)


@transaction.atomic
def delete_custom_terms(*, custom_terms: CustomTerms) -> None:
    """Delete a text with its versions. Raises Refused while drafts have it; published terms keep what they say."""
    hold_names(custom_terms.program_id)
    if uses := uses_of(custom_terms):
        names = ", ".join(str(use.template_terms) for use in uses[:5]) + (" and more" if len(uses) > 5 else "")
        raise Refused(f"{custom_terms} is attached to the draft of {names}: take it off there first.")
    custom_terms.delete()


def uses_of(custom_terms: CustomTerms) -> list[Use]:
    """The drafts that have the text, switched off or not, by name."""
    wanted = {"SpecialTermsList": [{"Name": custom_terms.name}]}
    found = TemplateTerms.objects.filter(program=custom_terms.program_id, sections__contains=wanted).order_by("name")
    uses = []
    for each in found:
        rows = [row for row in each.sections["SpecialTermsList"] if row["Name"] == custom_terms.name]
        uses.append(Use(each, rows[0].get("Version")))
    return uses


def attached_names(program: Program) -> dict[str, int]:
    """How many drafts have each text, by its name."""
    counts: dict[str, int] = {}
    drafts = TemplateTerms.objects.filter(program=program, sections__has_key="SpecialTermsList")
    for rows in drafts.values_list("sections__SpecialTermsList", flat=True):
        for name in {row["Name"] for row in rows}:
            counts[name] = counts.get(name, 0) + 1
    return counts


def refuse_unknown_texts(program: Program, wanted: Collection[SpecialTerms], present: Collection[SpecialTerms]) -> None:
    """Raise Refused for a text that is neither kept by the program as it stands there nor in the draft already, and
    hold those that are kept until the transaction ends.
    """
    hold_names(program)
    known = {as_special_terms(each) for each in newest_versions(program.pk)} | set(present)
    unknown = [each.title for each in wanted if each not in known]
    if unknown:
        raise Refused(Refusal("SpecialTermsList", f"{', '.join(unknown)} was deleted or changed meanwhile."))


def _add_version(custom_terms: CustomTerms, number: int, type: str, content: str, user: Any) -> CustomTermsVersion:
    return CustomTermsVersion.objects.create(
        program_id=custom_terms.program_id,
        custom_terms=custom_terms,
        number=number,
        type=type,
        content=content,
        created_by=user,
    )


def _checked(name: str, type: str, content: str) -> str:
    """The text as terms would hold it, with plain line ends."""
    content = content.replace("\r\n", "\n").strip()
    errors = Errors()
    raw = {"SpecialTermsList": [{"Name": name, "Type": type, "Content": content}]}
    CUSTOM_TERMS.read(Node(raw, "", errors), None)
    if errors:
        fields = {"Content": "content", "Type": "type", "Name": "name"}
        raise Refused(*(each._replace(path=fields[each.path.rpartition(".")[2]]) for each in errors))
    return content
