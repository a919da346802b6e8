"""Limits of size, time and number of a request before any of our code handles it."""

import os
import re

HEADER_BYTES = 16_384  # of the request line and all headers; more is answered 431
PATH_LETTERS = 2_000  # of an address without its query; more is answered 414
HEADER_SECONDS = int(
    os.environ.get("WEB_HEADER_SECONDS") or 10
)  # for all of them, and for the next request on a connection that is kept alive
WRITE_SECONDS = 30  # without the client reading a byte of an answer

MEGABYTE = 1024 * 1024
STRANGER_BYTES = 64 * 1024  # of a body; more only from a signed-in user
BODY_BYTES = 5 * MEGABYTE  # of any body but those of the two pages that take files
FILE_BYTES = 66 * MEGABYTE  # a file of 64 MiB, and what a form adds
BODY_SECONDS = int(os.environ.get("WEB_BODY_SECONDS") or 30)  # for a body, and …
BODY_RATE = 32 * 1024  # … one more for so many bytes received: a large upload over a slow line
LARGE_AT_ONCE = 16  # bodies beyond STRANGER_BYTES that a process reads at a time; others wait
FILES_AT_ONCE = 4  # of these, beyond BODY_BYTES
IN_MEMORY = MEGABYTE  # of a body; the rest goes to a temporary file

THREADS = int(os.environ.get("WEB_THREADS") or 8)  # requests that a process answers at a time
CONNECTIONS = 4_000  # that a process holds; the next ones wait in the kernel
BACKLOG = 4_096  # that wait there (net.core.somaxconn may say less)
WAITING = 500  # requests that wait for a thread; the next one is answered 503

TAKE_FILES = re.compile(r"/p/[0-9]+/(?:transactions/uploads/new|contracts/event-payouts/[0-9]+/payout-groups/import)/")
