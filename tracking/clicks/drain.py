"""Draining the spool: once the database is back, each step in it is stored once, and orders that waited for one are
tried again. A thread of each web process looks every few seconds, so what a killed process left is found by the next.
"""

import json
import threading
import time
from itertools import batched
from uuid import UUID

import structlog
from django.db import DataError, Error, IntegrityError, connection

from common.db.statements import fetch
from tracking.journeys.click_ids import written_click_id

from . import spool
from .links import database
from .stored_steps import store_many
from .waiting_orders import price_with_clicks

log = structlog.get_logger(__name__)

EVERY = 2.0  # seconds
AT_ONCE = 1_000


def keep_draining() -> None:
    """Drain from a thread for as long as this process lives. For web processes."""

    def drain_for_ever() -> None:
        while True:
            time.sleep(EVERY)
            try:
                drain()
            except Exception:
                log.exception("the spool could not be drained; it is tried again")
            finally:
                connection.close()

    threading.Thread(target=drain_for_ever, name="spool", daemon=True).start()


def drain() -> int:
    """Store what lies in the spool; how many steps are new. Does nothing while the database is away."""
    stored = 0
    if spool.is_empty():
        return stored
    try:
        fetch("SELECT 1", [])  # what is spooled lies in few files, as long as none is taken in vain
        for path in spool.taken_files():
            with spool.taken(path) as lines:
                for batch in batched(filter(_is_whole, lines or ()), AT_ONCE):
                    stored += _store(list(batch))
                    price_with_clicks([written_click_id(UUID(json.loads(line)["id"])) for line in batch])
    except (Error, OSError) as error:
        log.warning("the spool waits for the database", error=str(error))
    if stored:
        database.answered()
    return stored


def _store(lines: list[str]) -> int:
    try:
        return store_many(lines)
    except (DataError, IntegrityError) as error:
        if len(lines) == 1:
            log.error("a spooled step cannot be stored and is left out", error=str(error))
            return 0
    half = len(lines) // 2
    return _store(lines[:half]) + _store(lines[half:])


def _is_whole(line: str) -> bool:
    """A line that was cut off when its process was killed was not answered either."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
