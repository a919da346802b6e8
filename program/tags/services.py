"""Tags themselves: their names, colours, and whether they can be assigned."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from common.db.edits import Gone, lock_unchanged
from common.formats.comparison import compared
from program.models import CustomerTag, Program
from program.models.customer import CustomerTagName, TagColor
from program.names import free_name, hold_names
from program.uses import Named, TermsUse, follow_names, terms_that_keep, terms_using


def customer_tag_values(tag: CustomerTag) -> dict[str, Any]:
    """What the form of a tag holds."""
    return {"name": tag.name, "color": tag.color, "is_open": tag.is_open}


def names_of(tag: CustomerTag) -> list[str]:
    """Every name that it has or had: published terms may ask for it by each of them."""
    return [tag.name, *tag.names.exclude(name_key=tag.name_key).values_list("name", flat=True)]


def uses_of(tag: CustomerTag) -> list[TermsUse]:
    """The terms that ask for the tag, by whatever name; those in force come first."""
    return terms_using(tag.program, Named.CUSTOMER_TAG, names_of(tag))


def terms_keeping(tag: CustomerTag) -> tuple[list[TermsUse], str]:
    """The terms because of which the tag is not deleted, and in words which they are."""
    return terms_that_keep(tag.program, Named.CUSTOMER_TAG, names_of(tag))


@transaction.atomic
def create_customer_tag(
    *, program: Program, name: str, color: str = TagColor.GRAY, is_open: bool = False
) -> CustomerTag:
    """Make a tag. Raises Refused for a name that another one has or had, in the form in which rules compare tags."""
    hold_names(program)
    name = _free(program.pk, name)
    tag = CustomerTag.objects.create(program=program, name=name, color=color, is_open=is_open)
    CustomerTagName.objects.create(program=program, tag=tag, name=name)
    return tag


@transaction.atomic
def change_customer_tag(
    *, tag: CustomerTag, name: str, color: str | None = None, is_open: bool | None = None, seen: str | None = None
) -> CustomerTag:
    """Give the tag another name and colour, and open it to browsers or not. It keeps its earlier names: published terms
    that ask for one of them go on meaning this tag, and drafts have the new one at once.

    Raises Refused as on creating, and Stale unless `seen` is the fingerprint of its values.
    """
    hold_names(tag.program_id)
    lock_unchanged(tag, customer_tag_values, seen)
    before = tag.name
    tag.name = _free(tag.program_id, name, tag)
    tag.color = color or tag.color
    tag.is_open = tag.is_open if is_open is None else is_open
    tag.save(update_fields=["name", "name_key", "color", "is_open"])
    if tag.name != before:
        CustomerTagName.objects.update_or_create(
            program_id=tag.program_id, name_key=compared(tag.name), tag=tag, defaults={"name": tag.name}
        )
        follow_names(tag.program, Named.CUSTOMER_TAG, names_of(tag), tag.name)
    return tag


@transaction.atomic
def archive_customer_tag(*, tag: CustomerTag, on: bool) -> CustomerTag:
    """Keep a tag where it is, for orders and terms that ask for it, but for nobody else; or have it assigned again."""
    values = {"archived_at": timezone.now() if on else None}
    if not CustomerTag.objects.filter(pk=tag.pk).update(**values):
        raise Gone
    tag.archived_at = values["archived_at"]
    return tag


def _free(program_id: int, name: str, tag: CustomerTag | None = None) -> str:
    others = CustomerTagName.objects.filter(program=program_id).select_related("tag")
    return free_name(others.exclude(tag=tag) if tag else others, name)
