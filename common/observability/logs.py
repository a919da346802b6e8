"""How the product logs: an event a line, for people (key=value) or machines (JSON), and no secrets in it."""

import logging
import re
import unicodedata
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from common.observability.log_files import FollowingHandler

HIDDEN = "(hidden)"
# Names whose values are secrets, or data of customers.
SECRET = re.compile(
    r"authorization|cookie|password|passwd|secret|token|credential|api_?key|session|csrf|payload|order_state|^body$",
    re.IGNORECASE,
)
# Each is linear in the length of the text, for any input: the quantifiers that could give characters back
# are possessive (++), and an address is not looked for again in the middle of a word.
IN_TEXT = [
    # A link to choose a password or join a team: anyone who has it can use it.
    (re.compile(r"(/password-reset/)[^/\s]++/[^/\s?]++"), rf"\1{HIDDEN}"),
    (re.compile(r"(/invitation/)[^/\s?]++"), rf"\1{HIDDEN}"),
    # An address of the API that names a customer, whose id may hold any character.
    (re.compile(r"(/Customers/|/v1/customers/).++"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(Basic|Bearer)\s++[\w.~+/=-]++"), rf"\1 {HIDDEN}"),
    (re.compile(r"(\w://[^\s:/@]*+:)[^\s/@]++@"), rf"\1{HIDDEN}@"),  # passwords in addresses of servers
    # What PostgreSQL adds to an error holds the row: “Failing row contains (…)”, “Key (customer_id)=(…)”.
    (re.compile(r"(?s)\b(DETAIL|CONTEXT):.*?(?=\n\S|\Z)"), rf"\1: {HIDDEN}"),
    (re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]++)++"), "(e-mail)"),
]

LONGEST_TEXT = 2_000  # characters of one value
LONGEST_TRACEBACK = 16_000  # its end, which names the error
LONGEST_NAME = 100
LOOKED_THROUGH = 4  # times as many characters are searched for secrets: one that begins in the text ends before that
MOST_VALUES, DEEPEST = 50, 4  # of a list or dictionary; levels of them

# What could end a line, move a terminal's cursor or turn the direction of a text: control characters (Cc), formats
# (Cf), separators of lines and paragraphs (Zl, Zp). Written as JSON does, which reads it back as it was.
_UNSAFE = {
    number: f"\\u{number:04x}"
    for number in range(0x10000)
    if unicodedata.category(chr(number)) in ("Cc", "Cf", "Zl", "Zp")
}


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take secrets and personal data out of an event: by the names of its values, then out of every text.

    Texts, lists and dictionaries are cut to what a reader needs, so that line length does not depend on callers.
    """
    return {
        name[:LONGEST_NAME]: HIDDEN
        if SECRET.search(name[:LONGEST_NAME])
        else _traceback(value)
        if name == "exception"
        else _without_secrets(value)
        for name, value in event.items()
    }


def _without_secrets(value: Any, depth: int = DEEPEST) -> Any:
    if isinstance(value, dict | list | tuple) and not depth:
        return f"({len(value)} values)"
    if isinstance(value, dict):
        kept = ((str(name)[:LONGEST_NAME], each) for name, each in list(value.items())[:MOST_VALUES])
        return {name: HIDDEN if SECRET.search(name) else _without_secrets(each, depth - 1) for name, each in kept}
    if isinstance(value, list | tuple):
        return [_without_secrets(each, depth - 1) for each in value[:MOST_VALUES]]
    if not isinstance(value, str | BaseException):
        return value
    text = str(value)
    if len(text) <= LONGEST_TEXT:
        return _hidden(text)
    hidden = _hidden(_whole_words(text[: LOOKED_THROUGH * LONGEST_TEXT], len(text)))
    return f"{hidden[:LONGEST_TEXT]}… ({len(text)} characters)"


def _whole_words(text: str, length: int) -> str:
    """Without the last word of a text that was cut: half a secret would not be recognised."""
    if len(text) == length:
        return text
    words, _, _ = text.rpartition(" ")
    return words or text


def _traceback(value: Any) -> Any:
    if not isinstance(value, str):
        return _without_secrets(value)
    text = value
    if len(value) > LONGEST_TRACEBACK:
        text = f"({len(value)} characters) …{value[-LONGEST_TRACEBACK:].partition('\n')[2]}"
    return _hidden(text)


def _hidden(text: str) -> str:
    for pattern, instead in IN_TEXT:
        text = pattern.sub(instead, text)
    return text


def escape(logger: WrappedLogger, method: str, line: str) -> str:
    """Escape non-printable characters of a rendered line, as `\\u001b`."""
    return line if line.isprintable() else line.translate(_UNSAFE)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
RENDERERS: dict[str, Processor] = {
    "logfmt": structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
    "json": structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
}


class OneLineARefusal(logging.Filter):
    """A request that Django refuses is not our error: the reason goes into the request's log line. Outside of
    `requests` there is none; then it is a warning of its own. Never with a traceback.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith("django.security"):
            return True
        if "request_id" in structlog.contextvars.get_contextvars():
            structlog.contextvars.bind_contextvars(reason=record.getMessage()[:LONGEST_TEXT])
            return False
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        return True


def logging_settings(*, format: str, level: str) -> dict[str, Any]:
    """Return Django's LOGGING, and set structlog up. Raises ValueError for an unknown format."""
    if format not in RENDERERS:
        raise ValueError(f"LOG_FORMAT={format}: write {' or '.join(RENDERERS)}")
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_secrets,
            RENDERERS[format],
            escape,
        ],
        "foreign_pre_chain": SHARED,
    }
    # common.observability.requests and django_structlog log the same, with the request's or the task's id.
    told_already = {"django.request": {"level": "CRITICAL"}, "celery.app.trace": {"level": "CRITICAL"}}
    # Standard output belongs to the answers of commands.
    stderr = {"()": FollowingHandler, "formatter": "line", "filters": ["one_line_a_refusal"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "filters": {"one_line_a_refusal": {"()": OneLineARefusal}},
        "handlers": {"stderr": stderr},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}, **told_already},
    }
