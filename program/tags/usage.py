"""What the list says of each tag: its earlier names, who carries it, which terms ask for it, and its last 30 days."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, F

from common.formats.comparison import compared
from program.frame.recent_figures import RecentFigures
from program.models import CustomerTag, Program
from program.models.customer import CustomerTagging, CustomerTagName
from program.uses import Named, TermsUse, terms_using_each

from .orders import tag_figures


class TagUsage(NamedTuple):
    """A tag with what rests on it."""

    tag: CustomerTag
    formerly: Sequence[str]
    customers: int
    uses: Sequence[TermsUse]
    figures: Sequence[RecentFigures]

    @property
    def is_in_force(self) -> bool:
        return any(use.is_in_force for use in self.uses)


def usage_of(program: Program, tags: Sequence[CustomerTag]) -> list[TagUsage]:
    """Of each of these tags, in a number of queries that does not depend on how many they are."""
    ids = [tag.pk for tag in tags]
    formerly: dict[int, list[str]] = defaultdict(list)
    names = CustomerTagName.objects.filter(tag__in=ids).exclude(name_key=F("tag__name_key"))
    for pk, name in names.values_list("tag_id", "name"):
        formerly[pk].append(name)
    current = CustomerTagging.objects.current().filter(tag__in=ids).order_by()
    customers = dict(current.values_list("tag_id").annotate(Count("customer_id")))
    every = {tag.pk: [tag.name, *formerly[tag.pk]] for tag in tags}
    uses = terms_using_each(program, Named.CUSTOMER_TAG, every)
    figures = tag_figures(program)
    return [
        TagUsage(
            tag, formerly[tag.pk], customers.get(tag.pk, 0), uses.get(tag.pk, ()),
            _together([figures.get(compared(name), ()) for name in every[tag.pk]]),
        )
        for tag in tags
    ]  # fmt: skip


def _together(by_name: Sequence[Sequence[RecentFigures]]) -> list[RecentFigures]:
    """Orders were priced with the name that the tag had then."""
    found: dict[str, RecentFigures] = {}
    for each in (figures for of_name in by_name for figures in of_name):
        old = found.get(each.currency)
        found[each.currency] = old.plus(each) if old else each
    return list(found.values())
