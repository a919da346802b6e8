"""/v1/customers, as Partnero's clients call it: a bearer token, small letters, and 422 with the wrong fields."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.http import JsonResponse
from django.utils import timezone
from ninja import Router, Schema

from accounts.models import Account
from accounts.team.roles import Act
from common.refusals import Refusal, Refusals, Refused
from program.models import Customer, Program
from program.models.customer import CustomerTagging
from tracking.api.answers import Failure, invalid
from tracking.api.credentials import ApiRequest, may
from tracking.api.request_body import read_body
from tracking.intake import CustomerData, parsing, read_customer

from .changes import add, change
from .programs import CampaignIds, failure_of, is_other, needed_program, program_of, taken
from .repeats import done_once
from .schemas import CAMPAIGN, MOST_TAGS, body, text
from .written import known_customer, read_names

router = Router(tags=["Customers"])
PARTNER = "Partners are credited by what an order brings: leave it out."
KEY = "The key cannot be changed: orders name it."
NAMES = {"CustomerId": "key", "Email": "email", "Name": "name", "Tags": "tags"}
NAME_LENGTH = 255


class Said(NamedTuple):
    """A customer as it was sent, but for the name, of which there are two parts here."""

    customer: CustomerData
    first: str | None
    surname: str | None

    def data(self, first: str, surname: str) -> CustomerData:
        """With the whole name, where a part of it was sent; these are the parts until now."""
        if self.first is None and self.surname is None:
            return self.customer
        last = surname if self.surname is None else self.surname
        begin = first if self.first is None else self.first
        if self.first is None and f" {begin}".endswith(f" {last}"):  # a whole name that came in one part
            begin = begin.removesuffix(last).rstrip()
        name = " ".join(filter(None, (begin, last)))
        if len(name) > NAME_LENGTH:
            message = f"Is {len(name)} characters long with the surname; send at most {NAME_LENGTH}."
            raise invalid([Refusal("name", message)])
        said = {**self.customer.said, "name": name, "surname": last}
        return replace(self.customer, said=said)


class Tag(Schema):
    value: str


class PartneroCustomer(Schema):
    key: str
    partner: str | None
    deleted: bool
    name: str
    surname: str
    email: str
    status: str
    created_at: str
    updated_at: str
    deleted_at: str | None
    tags: list[Tag]


class PartneroAnswer(Schema):
    data: PartneroCustomer
    status: int = 1


class PartneroProblem(Schema):
    """Every failure; `errors` has the messages by field."""

    status: int = 0
    message: str
    errors: dict[str, list[str]] | None = None


FAILURES = dict.fromkeys((400, 401, 403, 413, 415, 422, 429, 503), PartneroProblem)
WHO: dict[str, Any] = {
    "email": text(254), "name": text(NAME_LENGTH), "surname": text(NAME_LENGTH),
    "tags": {"type": "array", "items": text(80), "maxItems": MOST_TAGS,
             "description": "Names of tags; one that is not known is created."},
}  # fmt: skip
JSON = ("application/json",)
NEW = body(JSON, ["key"], {"key": text(255), **WHO, "CampaignId": CAMPAIGN}, once=True)
CHANGED = {"update": {"type": "object", "properties": {"key": text(255), **WHO}, "additionalProperties": False}}
CHANGED_BY_PATH = body(JSON, [], {"key": text(255), **WHO, **CHANGED, "CampaignId": CAMPAIGN}, once=False)
CHANGED_BY_BODY = body(JSON, ["key"], {"key": text(255), **WHO, **CHANGED, "CampaignId": CAMPAIGN}, once=False)


@router.post(
    "/customers", response={201: PartneroAnswer, 404: PartneroProblem, **FAILURES}, openapi_extra=NEW,
    summary="Create a customer",
)  # fmt: skip
def create_customer(request: ApiRequest, CampaignId: CampaignIds = "") -> JsonResponse:
    """422 for a key whose customer was created before; one who is known by orders alone is added to."""
    account = may(request, Act.TAG)
    sent = _json(request)
    program, said, tags = _read(account, sent, CampaignId)
    data = said.data("", "")

    def create() -> dict[str, Any]:
        return {"id": add(program=program, data=data, tags=tags or (), path="tags", makes_tags=True).pk}

    kept = _refusing(lambda: done_once(request, create))
    return JsonResponse(_written(known_customer(account, pk=kept["id"])), status=201)


@router.get(
    "/customers/{path:key}", response={200: PartneroAnswer, 404: PartneroProblem, **FAILURES},
    summary="Read a customer",
)  # fmt: skip
def read_one(request: ApiRequest, key: str, CampaignId: CampaignIds = "") -> dict[str, Any]:
    account = may(request, Act.VIEW)
    program = needed_program(account, CampaignId)
    return _written(known_customer(account, program=program, customer_id=key))


@router.put(
    "/customers/{path:key}", response={200: PartneroAnswer, 404: PartneroProblem, **FAILURES},
    openapi_extra=CHANGED_BY_PATH, summary="Change a customer",
)  # fmt: skip
def update_customer(request: ApiRequest, key: str, CampaignId: CampaignIds = "") -> dict[str, Any]:
    """What is to change stands in `update`, or beside it. `tags` are all that the customer has from now on; null leaves
    them."""
    return _update(request, _json(request), CampaignId, key)


@router.put(
    "/customers", response={200: PartneroAnswer, 404: PartneroProblem, **FAILURES},
    openapi_extra=CHANGED_BY_BODY, summary="Change the customer whose key is in the body",
)  # fmt: skip
def update_customer_by_key(request: ApiRequest, CampaignId: CampaignIds = "") -> dict[str, Any]:
    return _update(request, _json(request), CampaignId, None)


def _update(request: ApiRequest, sent: dict[str, Any], campaign: str, key: str | None) -> dict[str, Any]:
    account = may(request, Act.TAG)
    own = sent.pop("key", None)
    update = sent.pop("update", None)
    if not isinstance(update, Mapping | None):
        raise invalid([Refusal("update", "Send an object.")])
    fields = {**sent, **(update or {})}
    wanted = fields.pop("key", None)
    named = key if key is not None else own
    program, said, tags = _read(account, {**fields, "key": named}, campaign)
    customer = known_customer(account, program=program, customer_id=said.customer.customer_id)
    if any(is_other(sent_key, customer.customer_id) for sent_key in (own, wanted)):
        raise invalid([Refusal("key", KEY)])
    data = said.data(first_of(customer), customer.surname)
    _refusing(lambda: change(customer=customer, data=data, tags=tags, path="tags", makes_tags=True))
    return _written(known_customer(account, pk=customer.pk))


def _json(request: ApiRequest) -> dict[str, Any]:
    if (request.content_type or "").lower() != JSON[0]:
        raise Failure(415, f"Send the body as {JSON[0]}.")
    return read_body(request)


def _read(account: Account, sent: Mapping[str, Any], campaign: str) -> tuple[Program, Said, list[str] | None]:
    """The customer in a body, the program, and the names of tags where they were sent. A null counts as not sent.

    Raises Failure with every bad field at once.
    """
    params = {name: value for name, value in sent.items() if value is not None}
    errors = Refusals(one_per_path=True)
    named = taken(params, "CampaignId")
    program = program_of(account, campaign if named is None else named, errors)
    if params.pop("partner", None):
        errors.add("partner", PARTNER)
    tags = read_names(params.pop("tags"), errors, "tags") if "tags" in params else None
    parts = {part: _part(params.pop(part), part, errors) for part in ("name", "surname") if part in params}
    who = {"CustomerId": params.pop("key", None), **({"Email": params.pop("email")} if "email" in params else {})}
    for other in params:
        errors.add(other[:80], "Is not known here; use key, email, name, surname, tags.")
    data = None
    try:
        data = read_customer(who, now=timezone.now())
    except Refused as refused:
        errors.extend(each._replace(path=NAMES.get(each.path, each.path)) for each in refused)
    if errors or program is None or data is None:
        raise invalid(errors)
    return program, Said(data, parts.get("name"), parts.get("surname")), tags


def _part(sent: object, path: str, errors: Refusals) -> str:
    """A part of a name, with single spaces."""
    try:
        return " ".join(parsing.read_text(parsing.as_text(sent), NAME_LENGTH).split())
    except Refused as refused:
        errors.add(path, str(refused))
        return ""


def first_of(customer: Customer) -> str:
    """The name without the surname that was sent with it."""
    return customer.name.removesuffix(customer.surname).rstrip() if customer.surname else customer.name


def _refusing[Done](do: Callable[[], Done]) -> Done:
    """Do it, and have what is refused answered with this form's names of fields."""
    try:
        return do()
    except Refused as refused:
        raise failure_of(refused, NAMES) from None


def _written(customer: Customer) -> dict[str, Any]:
    taggings: list[CustomerTagging] = customer.current_taggings  # type: ignore[attr-defined]
    data = {
        "key": customer.customer_id,
        "partner": None,
        "deleted": False,
        "name": first_of(customer),
        "surname": customer.surname,
        "email": customer.email,
        "status": "active",
        "created_at": customer.created_at.isoformat(),
        "updated_at": (customer.sent_at or customer.created_at).isoformat(),
        "deleted_at": None,
        "tags": [{"value": tagging.tag.name} for tagging in taggings],
    }
    return {"data": data, "status": 1}
