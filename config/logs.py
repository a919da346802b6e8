"""How the product logs: an event a line, for people (key=value) or machines (JSON), and no secrets in it."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "(hidden)"
# Names whose values are secrets, or data of customers.
SECRET = re.compile(
    r"authorization|cookie|password|passwd|secret|token|credential|api_?key|session|csrf|payload|order_state|^body$",
    re.IGNORECASE,
)
IN_TEXT = [
    # A link to choose a password, or into a team: who has it, chooses.
    (re.compile(r"(/password-reset/)[^/\s]+/[^/\s?]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/invitation/)[^/\s?]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(Basic|Bearer)\s+[\w.~+/=-]+"), rf"\1 {HIDDEN}"),
    (re.compile(r"(\w://[^\s:/@]*:)[^\s/@]+@"), rf"\1{HIDDEN}@"),  # passwords in addresses of servers
    # What PostgreSQL adds to an error holds the row: “Failing row contains (…)”, “Key (customer_id)=(…)”.
    (re.compile(r"(?s)\b(DETAIL|CONTEXT):.*?(?=\n\S|\Z)"), rf"\1: {HIDDEN}"),
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "(e-mail)"),
]


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take secrets and personal data out of an event: by the names of its values, then out of every text."""
    return {name: HIDDEN if SECRET.search(name) else _without_secrets(value) for name, value in event.items()}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: HIDDEN if SECRET.search(str(name)) else _without_secrets(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(each) for each in value]
    if not isinstance(value, str | BaseException):
        return value
    text = str(value)
    for pattern, instead in IN_TEXT:
        text = pattern.sub(instead, text)
    return text


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


def logging_settings(*, format: str, level: str) -> dict[str, Any]:
    """Return Django's LOGGING, and set structlog up. Raises ValueError for a format that is none."""
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
        ],
        "foreign_pre_chain": SHARED,
    }
    # Both tell of what config.requests and django_structlog tell with the request's or the task's id.
    told_already = {"django.request": {"level": "CRITICAL"}, "celery.app.trace": {"level": "CRITICAL"}}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        # Standard output belongs to the answers of commands.
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}, **told_already},
    }
