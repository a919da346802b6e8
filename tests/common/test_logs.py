"""What the log says: one event a line, the request and its id, and no secrets."""

import base64
import json
import logging
import logging.config
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from django.db import OperationalError
from django.test import Client

from accounts.api_tokens import make_api_token
from common.observability.logs import hide_secrets, logging_settings
from common.queue.notify import notify
from program.models import Partner
from servers.home import PROJECT
from tests.factories import make_event_type

Lines = Callable[[], list[dict[str, str]]]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Lines]:
    """The product's own log at its wordiest, as JSON in a file; asked, it answers the lines."""
    path = tmp_path / "log"
    as_set = logging_settings(format="json", level="DEBUG")
    as_set["handlers"]["stderr"] |= {"()": logging.FileHandler, "filename": str(path)}
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.config.dictConfig(as_set)
    yield lambda: [json.loads(line) for line in path.read_text().splitlines()]
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = handlers, level


def test_secrets_and_orders_that_are_sent_stay_out_of_the_log(brand, log, client, settings, monkeypatch):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    make_event_type(program=brand)
    _, token = make_api_token(account=brand.account, name="Shop")
    basic = base64.b64encode(f"{brand.account.sid}:{token}".encode()).decode()
    order = {"CampaignId": "1000", "EventTypeCode": "SALE", "OrderId": "ORDER-77", "CustomerId": "CUSTOMER-55",
             "EventDate": "2026-11-20T12:00:00Z", "MediaPartnerId": "P-1", "Amount": "777.77"}  # fmt: skip
    headers = {"authorization": f"Basic {basic}"}
    path = f"/Advertisers/{brand.account.sid}/Conversions"
    assert client.post(path, order, content_type="application/json", headers=headers).status_code == 200
    assert (
        client.post(path, {**order, "Amount": "x777.77"}, content_type="application/json", headers=headers).status_code
        == 400
    )
    client.get(f"/Advertisers/{brand.account.sid}/Customers/CUSTOMER-55%20of%20us", headers=headers)
    client.get("/v1/customers/CUSTOMER-55", headers={"authorization": f"Bearer {token}"})
    client.post("/log-in/", {"username": "alice", "password": "hunter2-hunter2"})
    client.get("/password-reset/MQ/abc123-secretlink/?email=carol@example.com")
    client.get("/nowhere/?q=CUSTOMER-55")
    # An error of the database holds the row.
    stranger = Client(raise_request_exception=False)
    monkeypatch.setattr("common.observability.health._broker", lambda: raise_with_a_row(brand))
    assert stranger.get("/readyz", headers={"cookie": "sessionid=COOKIE-99"}).status_code == 500
    structlog.get_logger("any").warning(
        "what a careless line could say", payload=order, headers={"Authorization": f"Basic {basic}"}, api_token=token,
        words=f"Authorization: Bearer {token}", url="redis://user:hunter2-hunter2@host/0",
    )  # fmt: skip
    lines = log()
    text = json.dumps(lines)
    assert {"request_started", "request_finished", "request_failed"} <= {line["event"] for line in lines}
    for secret in (token, basic, "hunter2", "secretlink", "carol", "CUSTOMER-55", "ORDER-77", "777.77", "COOKIE-99"):
        assert secret not in text, secret
    assert "IntegrityError" in text
    assert "partner" in text


def raise_with_a_row(brand) -> str:
    number = "-".join(["CUSTOMER", "55"])  # not whole here: a traceback shows these lines
    for _ in range(2):
        Partner.objects.create(program=brand, media_partner_id=number, name="Twice")
    raise AssertionError("the database took it twice")


def test_every_answer_carries_the_id_under_which_it_is_logged(brand, alice, log, client_of):
    answer = client_of(alice).get("/p/1000/")
    (line,) = [line for line in log() if line["event"] == "request_finished"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["user_id"] == alice.pk
    assert line["request"] == "GET /p/1000/"


def test_an_id_that_somebody_sends_is_not_taken_for_ours(db, client):
    answer = client.get("/healthz", headers={"x-request-id": "forged\nline"})
    assert answer["X-Request-ID"] != "forged"


def test_a_broken_answer_has_an_id_too(db, monkeypatch):
    monkeypatch.setattr("common.observability.health._broker", lambda: 1 / 0)
    answer = Client(raise_request_exception=False).get("/readyz")
    assert answer.status_code == 500
    assert len(answer["X-Request-ID"]) == 36


def test_a_line_is_one_line_in_either_format():
    for format in ("logfmt", "json"):
        command = f"""
import logging.config
from common.observability.logs import hide_secrets, logging_settings
logging.config.dictConfig(logging_settings(format={format!r}, level="INFO"))
logging.getLogger("a").info("two\\nlines: %s", "ü")
"""
        answer = subprocess.run([sys.executable, "-c", command], cwd=PROJECT, capture_output=True, text=True)
        assert answer.stdout == ""
        (line,) = answer.stderr.splitlines()
        assert "ü" in line
        assert ("level=info" in line) if format == "logfmt" else (json.loads(line)["level"] == "info")


def test_a_format_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="LOG_FORMAT=xml: write logfmt or json"):
        logging_settings(format="xml", level="INFO")


def test_a_task_is_logged_under_the_id_of_the_request_that_rang_it(transactional_db, product_environment, tmp_path):
    import redis  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    with structlog.contextvars.bound_contextvars(request_id="the-request"):
        notify("tracking.sweep")
    environment = {**product_environment, "LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool=solo", "--loglevel=WARNING"]
    path = tmp_path / "worker.log"
    with path.open("w") as output:
        worker = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=output)
        try:
            end = time.monotonic() + 60
            while "task_succeeded" not in path.read_text() and time.monotonic() < end:
                time.sleep(0.1)
        finally:
            worker.terminate()
            worker.wait(20)
    lines = [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]
    told = {line["event"]: line for line in lines if line.get("request_id") == "the-request"}
    assert {"task_started", "task_succeeded"} <= set(told)
    assert told["task_started"]["task"] == "tracking.sweep"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("carol.smith+x@mail.example.com", "(e-mail)"),
        ("to:carol@example.com, then", "to:(e-mail), then"),
        ("a" * 40 + "@example.com.", "(e-mail)."),
        ("redis://user:hunter2@host/0", "redis://user:(hidden)@host/0"),
        ("GET /password-reset/MQ/abc-def/?x=1", "GET /password-reset/(hidden)/?x=1"),
        ("Authorization: Basic abc==", "Authorization: Basic (hidden)"),
        ("oops\nDETAIL:  Failing row (7)\nCONTEXT: x", "oops\nDETAIL: (hidden)\nCONTEXT: (hidden)"),
    ],
)
def test_what_nobody_should_read_is_taken_out_of_a_text(text, hidden):
    assert hide_secrets(None, "", {"words": text})["words"] == hidden


def test_a_text_is_cut_and_half_a_secret_at_the_cut_goes_with_it():
    text = "x " * 3_998 + "redis://user:hunter2-" + "h" * 9_000 + "@host"
    (cut,) = hide_secrets(None, "", {"words": text}).values()
    assert cut.endswith(f"… ({len(text)} characters)")
    assert len(cut) < 2_100
    (many,) = hide_secrets(None, "", {"words": "a@b.cc " * 1_142 + "redis://user:hunter2-" + "h" * 9_000}).values()
    assert "hunter2" not in many


def test_what_nests_and_what_is_many_is_cut():
    deep = {"a": {"b": {"c": {"d": {"e": "far"}}}}}
    many = hide_secrets(None, "", {"deep": deep, "many": ["x"] * 100_000, "n" * 5_000: 1})
    assert "far" not in str(many)
    assert len(many["many"]) == 50
    assert max(len(name) for name in many) == 100


def test_a_traceback_keeps_its_end():
    (text,) = hide_secrets(None, "", {"exception": "line\n" * 50_000 + "ValueError: the cause"}).values()
    assert text.endswith("ValueError: the cause")
    assert len(text) < 17_000


@pytest.mark.parametrize("format", ["logfmt", "json"])
def test_control_characters_are_escaped(format):
    command = f"""
import logging.config
from common.observability.logs import hide_secrets, logging_settings
logging.config.dictConfig(logging_settings(format={format!r}, level="INFO"))
logging.getLogger("a").info("forged\\x1b[2K\\x9b\\r\\x85\\u2028\\u202eend\\x7f of it")
"""
    answer = subprocess.run([sys.executable, "-c", command], cwd=PROJECT, capture_output=True)
    line = answer.stderr.decode()
    assert line.endswith("\n")
    assert line[:-1].isprintable(), line
    assert "\\u001b" in line or "\\\\u001b" in line
    if format == "json":
        assert json.loads(line)["event"] == "forged\x1b[2K\x9b\r\x85\u2028\u202eend\x7f of it"


def test_a_stranger_s_bad_request_is_one_warning_without_a_traceback(db, log, client):
    assert client.get("/log-in/", headers={"host": "evil.example"}).status_code == 400
    lines = [line for line in log() if line["level"] not in ("debug", "info")]
    assert [(line["level"], line["event"], line["code"]) for line in lines] == [("warning", "request_finished", 400)]
    assert "evil.example" in lines[0]["reason"]
    assert "Traceback" not in json.dumps(lines)


def test_a_bad_request_refused_before_requests_are_noted_is_a_warning_too(db, log, client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/p/", headers={"host": "evil.example"}).status_code == 400
    lines = [line for line in log() if line["level"] not in ("debug", "info")]
    assert [(line["level"], line["logger"]) for line in lines] == [("warning", "django.security.DisallowedHost")]
    assert "Traceback" not in json.dumps(lines)


@pytest.mark.parametrize("path", ["/p/1000/", "/Advertisers/BB-1/APISubmissions"])
def test_an_outage_is_one_warning_that_says_503(db, log, monkeypatch, path):
    headers = {"authorization": "Basic YTpi", "cookie": f"sessionid={'a' * 32}"}
    stranger = Client(raise_request_exception=False, headers=headers)
    with monkeypatch.context() as outage:
        outage.setattr("django.db.backends.utils.CursorWrapper.execute", away)
        assert stranger.get(path).status_code == 503
    lines = [line for line in log() if line["level"] not in ("debug", "info")]
    assert [(line["level"], line["event"], line["code"]) for line in lines] == [("warning", "request_finished", 503)]
    assert "gone away" in lines[0]["reason"]


def away(*args: object, **kwargs: object) -> None:
    raise OperationalError("the database has gone away")
