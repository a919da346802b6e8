"""The two resources: lists of SKUs and categories, and lists of promo codes, which the platform keeps apart. They
differ in their addresses, in whether a list says its type, and in numbers that are texts.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Account
from program.models import EventType, ExceptionList, ExceptionListItem, Program
from tracking.api.answers import Failure
from tracking.api.customers.programs import row_number

Kind = ExceptionList.Kind


class Resource(NamedTuple):
    """One of the two, by its name in addresses."""

    name: str
    kinds: Sequence[str]
    numbers_are_texts: bool

    def number(self, value: int) -> int | str:
        return str(value) if self.numbers_are_texts else value

    def lists_of(self, account: Account) -> Any:
        """The lists of all programs of an account, with what an answer holds. Entries are counted of those that are
        answered alone: lists may have a million.
        """
        items = ExceptionListItem.objects.filter(exception_list=OuterRef("pk")).order_by().values("exception_list")
        counted = Subquery(items.annotate(number=Count("pk")).values("number"))
        lists = ExceptionList.objects.filter(program__account=account, kind__in=self.kinds)
        return lists.select_related("program").annotate(item_count=Coalesce(counted, 0))

    def list_of(self, account: Account, number: str) -> ExceptionList:
        """The list of that number. Raises Failure 404."""
        found: ExceptionList | None = self.lists_of(account).filter(pk=row_number(number)).first()
        if found is None:
            raise Failure(404, "This is not a known exception list.")
        return found

    def item_of(self, exception_list: ExceptionList, number: str) -> ExceptionListItem:
        """The entry of that number. Raises Failure 404."""
        items = exception_list.items.select_related("exception_list__program")
        found: ExceptionListItem | None = items.filter(pk=row_number(number)).first()
        if found is None:
            raise Failure(404, "This is not a known entry of the list.")
        return found

    def uri(self, account: Account, number: int | None = None) -> str:
        return f"/Advertisers/{account.sid}/{self.name}" + (f"/{number}" if number is not None else "")

    def written(self, account: Account, found: ExceptionList, trackers: Sequence[EventType]) -> dict[str, Any]:
        """A list as it is answered; it is open to rules of all the program's event types."""
        uri = self.uri(account, found.pk)
        return {
            "Id": self.number(found.pk),
            "Name": found.name,
            "State": found.state.value,
            "CampaignId": self.number(found.program_id),
            **({} if self.numbers_are_texts else {"Type": found.kind}),
            "CreatedDate": _moment(found.program, found.created_at),
            "DeactivationDate": _moment(found.program, found.closed_at),
            "ActionTrackers": [{"Id": self.number(each.pk), "Name": each.name} for each in trackers],
            "NumberOfItems": self.number(found.item_count),  # type: ignore[attr-defined]
            "ItemsUri": f"{uri}/Items",
            "Uri": uri,
        }

    def written_item(self, account: Account, item: ExceptionListItem, program: Program) -> dict[str, Any]:
        return {
            "Id": self.number(item.pk),
            "Value": item.value,
            "Name": item.name,
            "MatchMode": item.match_mode,
            "ListId": self.number(item.exception_list_id),
            "CreatedDate": _moment(program, item.created_at),
            "Uri": f"{self.uri(account, item.exception_list_id)}/Items/{item.pk}",
        }


LISTS = Resource("ExceptionLists", (Kind.SKU.value, Kind.CATEGORY.value), numbers_are_texts=False)
PROMO_CODE_LISTS = Resource("PromoCodeExceptionLists", (Kind.PROMO_CODE.value,), numbers_are_texts=True)


def trackers_of(program: Program) -> list[EventType]:
    return list(EventType.objects.filter(program=program).order_by("name", "pk"))


def trackers_by_program(account: Account) -> dict[int, list[EventType]]:
    """The event types of all programs of an account, by program; none for a program without."""
    found: dict[int, list[EventType]] = defaultdict(list)
    for each in EventType.objects.filter(program__account=account).order_by("name", "pk"):
        found[each.program_id].append(each)
    return found


def _moment(program: Program, at: datetime | None) -> str | None:
    return at.astimezone(program.zone).isoformat(timespec="seconds") if at else None
