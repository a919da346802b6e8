"""Whatever a program sends to the API, the answer is one that its OpenAPI document declares, never a server error."""

import gzip
import json
from base64 import b64encode
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from program.models import CustomerTag, Partner
from tests.factories import make_ad, make_customer, make_exception_list, make_promo_code
from tests.fuzz.api_schema import Answer, read_schema, send, send_case
from tests.tracking.caller import FORM, ORDER, URL, Caller
from tracking.models import Conversion
from tracking.pricing.batch import price_all

JSON = "application/json"
PREVIEW = "/Advertisers/BB-ANVILS/PayoutPreview"
SUBMISSIONS = "/Advertisers/BB-ANVILS/APISubmissions"
CUSTOMERS = "/Advertisers/BB-ANVILS/Customers"
TAGS = "/Advertisers/BB-ANVILS/CustomerTags"
OPERATIONS = [
    f"{method} /Advertisers/{{AccountSID}}/{place}"
    for place, methods in {
        "Conversions": "POST", "APISubmissions": "GET", "APISubmissions/{BatchId}": "GET", "PayoutPreview": "POST",
        "Customers": "GET POST", "Customers/{Id}": "GET PUT DELETE", "CustomerTags": "GET POST",
        "CustomerTags/{Id}": "GET PUT DELETE", "CustomerTags/{Id}/Customers": "POST DELETE",
        "Ads": "GET POST", "Ads/{Id}": "GET PUT DELETE", "PromoCodes": "GET POST", "PromoCodes/{Id}": "GET PUT DELETE",
        **{
            f"{resource}{place}": methods
            for resource in ("ExceptionLists", "PromoCodeExceptionLists")
            for place, methods in {
                "": "GET POST", "/{ListId}": "GET PUT DELETE", "/{ListId}/Items": "GET POST PATCH DELETE",
                "/{ListId}/Items/{ItemId}": "GET DELETE",
            }.items()
        },
    }.items()
    for method in methods.split()
]  # fmt: skip
V1 = "/v1/openapi.json"
V1_OPERATIONS = ["POST /v1/customers", "PUT /v1/customers", "GET /v1/customers/{key}", "PUT /v1/customers/{key}"]
FEW = settings(
    max_examples=12, derandomize=True, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def schema(brand: Any) -> Any:
    return read_schema()


@pytest.fixture
def rows(brand: Any, orders: list[str]) -> dict[str, str]:
    """What stands in addresses, by parameter and by the operations that have it."""
    make_customer(program=brand, customer_id="C-1", tags=["VIP"])
    ad = make_ad(program=brand)
    code = make_promo_code(program=brand, partner=Partner.objects.filter(program=brand).first())
    skus = make_exception_list(program=brand, values=["S1"])
    codes = make_exception_list(program=brand, name="Codes", kind="PROMO_CODE")
    return {
        "ItemId": str(skus.items.get().pk), "/ExceptionLists/{ListId}": str(skus.pk),
        "/PromoCodeExceptionLists/{ListId}": str(codes.pk),
        "Customers/{Id}": "C-1", "CustomerTags/{Id}": str(CustomerTag.objects.get().pk), "{key}": "C-1",
        "Ads/{Id}": str(ad.pk), "PromoCodes/{Id}": str(code.pk),
    }  # fmt: skip


@pytest.fixture
def orders(shop: Any, standard: Any) -> list[str]:
    """Batch ids of an order that was priced, one that is a duplicate and one that waits."""
    shop.post(ORDER)
    price_all(program_id=1000)
    shop.post(ORDER)
    shop.post({**ORDER, "OrderId": "A2"})
    return [conversion.batch_id for conversion in Conversion.objects.order_by("pk")]


def media_type(answer: Answer) -> str:
    return answer.headers["Content-Type"].partition(";")[0]


def declared(schema: Any, method: str, path: str) -> set[int]:
    return {int(status) for status in schema.raw_schema["paths"][path][method]["responses"]}


def test_the_operations_are_those_of_the_documents(schema):
    assert {result.ok().label for result in schema.get_all_operations()} == set(OPERATIONS)
    assert {result.ok().label for result in read_schema(V1).get_all_operations()} == set(V1_OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("label", [*OPERATIONS, *V1_OPERATIONS])
def test_generated_requests_are_answered_as_the_document_says(schema, shop, brand, orders, rows, label, mode):
    if label in V1_OPERATIONS:
        schema, shop = read_schema(V1), shop.bearer()
    operation = schema.find_operation_by_label(label)
    item = rows.pop("ItemId")
    row = next((row for place, row in rows.items() if place in label), "")
    seen = set()

    @given(operation.as_strategy(generation_mode=mode), st.booleans(), st.sampled_from(orders))
    @FEW
    def answers(case: Any, is_near: bool, batch_id: str) -> None:
        if "AccountSID" in label:
            case.path_parameters["AccountSID"] = "BB-ANVILS"
        if is_near:  # most of what is made up is refused for what it lacks, before anybody looks at what it has
            near = {"BatchId": batch_id, "Id": row, "key": row, "ListId": row, "ItemId": item}
            case.path_parameters.update({name: near[name] for name in case.path_parameters if name in near})
            case.query.pop("CampaignId", None)
            case.body = {**case.body, **ORDER} if isinstance(case.body, dict) and "Conv" in label else case.body
        seen.add(send_case(case, shop.headers).status_code)

    answers()
    every = schema.config.generation
    for case in islice(schema.iter_coverage_cases(operation, generation_modes=[mode], generation_config=every), 60):
        if case.method.casefold() == operation.method:
            send_case(case, shop.headers)
    assert seen - {401}


def limits(property_: dict[str, Any]) -> tuple[Any, list[Any], list[Any]]:
    """An ordinary value of a property, its values at the limits that the document names, and those just beyond."""
    if longest := property_.get("maxLength"):
        return "x", ["x" * longest], ["x" * (longest + 1)]
    if property_["type"] in ("number", "integer"):
        low, above = property_.get("minimum"), property_.get("exclusiveMinimum")
        high, below = property_.get("maximum"), property_.get("exclusiveMaximum")
        least = low if low is not None else above + 1
        most = high if high is not None else below - 1
        return 1, [least, most], [low - 1 if low is not None else above, high + 1 if high is not None else below]
    if property_["type"] == "boolean":
        return True, [False], [2]
    if "40" in property_.get("pattern", ""):
        return "a" * 40, ["F" * 64], ["a" * 63]
    return ("GBP", ["usd"], ["EURO"]) if "pattern" in property_ else ("2026-01-05", ["2026-01-05"], ["2026-1-5"])


@pytest.mark.parametrize("kind", [FORM, JSON])
def test_each_parameter_is_taken_up_to_the_limits_of_the_document_and_named_beyond(schema, shop, standard, kind):
    body = schema.raw_schema["paths"]["/Advertisers/{AccountSID}/Conversions"]["post"]["requestBody"]
    properties = body["content"][kind]["schema"]["properties"]
    assert len(properties) > 150
    values = {name: limits(property_) for name, property_ in properties.items()}

    def refused(order: dict[str, Any]) -> set[str]:
        sent = json.dumps(order).encode() if kind == JSON else form(order)
        answer = send("POST", URL, sent, {**shop.headers, "Content-Type": kind})
        return {error["Field"] for error in json.loads(answer.content).get("Errors", [])}

    keys = {"CampaignId": 1000, "ItemQuantity1": 1}
    # What an order may not have together is refused whatever the values are.
    together = refused({**{name: ordinary for name, (ordinary, _, _) in values.items()}, **keys})
    for place in (0, -1):
        assert refused({**{name: at[place] for name, (_, at, _) in values.items()}, **keys}) == together
        beyond = {name: beyond[place] for name, (_, _, beyond) in values.items()}
        assert refused(beyond) - {"ClickId", "EventTypeId"} == set(properties) - {"ClickId", "EventTypeId"}


def form(order: dict[str, Any]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in order.items()).encode()


@pytest.mark.parametrize(("low", "high", "name"), [(1, 1_000_000, "Page"), (1, 1_000, "PageSize")])
def test_a_list_takes_pages_within_the_limits_of_the_document_alone(schema, shop, orders, low, high, name):
    parameters = schema.raw_schema["paths"]["/Advertisers/{AccountSID}/APISubmissions"]["get"]["parameters"]
    (bounds,) = (parameter["schema"] for parameter in parameters if parameter["name"] == name)
    assert (bounds["minimum"], bounds["maximum"]) == (low, high)
    for value, status in ((low - 1, 400), (low, 200), (high, 200), (high + 1, 400)):
        assert shop.get(f"{SUBMISSIONS}?{name}={value}").status_code == status


KINDS = [
    FORM, JSON, f"{JSON}; charset=utf-16", f"{FORM}; charset=nonsense", JSON.upper(), f"{JSON};", "text/xml",
    "multipart/form-data", "multipart/form-data; boundary=x", "", "x", "é/;=", "application/json, text/xml",
]  # fmt: skip
BODIES = [
    b"", b"null", b"{}", b'"x"', b"[" * 90_000, b"{" * 9, b"\xff\xfe{\x00}\x00", b"\xff", b"\x00", b"%",
    b"%zz=%f&=&&=", b"\xef\xbb\xbf{}", b"--x\r\n\r\n\xff", b'{"\\ud800": "\\ud800"}', b"1e999999999", b"9" * 5_000,
    gzip.compress(b"{}"),
]  # fmt: skip
HEADERS = [
    {"Content-Encoding": "gzip"}, {"Content-Encoding": "\xff"}, {"Idempotency-Key": "k" * 256},
    {"Idempotency-Key": "\x00"}, {"Idempotency-Key": "é\xff"}, {"Accept": "text/html"}, {"Accept": "\xff"},
    {"Content-Length": "x"}, {"Transfer-Encoding": "chunked"}, {"X-HTTP-Method-Override": "DELETE"}, {"Host": "é"},
    {"Cookie": "sessionid=\xff; x"}, {"X-Forwarded-For": "x" * 5_000}, {"Expect": "100-continue"},
]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "Conversions", "PayoutPreview", "Customers", "CustomerTags", "Ads", "PromoCodes", "ExceptionLists",
        "ExceptionLists/{ListId}/Items", "/v1/customers",
    ],
)  # fmt: skip
def test_no_body_of_any_encoding_is_answered_otherwise(schema, shop, standard, brand, path):
    skus = make_exception_list(program=brand)
    url = f"/Advertisers/BB-ANVILS/{path.replace('{ListId}', str(skus.pk))}"
    if path.startswith("/v1/"):
        schema, shop, url = read_schema(V1), shop.bearer(), path
    allowed = declared(schema, "post", path if path == url else f"/Advertisers/{{AccountSID}}/{path}")
    sent = [
        (kind, body, {})
        for kind in KINDS
        for body in (BODIES if kind.casefold().startswith((FORM, JSON)) else BODIES[:3])
    ]
    sent += [(kind, json.dumps(ORDER).encode(), header) for kind in (FORM, JSON) for header in HEADERS]
    for kind, body, header in sent:
        answer = send("POST", url, body, {**shop.headers, "Content-Type": kind, **header})
        assert (answer.status in allowed, media_type(answer)) == (True, JSON), (kind, body[:20], header)


def test_no_header_of_credentials_is_answered_otherwise(schema, shop, orders):
    def basic(credentials: bytes) -> str:
        return f"Basic {b64encode(credentials).decode()}"

    secret = shop.secret.encode()
    strangers = [
        "", " ", "Basic", "Basic ", "Basic =", "Basic é", "Basic \x00", f"Bearer {shop.secret}", f"Basic {shop.secret}",
        "Basic " + "A" * 9_000, basic(b""), basic(b":"), basic(b"BB-ANVILS"), basic(b"BB-ANVILS:"),
        basic(b":" + secret), basic(b"BB-ANVILS\x00:" + secret), basic(b"BB-ANVILS:" + secret + b"\x00"),
        basic(b"\xff:\xff"), basic(b"BB-ANVILS:" + secret[:-1]), basic(b"bb-anvils:" + secret),
        basic(b"\xed\xa0\x80:" + secret), basic(b"x" * 9_000 + b":" + secret), shop.headers["Authorization"] + "x y",
    ]  # fmt: skip
    body = json.dumps(ORDER).encode()
    for header in strangers:
        for method, url in (
            ("POST", URL), ("GET", SUBMISSIONS), ("GET", f"{SUBMISSIONS}/A-1"), ("POST", PREVIEW), ("GET", CUSTOMERS),
            ("PUT", f"{CUSTOMERS}/C-1"), ("DELETE", f"{TAGS}/1"), ("DELETE", f"{TAGS}/1/Customers"),
        ):  # fmt: skip
            answer = send(method, url, body, {"Authorization": header, "Content-Type": JSON})
            assert (answer.status, media_type(answer)) == (401, JSON), (header[:40], method, url)


ADDRESSES = [
    "%0a", "%0ax/%0d%0a",
    "", "%00", "%ff", "BB-ANVILS", "BB-ANVILS/", "BB-ANVILS/x", "%0a/Conversions", "a" * 5_000 + "/Conversions",
    *(f"BB-ANVILS/APISubmissions{rest}" for rest in (
        "/", "/%00", "/A-%D9%A3", "/A-" + "9" * 18, "/A-" + "9" * 5_000, "?Page=%D9%A3&PageSize=1e3",
        "?Page=" + "9" * 5_000, "?Page=%ff&Page=%00&=%ED%A0%80", "?" + "&" * 5_000,
    )),
]  # fmt: skip


def test_other_methods_and_addresses_are_answered_in_json(shop, orders):
    for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "x", "GET", "POST"):
        for url in (
            URL, SUBMISSIONS, f"{SUBMISSIONS}/{orders[0]}", PREVIEW, CUSTOMERS, f"{CUSTOMERS}/C-1", TAGS, f"{TAGS}/1",
            f"{TAGS}/1/Customers", "/v1/customers", "/v1/customers/C-1", "/v1/", "/v1/x",
        ):  # fmt: skip
            answer = send(method, url, b"x", shop.headers)
            assert (answer.status < 500, media_type(answer)) == (True, JSON), (method, url)
    for rest in ADDRESSES:
        answer = send("GET", f"/Advertisers/{rest}", b"", shop.headers)
        assert (answer.status in (200, 400, 403, 404, 405), media_type(answer)) == (True, JSON), rest


def test_a_token_that_only_reads_is_told_so_as_the_document_says(schema, brand):
    reader = Caller(brand.account, scope="READ")
    assert reader.post(ORDER).status_code in declared(schema, "post", "/Advertisers/{AccountSID}/Conversions")
