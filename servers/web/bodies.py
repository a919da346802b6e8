"""Bodies of requests, read whole before a thread is taken for them: within a size, a time and a rate."""

import asyncio
import errno
import io
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from servers.web import limits
from servers.web.senders import is_known
from servers.web.threads import Threads

TOO_LARGE = "The body is too large: at most {most:,} bytes are accepted at this address."
STRANGER = f"A body of more than {limits.STRANGER_BYTES:,} bytes is only accepted from users who are signed in."
SLOW = f"The body arrived too slowly: send it within {limits.BODY_SECONDS} seconds."
BUSY = "Too many requests are waiting. Nothing was stored; send it again shortly."
NO_SPACE = "The disk is full. Nothing was stored; send it again later."
CUT = "The body is incomplete. Nothing was stored; send it again."
NO_LENGTH = "Content-Length is not a number."


class Rejected(Exception):
    """A refused body. The rest of it is not read: the connection is closed."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class Bodies:
    """Reads bodies on one event loop, only so many large ones at a time."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._large = asyncio.Semaphore(limits.LARGE_AT_ONCE)
        self._files = asyncio.Semaphore(limits.FILES_AT_ONCE)

    async def read(self, environ: dict[str, Any], proto: Any) -> None:
        """Put the body into `wsgi.input`, and its length into CONTENT_LENGTH, also where it was sent in chunks.

        Raises Rejected: 400, 408, 413 or 503.
        """
        most = limits.FILE_BYTES if limits.TAKE_FILES.fullmatch(environ["PATH_INFO"]) else limits.BODY_BYTES
        announced = length = _length(environ)
        if length is not None and length > most:
            raise Rejected(413, TOO_LARGE.format(most=most))
        try:
            async with asyncio.timeout(limits.BODY_SECONDS) as deadline:
                if length is not None and length <= limits.STRANGER_BYTES:
                    environ["wsgi.input"] = io.BytesIO(await proto())
                else:
                    environ["wsgi.input"], length = await self._read_large(environ, proto, length, most, deadline)
        except TimeoutError:
            raise Rejected(408, SLOW) from None
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise Rejected(503, NO_SPACE) from None
        if _is_cut(environ, announced):
            raise Rejected(400, CUT)
        environ["CONTENT_LENGTH"] = str(length)
        environ.pop("HTTP_TRANSFER_ENCODING", None)

    async def _read_large(
        self, environ: dict[str, Any], proto: Any, length: int | None, most: int, deadline: asyncio.Timeout
    ) -> tuple[BinaryIO, int]:
        parts = _parts(proto)
        begun = [] if length is not None else await _begin(parts)
        if length is None and sum(map(len, begun)) <= limits.STRANGER_BYTES:
            body = b"".join(begun)
            return io.BytesIO(body), len(body)
        if not await self._threads.run(is_known, environ):
            raise Rejected(413, STRANGER)
        async with self._large:
            if most > limits.BODY_BYTES and (length is None or length > limits.BODY_BYTES):
                async with self._files:
                    return await _to_file(begun, parts, most, deadline)
            return await _to_file(begun, parts, most, deadline)


async def _parts(proto: Any) -> AsyncIterator[bytes]:
    """The body as it arrives. granian allows one iteration; this one can be interrupted and continued."""
    async for part in proto:
        yield part


async def _begin(parts: AsyncIterator[bytes]) -> list[bytes]:
    """The first parts of a body of unknown length: all of it, or more than the largest limit."""
    begun, size = [], 0
    async for part in parts:
        begun.append(part)
        size += len(part)
        if size > limits.STRANGER_BYTES:
            break
    return begun


async def _to_file(
    begun: list[bytes], parts: AsyncIterator[bytes], most: int, deadline: asyncio.Timeout
) -> tuple[BinaryIO, int]:
    started = asyncio.get_running_loop().time()  # time spent waiting for others does not count
    deadline.reschedule(started + limits.BODY_SECONDS)
    file: Any = SpooledTemporaryFile(limits.IN_MEMORY)  # noqa: SIM115 (it belongs to the request and is closed with it)
    size = sum(map(len, begun))
    try:
        file.writelines(begun)
        async for part in parts:
            size += len(part)
            if size > most:
                raise Rejected(413, TOO_LARGE.format(most=most))
            file.write(part)
            deadline.reschedule(started + limits.BODY_SECONDS + size / limits.BODY_RATE)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, size


def _is_cut(environ: dict[str, Any], announced: int | None) -> bool:
    """Whether the sender disconnected before the end. In chunks only a form with files shows it: it has an end mark."""
    body = environ["wsgi.input"]
    size = body.seek(0, io.SEEK_END)
    body.seek(max(0, size - 100))
    end = body.read().rstrip()
    body.seek(0)
    if announced is not None and size != announced:
        return True
    return environ.get("CONTENT_TYPE", "").lower().startswith("multipart/form-data") and not end.endswith(b"--")


def _length(environ: dict[str, Any]) -> int | None:
    """The announced length; None for a body in chunks. Raises Rejected for one that is not a number."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    text = environ["CONTENT_LENGTH"]
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise Rejected(400, NO_LENGTH)
    return int(text)
