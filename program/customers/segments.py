"""Segments: filters of the list of customers that are kept under a name."""

from django.db import transaction
from django.http import QueryDict

from common.db.edits import Gone
from common.refusals import Refusal, Refused
from common.web.lists import LONGEST_QUERY, PLACES
from program.models import CustomerSegment, Program
from program.names import hold_names

_NOT_KEPT = (*PLACES, "page_size")


def kept_query(query: QueryDict) -> str:
    """What a segment keeps of the list's address: its filters, order and columns."""
    kept = query.copy()
    for name in [name for name in kept if name in _NOT_KEPT or not any(kept.getlist(name))]:
        del kept[name]
    return kept.urlencode()


@transaction.atomic
def save_segment(*, program: Program, user_id: int | None, name: str, query: QueryDict) -> CustomerSegment:
    """Keep the filters under this name. Raises Refused for a name that is taken, and where there is nothing to keep."""
    hold_names(program)
    name, kept = _free(program, name), kept_query(query)
    if not kept:
        raise Refused("Filter the list first: a segment keeps its filters.")
    if len(kept) > LONGEST_QUERY:
        raise Refused(f"These are too many filters: use at most {LONGEST_QUERY:,} characters.")
    return CustomerSegment.objects.create(program=program, user_id=user_id, name=name, query=kept)


@transaction.atomic
def rename_segment(*, segment: CustomerSegment, name: str) -> CustomerSegment:
    """Give the segment another name. Raises Refused as `save_segment`, and Gone where it was deleted."""
    hold_names(segment.program)
    segment.name = _free(segment.program, name, segment)
    if not CustomerSegment.objects.filter(pk=segment.pk).update(name=segment.name):
        raise Gone
    return segment


def delete_segment(*, segment: CustomerSegment) -> None:
    """Delete the segment; its customers stay as they are."""
    segment.delete()


def _free(program: Program, name: str, segment: CustomerSegment | None = None) -> str:
    """The name without needless spaces; that of another segment is refused."""
    name = " ".join(name.split())
    if not name:
        raise Refused(Refusal("name", "Enter a name.", "required"))
    if len(name) > 80:
        raise Refused(Refusal("name", f"Use at most 80 characters; this has {len(name)}.", "max_length"))
    others = CustomerSegment.objects.filter(program=program, name__iexact=name)
    if (others.exclude(pk=segment.pk) if segment else others).exists():
        raise Refused(Refusal("name", f"The segment {name} already exists. Choose another name.", "taken"))
    return name
