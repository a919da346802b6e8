"""Fetching the European Central Bank's rates from the address in the settings: csv, or a zip or gzip of one."""

import io
import time
import zipfile
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

import structlog
from django.conf import settings
from django.utils import timezone

from common.refusals import Refused
from common.tables.read import read_table
from program.models import RateFetch

from .file_rows import LAYOUT, QuotedRate, read_rates
from .services import Saved, save_reference_rates

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=12)  # the European Central Bank publishes once on each working day
AGAIN_AFTER = timedelta(hours=1)  # of a failure
SECONDS, PATIENCE = 60, 20  # for all of it, and without an answer
MOST_SENT, MOST_UNPACKED = 4 * 1024**2, 32 * 1024**2  # its whole history since 1999 is 0.7 and 1.9 MB
CHUNK = 64 * 1024
AHEAD = timedelta(days=1)  # a day may have begun there that has not begun here


class _SameHost(HTTPRedirectHandler):
    """Follows a redirection to another page of the same host, never to another host or out of TLS."""

    max_redirections = 3

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (after.scheme, after.netloc) != (before.scheme, before.netloc):
            raise Refused(f"The address redirects to another host, {after.netloc}: nothing is fetched from there.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch_when_due() -> bool:
    """Fetch the rates, unless no address is set or they were fetched lately; whether something was tried."""
    if not settings.EXCHANGE_RATES_URL:
        return False
    last, now = RateFetch.objects.filter(pk=RateFetch.ONLY).first(), timezone.now()
    if last and now - last.tried_at < (AGAIN_AFTER if last.failure else EVERY):
        return False
    fetch_rates(settings.EXCHANGE_RATES_URL, now=now)
    return True


def fetch_rates(address: str, *, now: datetime) -> Saved | None:
    """Fetch the rates and store them; None where that failed, which the page of the rates then says."""
    try:
        saved = save_reference_rates(_read(_download(address), now))
    except Refused as refused:
        log.warning("exchange rates could not be fetched", address=address, why=str(refused))
        RateFetch.objects.update_or_create(pk=RateFetch.ONLY, defaults={"tried_at": now, "failure": str(refused)})
        return None
    RateFetch.objects.update_or_create(
        pk=RateFetch.ONLY, defaults={"tried_at": now, "succeeded_at": now, "failure": ""}
    )
    log.info("exchange rates were fetched", added=saved.added, changed=saved.changed)
    return saved


def _download(address: str) -> bytes:
    """The content of the address. Raises Refused with why it cannot be had."""
    if urlsplit(address).scheme != "https":
        raise Refused("The address does not begin with https://, so anybody on the way could change the rates.")
    opener = OpenerDirector()  # without the handlers of http:, ftp: and file:
    for handler in (ProxyHandler(), HTTPSHandler(), _SameHost(), HTTPErrorProcessor(), HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    end = time.monotonic() + SECONDS
    content = b""
    try:
        with opener.open(Request(address, headers={"User-Agent": "Brandboard"}), timeout=PATIENCE) as answer:  # noqa: S310 (https alone)
            while chunk := answer.read1(CHUNK):
                content += chunk
                if len(content) > MOST_SENT:
                    raise Refused(f"The answer is larger than {MOST_SENT // 1024**2} MB: it is not a file of rates.")
                if time.monotonic() > end:
                    raise Refused(f"The answer took longer than {SECONDS} seconds.")
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise Refused(f"The address cannot be read: {error}.") from None
    return content


def _read(content: bytes, now: datetime) -> list[QuotedRate]:
    """The rates in a file. Raises Refused for one that is not a file of rates, or where a row of it is wrong."""
    name = "rates.csv.gz" if content.startswith(b"\x1f\x8b") else "rates.csv"
    if content.startswith(b"PK\x03\x04"):
        content = _unpacked(content)
    today = now.date() + AHEAD
    rates = [rate for _, row in read_table(content, name, layout=LAYOUT) for rate in read_rates(row, today=today)]
    if not rates:
        raise Refused("The file holds no rates.")
    return rates


def _unpacked(content: bytes) -> bytes:
    """The one file of a zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) != 1:
                raise Refused(f"The zip holds {len(names)} files: one is expected.")
            with archive.open(names[0]) as file:
                unpacked = file.read(MOST_UNPACKED + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Refused(f"The zip cannot be read: {error}.") from None
    if len(unpacked) > MOST_UNPACKED:
        raise Refused(f"The zip unpacks to more than {MOST_UNPACKED // 1024**2} MB: it is not a file of rates.")
    return unpacked
