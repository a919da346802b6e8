"""Two brands side by side: every address × method × role.

Addresses come from the URL resolver and from the API's own schema: a new page cannot be left out.
"""

import re
from base64 import b64encode
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from accounts.api_tokens import make_api_token
from tests.isolation.brands import RIVALS_PK, SECRET, prints_of
from tests.test_architecture import ADDRESSES, CLICK, PK, VIEWERS_MAY
from tests.whole_brand import click_of
from tracking.journeys.click_ids import written_click_id

METHODS = ("get", "post", "put", "patch", "delete")
TEAM = {"bob": "VIEWER", "erin": "EDITOR", "frank": "FINANCE", "alice": "ADMINISTRATOR"}

# Who may do what, as a table of the tests' own, so that it and accounts/team/roles.py must agree.
EDIT = {"EDITOR", "ADMINISTRATOR"}
SETTLE = EDIT | {"FINANCE"}
ADMINISTER = {"ADMINISTRATOR"}
EVERYBODY = SETTLE | {"VIEWER"}
WRITES = {
    **dict.fromkeys(VIEWERS_MAY, EVERYBODY),
    **dict.fromkeys(
        (
            "tracking:upload_create",
            "tracking:action_approve",
            "tracking:modification_retry",
            "tracking:modification_dismiss",
            "tracking:modification_restore",
            "tracking:status_check_create",
            "tracking:status_check_cancel",
        ),
        SETTLE,
    ),
    **dict.fromkeys(("program:token_create", "program:token_revoke"), ADMINISTER),
    **dict.fromkeys(("program:team_role", "program:team_remove", "program:team_invite"), ADMINISTER),
    **dict.fromkeys(("program:team_invitation_link", "program:team_invitation_revoke"), ADMINISTER),
    "program:team_second_factor": ADMINISTER,
    "contracts:account_rules_edit": ADMINISTER,
    "program:program_edit": ADMINISTER,
    "program:tracking_edit": ADMINISTER,
    **dict.fromkeys(
        ("tracking:exchange_rate_create", "tracking:exchange_rate_edit", "tracking:exchange_rate_delete"), ADMINISTER
    ),
    "tracking:customer_erase": ADMINISTER,
}  # any other: EDIT
READS = {
    "program:audit_list": ADMINISTER,
    "contracts:account_rules_edit": ADMINISTER,
    **dict.fromkeys(("tracking:exchange_rate_create", "tracking:exchange_rate_edit"), ADMINISTER),
    "tracking:customer_erase": ADMINISTER,
    **dict.fromkeys(
        (
            "program:event_type_create", "program:exception_list_create", "program:exception_list_edit",
            "program:exception_list_delete", "program:exception_list_entry_create", "program:exception_list_entry_edit",
            "program:exception_list_entry_delete", "program:catalog_add", "program:catalog_delete",
            "program:partner_create", "program:ad_create", "program:promo_code_create", "program:promo_code_delete",
            "program:customer_tag_create", "contracts:terms_create",
            "contracts:event_payout_create", "contracts:custom_terms_create",
            "contracts:terms_join", "contracts:advanced_commission_add", "contracts:row_create",
            "contracts:row_edit", "contracts:row_move",
            "contracts:row_delete", "contracts:contract_end", "contracts:contract_withdraw",
            "contracts:publishing_detail",
            "tracking:order_try", "tracking:conversion_retry_preview", "tracking:customer_export",
            "tracking:customer_file",
        ), EDIT),
}  # any other: EVERYBODY  # fmt: skip


class Answer(NamedTuple):
    status_code: int
    content: bytes


def ask(browser: Client, method: str, address: str, **more: Any) -> Answer:
    """The answer to a request that leaves no trace, so that one delete does not hide the next refusal."""
    with transaction.atomic():
        answer = getattr(browser, method)(address, **more)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return Answer(answer.status_code, content)


def elsewhere(address: str, *, program: int = 1000, pk: int = PK) -> str:
    moved = address.replace("/p/1000/", f"/p/{program}/").replace(f"/{PK}/", f"/{pk}/")
    return moved.replace(CLICK, written_click_id(click_of(pk)))


@pytest.mark.parametrize("name", TEAM)
def test_a_role_is_refused_exactly_where_the_table_says(name, both, request, client_of):
    browser, role = client_of(request.getfixturevalue(name)), TEAM[name]
    wrong = {}
    for view, address in ADDRESSES:
        read, write = ask(browser, "get", address).status_code, ask(browser, "post", address).status_code
        if read != 405 and (read == 403) != (role not in READS.get(view, EVERYBODY)):
            wrong["get", view] = read
        if write != 405 and (write == 403) != (role not in WRITES.get(view, EDIT)):
            wrong["post", view] = write
        if read == 404 or (write == 404 and view != "reports:export_retry"):
            wrong["found", view] = (read, write)
    # Everybody has exports and sees only their own; the brand's is alice's.
    exports = {view for view, _ in ADDRESSES if view.startswith("reports:export_")} | {"tracking:customer_file"}
    assert {key: status for key, status in wrong.items() if role == "ADMINISTRATOR" or key[1] not in exports} == {}


@pytest.mark.parametrize("name", TEAM)
def test_no_page_takes_put_patch_or_delete(name, both, request, client_of):
    browser = client_of(request.getfixturevalue(name))
    answers = {
        (method, address): ask(browser, method, address).status_code
        for _, address in ADDRESSES
        for method in ("put", "patch", "delete")
    }
    assert {key: status for key, status in answers.items() if status not in (403, 405)} == {}


@pytest.mark.parametrize("method", METHODS)
def test_another_accounts_administrator_meets_404_everywhere(method, both, brand, charlie, client_of):
    before, browser = prints_of(brand), client_of(charlie)
    addresses = {address for _, address in ADDRESSES}
    with_a_row = {address for address in addresses if f"/{PK}/" in address or CLICK in address}
    addresses |= {elsewhere(address, program=2000) for address in with_a_row}  # their program, the brand's row
    addresses |= {elsewhere(address, pk=RIVALS_PK) for address in with_a_row}  # the brand's program, their row
    answers = {address: getattr(browser, method)(address) for address in addresses}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code not in (404, 405)} == {}
    assert prints_of(brand) == before


@pytest.mark.parametrize("method", METHODS)
def test_nobody_gets_in_without_a_log_in_or_with_a_token(method, both, brand, rival):
    before = prints_of(brand)
    _, secret = make_api_token(account=rival.account, name="Rival's")
    basic = b64encode(f"{rival.account.sid}:{secret}".encode()).decode()
    for headers in ({}, {"Authorization": f"Basic {basic}"}):
        browser = Client(headers=headers)
        places = {address: getattr(browser, method)(address).headers.get("Location", "") for _, address in ADDRESSES}
        assert [path for path, place in places.items() if not place.startswith("/log-in/")] == []
    assert prints_of(brand) == before


@pytest.mark.parametrize("name", TEAM)
def test_a_member_reads_and_writes_nothing_of_another_brand(name, both, rival, request, client_of):
    """Their own program with the rival's row in the address, in the query and in whatever a form could send."""
    browser, before = client_of(request.getfixturevalue(name)), prints_of(rival)
    names = ("row", "group", "groups", "partner", "partners", "partner_group", "tag", "tags", "customer", "event_type",
             "event", "terms", "template_terms", "version", "with", "payout_group", "upload", "again", "order", "list",
             "membership", "token", "user", "who", "program", "program_id")  # fmt: skip
    sent = dict.fromkeys(names, RIVALS_PK) | {"program": 2000, "program_id": 2000, "all": "1", "name": "Taken over"}
    read, found = {}, {}
    for _, address in ADDRESSES:
        if f"/{PK}/" in address:
            for method in METHODS:
                status = ask(browser, method, elsewhere(address, pk=RIVALS_PK)).status_code
                if status not in (403, 404, 405):
                    found[method, address] = status
        for method in ("get", "post"):
            if SECRET.encode() in ask(browser, method, address, data=sent).content:
                read[method, address] = SECRET
    assert (found, read) == ({}, {})
    for _, address in ADDRESSES:  # and once more for good, so that what was written stays
        with transaction.atomic():
            browser.post(address, sent)
    assert prints_of(rival) == before


def test_the_api_opens_to_the_accounts_own_token_alone(both, brand, rival):
    paths = Client().get("/Advertisers/openapi.json").json()["paths"]
    assert len(paths) >= 9
    secrets = {
        account.sid: make_api_token(account=account, name="Program")[1] for account in (brand.account, rival.account)
    }
    rows = {brand.account.sid: f"A-{PK}", rival.account.sid: f"A-{RIVALS_PK}"}
    before = prints_of(brand), prints_of(rival)
    asked = 0
    for path, operations in paths.items():
        for method in METHODS:
            for own, other in (tuple(rows), tuple(reversed(rows))):
                basic = b64encode(f"{own}:{secrets[own]}".encode()).decode()
                caller = Client(headers={"Authorization": f"Basic {basic}"})
                body = {"data": {"CampaignId": 1000 if other == brand.account.sid else 2000, "EventTypeCode": "SALE",
                                 "OrderId": "X", "MediaPartnerId": "P-1", "EventDate": "NOW", "Amount": "1"},
                        "content_type": "application/json"} if method != "get" else {}  # fmt: skip
                for sid, row in ((other, rows[own]), (other, rows[other]), (own, rows[other])):
                    address = path.replace("{AccountSID}", sid)
                    is_number = re.search("/(CustomerTags|Ads|PromoCodes|ExceptionLists|PromoCodeExceptionLists)", path)
                    address = re.sub(r"\{\w+\}", row.removeprefix("A-") if is_number else row, address)
                    if sid == own and address == path.replace("{AccountSID}", sid) and method not in ("post", "put"):
                        continue  # the account's own list
                    answer = getattr(caller, method)(address, **body)
                    allowed = method in operations
                    expected = (400, 403, 404) if allowed else (405,)
                    assert answer.status_code in expected, (method, address, answer.status_code)
                    assert SECRET.encode() not in answer.content or own == rival.account.sid
                    asked += 1
                assert getattr(Client(), method)(address, **body).status_code in (401, 405)
    assert asked > 40
    after = prints_of(brand), prints_of(rival)
    for one in (*before, *after):
        one.pop("accounts_apitoken")  # the time of its last use
    assert after == before


def test_the_api_of_a_token_alone_opens_to_its_own_account_alone(both, brand, rival):
    paths = Client().get("/v1/openapi.json").json()["paths"]
    _, secret = make_api_token(account=rival.account, name="Program")
    caller = Client(headers={"Authorization": f"Bearer {secret}"})
    before = prints_of(brand)
    (key,) = brand.customer_set.values_list("customer_id", flat=True)
    asked = 0
    for path in paths:
        for method in METHODS:
            for campaign in (1000, 2000):
                address = f"{path.replace('{key}', quote(key))}?CampaignId={campaign}"
                body = {"data": {"key": key, "name": "Taken over", "partner": {"key": "P-1"}},
                        "content_type": "application/json"} if method != "get" else {}  # fmt: skip
                assert getattr(caller, method)(address, **body).status_code in (404, 405, 422), (method, address)
                assert getattr(Client(), method)(address, **body).status_code in (401, 405)
                asked += 1
    assert asked == 20
    assert prints_of(brand) == before
