"""Whatever stands anywhere in a body of PayoutPreview, the answer prices it or says what is wrong with it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.fuzz.api_schema import read_schema, send
from tests.fuzz.documents import OTHERS, PREVIEW, paths, replaced

URL = "/Advertisers/BB-ANVILS/PayoutPreview"
NEAR_THE_TOP = 2  # parts of the body itself, of the terms and of the context are each replaced by everything


def bodies() -> Iterator[tuple[str, Any]]:
    """A body for each part of the whole one and some others; further down two others take their turn."""
    for number, path in enumerate(paths(PREVIEW)):
        turns = [OTHERS[(2 * number + turn) % len(OTHERS)] for turn in (0, 1)]
        for other in OTHERS if len(path) == NEAR_THE_TOP else turns:
            yield f"{'.'.join(map(str, path))}: {other!r:.20}", replaced(PREVIEW, path, other)


def test_no_document_of_a_preview_is_answered_otherwise_than_declared(shop):
    operation = read_schema().raw_schema["paths"]["/Advertisers/{AccountSID}/PayoutPreview"]["post"]
    headers = {**shop.headers, "Content-Type": "application/json"}
    seen = {where: send("POST", URL, json.dumps(body).encode(), headers).status for where, body in bodies()}
    assert send("POST", URL, json.dumps(PREVIEW).encode(), headers).status == 200
    assert {200, 400} <= set(seen.values())
    assert {where: status for where, status in seen.items() if str(status) not in operation["responses"]} == {}


def test_every_operation_declares_what_any_request_may_be_answered(brand):
    paths_ = read_schema().raw_schema["paths"]
    operations = {
        f"{method} {path}": set(each["responses"]) for path in paths_ for method, each in paths_[path].items()
    }
    lacking = {name: {"400", "401", "403", "429", "503"} - statuses for name, statuses in operations.items()}
    assert {name: statuses for name, statuses in lacking.items() if statuses} == {}
