"""The entries of exception lists: /ExceptionLists/{Id}/Items and /PromoCodeExceptionLists/{Id}/Items."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F
from ninja import Router

from accounts.team.roles import Act
from common.db.sent_rows import Outcome
from common.db.statements import AnyOf
from common.formats.comparison import compared
from common.refusals import Refusal, Refusals, Refused
from program.exception_lists.entries import (
    Closed,
    Entry,
    add_entries,
    clear_entries,
    delete_entry,
    replace_entries,
)
from program.models import ExceptionList
from tracking.ads.reading import YES
from tracking.api.answers import Failure, invalid
from tracking.api.credentials import ApiRequest, account_of
from tracking.api.customers.programs import RowIds, failure_of, taken
from tracking.api.customers.repeats import done_once
from tracking.api.customers.schemas import Done
from tracking.api.lists import Pages, Sizes, page_of
from tracking.api.openapi import FAILURES, Problem
from tracking.api.request_body import read_body
from tracking.intake import parsing
from tracking.lists.reading import read_entry_row

from .files import entries_of, read_file, sends_file
from .lists import WRITING, known
from .resources import LISTS, PROMO_CODE_LISTS, Resource
from .schemas import NEW_ITEMS, REPLACED_ITEMS, ItemAnswer, Items, Written

NAMES = {"entries": "File", "value": "Value"}
MOST_NAMED = 100
THERE = "Is on the list already; send Upsert to change it."


def _add_routes(router: Router, resource: Resource) -> None:
    """The operations of one of the two resources."""
    address = f"/{{AccountSID}}/{resource.name}/{{ListId}}/Items"

    @router.get(
        address,
        response={200: Items, 404: Problem, **FAILURES},
        by_alias=True,
        summary="List the entries of a list, in the order in which they were added",
        operation_id=f"list_items_of_{resource.name}",
    )
    def list_items(
        request: ApiRequest,
        AccountSID: str,
        ListId: RowIds,
        Value: str = "",
        Page: Pages = 1,
        PageSize: Sizes = 100,
        AfterId: str = "",
    ) -> dict[str, Any]:
        """With `Value` the one that equals it as values are compared. `AfterId` is part of `@nextpageuri`."""
        account = account_of(request, AccountSID)
        found = resource.list_of(account, ListId)
        items = found.items.order_by("pk")
        if key := compared(Value.replace("\x00", "")):
            items = items.filter(value_key=key)
        return page_of(
            request,
            items,
            "Items",
            lambda row: resource.written_item(account, row, found.program),
            number=Page,
            size=PageSize,
            query={"Value": Value} if Value else {},
            after=AfterId,
        )

    @router.post(
        address,
        response={200: Written, 422: Problem, **WRITING},
        openapi_extra=NEW_ITEMS,
        summary="Add an entry, or those of a file",
        operation_id=f"add_items_to_{resource.name}",
    )
    def post_items(request: ApiRequest, AccountSID: str, ListId: RowIds) -> dict[str, Any]:
        """409 for an entry that is on the list, unless `Upsert` says that its name may change; nothing is added then.
        Where terms ask for the list they pay by it from now on. 409 for a closed list."""
        account = account_of(request, AccountSID, Act.LIST)
        found = known(account, resource, ListId)
        said = None
        if sends_file(request):
            file = read_file(request)
            params, said = file.params, file.said
            upserts = _upserts(params)
            _refuse_others(params)
            entries = entries_of(file)
        else:
            params = read_body(request)
            upserts = _upserts(params)
            entries = [_entry(params)]

        def write() -> Outcome:
            if not upserts:
                _refuse_known(found, entries)
            return add_entries(exception_list=found, entries=entries)

        uri = f"{resource.uri(account, found.pk)}/Items"
        return {"Uri": uri, **_done(request, write, said)}

    @router.patch(
        address,
        response={200: Written, 422: Problem, **WRITING},
        openapi_extra=REPLACED_ITEMS,
        summary="Replace all entries by those of a file",
        operation_id=f"replace_items_of_{resource.name}",
    )
    def patch_items(request: ApiRequest, AccountSID: str, ListId: RowIds) -> dict[str, Any]:
        """Entries that the file does not have are taken off. Nothing is changed where a row of it is bad. Where terms
        ask for the list they pay by it from now on. 409 for a closed list."""
        account = account_of(request, AccountSID, Act.LIST)
        found = known(account, resource, ListId)
        if not sends_file(request):
            raise Failure(415, "Send the body as multipart/form-data, with the file as File.")
        file = read_file(request)
        said = file.said
        _refuse_others(file.params)
        entries = entries_of(file)
        if not entries:
            raise invalid([Refusal("File", "Holds no entry; use DELETE to take all entries off.", "required")])
        uri = f"{resource.uri(account, found.pk)}/Items"
        return {"Uri": uri, **_done(request, lambda: replace_entries(exception_list=found, entries=entries), said)}

    @router.delete(
        address,
        response={200: Done, 404: Problem, 409: Problem, **FAILURES},
        summary="Take all entries off a list",
        operation_id=f"clear_{resource.name}",
    )
    def delete_items(request: ApiRequest, AccountSID: str, ListId: RowIds) -> dict[str, Any]:
        """409 for a closed list. What was priced keeps its payout."""
        account = account_of(request, AccountSID, Act.LIST)
        found = known(account, resource, ListId)
        _unless_closed(lambda: clear_entries(exception_list=found))
        return {"Uri": f"{resource.uri(account, found.pk)}/Items"}

    @router.get(
        f"{address}/{{ItemId}}",
        response={200: ItemAnswer, 404: Problem, **FAILURES},
        summary="Read an entry",
        operation_id=f"read_item_of_{resource.name}",
    )
    def get_item(request: ApiRequest, AccountSID: str, ListId: RowIds, ItemId: RowIds) -> dict[str, Any]:
        account = account_of(request, AccountSID)
        found = resource.list_of(account, ListId)
        return resource.written_item(account, resource.item_of(found, ItemId), found.program)

    @router.delete(
        f"{address}/{{ItemId}}",
        response={200: Done, 404: Problem, 409: Problem, **FAILURES},
        summary="Take an entry off its list",
        operation_id=f"delete_item_of_{resource.name}",
    )
    def delete_item(request: ApiRequest, AccountSID: str, ListId: RowIds, ItemId: RowIds) -> dict[str, Any]:
        """409 for a closed list. What was priced keeps its payout."""
        account = account_of(request, AccountSID, Act.LIST)
        found = resource.list_of(account, ListId)
        item = resource.item_of(found, ItemId)
        uri = f"{resource.uri(account, found.pk)}/Items/{item.pk}"
        _unless_closed(lambda: delete_entry(item=item))
        return {"Uri": uri}


def _done(request: ApiRequest, write: Callable[[], Outcome], said: bytes | None = None) -> dict[str, Any]:
    """What became of the entries; for a repeated Idempotency-Key what became of them then."""

    def counted() -> dict[str, Any]:
        outcome = write()
        return {
            "Added": len(outcome.added),
            "Changed": len(outcome.changed),
            "Unchanged": outcome.unchanged,
            "Removed": len(outcome.dropped),
        }

    try:
        return done_once(request, counted, said)
    except Closed as closed:
        raise Failure(409, str(closed)) from None
    except Refused as refused:
        raise failure_of(refused, NAMES) from None


def _unless_closed(write: Callable[[], object]) -> None:
    try:
        write()
    except Closed as closed:
        raise Failure(409, str(closed)) from None


def _entry(params: Mapping[str, Any]) -> Entry:
    try:
        return read_entry_row(params)
    except Refused as refused:
        raise invalid(refused) from None


def _upserts(params: dict[str, Any]) -> bool:
    """Whether an entry that is there may be changed. Raises Failure 400."""
    sent = taken(params, "Upsert")
    if sent is None or sent == "":
        return False
    try:
        text = parsing.as_text(sent).lower()
    except Refused as refused:
        raise invalid([Refusal("Upsert", str(refused))]) from None
    if text not in parsing.YES_NO:
        raise invalid([Refusal("Upsert", "Send true or false.")])
    return text in YES


def _refuse_others(params: Mapping[str, Any]) -> None:
    if params:
        raise invalid([Refusal(name[:80], "Is not known here; use File and Upsert.") for name in params])


def _refuse_known(exception_list: ExceptionList, entries: list[Entry]) -> None:
    """Refuse entries that are on the list, as a conflict that names the first of them."""
    keys = {(entry.match_mode, entry.key): entry.value for entry in entries}
    there = exception_list.items.filter(AnyOf(F("value_key"), [key for _, key in keys]))
    faults = Refusals()
    for mode, key in there.values_list("match_mode", "value_key")[: 2 * MOST_NAMED]:
        if (mode, key) in keys and len(faults) < MOST_NAMED:
            faults.extend([Refusal("Value", f"“{keys[mode, key]}”: {THERE}", "taken")])
    faults.raise_any()


router, promo_code_router = Router(tags=["Exception lists"]), Router(tags=["Exception lists of promo codes"])
_add_routes(router, LISTS)
_add_routes(promo_code_router, PROMO_CODE_LISTS)
