"""/CustomerTags/{Id}/Customers: a tag on many customers at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from ninja import Router

from accounts.team.roles import Act
from common.refusals import Refusals, Refused
from program.models import Customer, CustomerTag
from program.tags.assigning.services import assign_customer_tags, remove_customer_tags
from program.tags.assigning.taggings import Tagged as Done
from tracking.api.answers import invalid
from tracking.api.credentials import ApiRequest, account_of
from tracking.api.openapi import FAILURES, Problem
from tracking.api.request_body import read_body
from tracking.intake import parsing

from .programs import RowIds, failure_of, taken
from .repeats import done_once
from .schemas import MOST_CUSTOMERS, TAGGED, UNTAGGED, Tagged, Untagged
from .tags import tag_of

router = Router(tags=["Customer tags"])
ID_LENGTH = 255
MOST_ERRORS = 20  # of one list
ANSWERS = {404: Problem, 413: Problem, 415: Problem, **FAILURES}

type Counts = dict[str, int]


@router.post(
    "/{AccountSID}/CustomerTags/{Id}/Customers",
    response={200: Tagged, 422: Problem, **ANSWERS},
    openapi_extra=TAGGED,
    summary="Assign a tag to many customers",
)
def tag_customers(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """At most 10,000 customers a call. Those that are not known are answered as `NotFound`, and the others are tagged.
    `Extended` had the tag since later than `From`. Orders that are priced already stay as they are: `PricedOrders` says
    how many of these customers' orders since `From` that is."""
    tag, ids, since = _read(request, AccountSID, Id, takes_from=True)

    def assign(customers: Collection[Customer]) -> Counts:
        done = assign_customer_tags(customers=customers, tags=[tag], since=since)
        extended = min(done.extended, len(customers) - done.began)
        return {
            "Assigned": done.began,
            "Extended": extended,
            "AlreadyAssigned": len(customers) - done.began - extended,
            "PricedOrders": done.priced,
        }

    return _act(request, tag, ids, assign)


@router.delete(
    "/{AccountSID}/CustomerTags/{Id}/Customers",
    response={200: Untagged, 422: Problem, **ANSWERS},
    openapi_extra=UNTAGGED,
    summary="Take a tag off many customers",
)
def untag_customers(request: ApiRequest, AccountSID: str, Id: RowIds) -> dict[str, Any]:
    """At most 10,000 customers a call. Orders placed until now keep the tag."""
    tag, ids, _ = _read(request, AccountSID, Id, takes_from=False)

    def remove(customers: Collection[Customer]) -> Counts:
        done: Done = remove_customer_tags(customers=customers, tags=[tag])
        removed = len({change.customer for change in done.changes})
        return {"Removed": removed, "NotAssigned": len(customers) - removed}

    return _act(request, tag, ids, remove)


def _act(
    request: ApiRequest, tag: CustomerTag, ids: Sequence[str], do: Callable[[Collection[Customer]], Counts]
) -> dict[str, Any]:
    """Do it with those customers that are known, once for an Idempotency-Key. Of the others only their places in the
    list are kept, which says of nobody who they are.
    """

    def act() -> dict[str, Any]:
        customers = Customer.objects.filter(program=tag.program_id, customer_id__in=ids, erased_at=None)
        known = {customer.customer_id: customer for customer in customers.only("pk", "customer_id")}
        missing = [place for place, customer_id in enumerate(ids) if customer_id not in known]
        return {**do(known.values()), "NotFound": missing}

    try:
        kept = done_once(request, act)
    except Refused as refused:
        raise failure_of(refused, {"tags": "Id"}) from None
    return {"Status": "OK", **kept, "NotFound": [ids[place] for place in kept["NotFound"]]}


def _read(
    request: ApiRequest, sid: str, number: str, *, takes_from: bool
) -> tuple[CustomerTag, list[str], datetime | None]:
    """The tag in the address, the customer ids in the body, once each, and the moment. Raises Failure."""
    account = account_of(request, sid, Act.TAG)
    params = read_body(request)
    tag = tag_of(account, number)
    errors = Refusals()
    ids = _ids(taken(params, "CustomerIds"), errors)
    since = None
    if takes_from and (sent := taken(params, "From")):
        try:
            since = parsing.read_moment(parsing.as_text(sent), tag.program.time_zone, takes_skipped=False)
        except Refused as refused:
            errors.add("From", str(refused))
    _refuse_others(params, errors, "CustomerIds, From" if takes_from else "CustomerIds")
    if errors:
        raise invalid(errors)
    return tag, ids, since


def _refuse_others(params: Mapping[str, Any], errors: Refusals, known: str) -> None:
    for name in params:
        errors.add(name[:80], f"Is not known here; use {known}.")


def _ids(sent: object, errors: Refusals) -> list[str]:
    """The customer ids of a list, or of a text with commas, once each and in their order."""
    found: dict[str, None] = {}
    try:
        listed = sent if isinstance(sent, list) else parsing.as_text(sent).split(",")
    except Refused as refused:
        errors.add("CustomerIds", str(refused))
        return []
    if len(listed) > MOST_CUSTOMERS:
        errors.add("CustomerIds", f"Are {len(listed):,}; send at most {MOST_CUSTOMERS:,} a call.")
        return []
    for place, value in enumerate(listed):
        try:
            found[parsing.read_id(parsing.as_text(value), ID_LENGTH)] = None
        except Refused as refused:
            if len(errors) < MOST_ERRORS:
                errors.add(f"CustomerIds[{place}]", str(refused))
    found.pop("", None)
    if not (found or errors):
        errors.add("CustomerIds", "Is required.", "required")
    return list(found)
