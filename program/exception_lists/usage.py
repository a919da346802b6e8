"""What the list says of each exception list: its earlier names, how many entries it has, which terms ask for it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, F

from program.models import ExceptionList, ExceptionListItem, ExceptionListName, Program
from program.uses import Named, TermsUse, terms_using_each


class ListUsage(NamedTuple):
    """A list with what rests on it."""

    exception_list: ExceptionList
    formerly: Sequence[str]
    entries: int
    uses: Sequence[TermsUse]

    @property
    def in_force(self) -> list[str]:
        """The names of the terms in force that ask for it."""
        return [use.name for use in self.uses if use.is_in_force]


def usage_of(program: Program, lists: Sequence[ExceptionList]) -> list[ListUsage]:
    """Of each of these lists, in a number of queries that does not depend on how many they are."""
    ids = [each.pk for each in lists]
    formerly: dict[int, list[str]] = defaultdict(list)
    names = ExceptionListName.objects.filter(exception_list__in=ids).exclude(name_key=F("exception_list__name_key"))
    for pk, name in names.values_list("exception_list_id", "name"):
        formerly[pk].append(name)
    items = ExceptionListItem.objects.filter(exception_list__in=ids).order_by()
    entries = dict(items.values_list("exception_list_id").annotate(Count("pk")))
    uses = terms_using_each(program, Named.EXCEPTION_LIST, {each.pk: [each.name, *formerly[each.pk]] for each in lists})
    return [ListUsage(each, formerly[each.pk], entries.get(each.pk, 0), uses.get(each.pk, ())) for each in lists]
