"""Reading workbooks, never in this process: a child reads, with limits on memory and time, and sends rows back.

A workbook of 5 kB can ask for gigabytes, and some bring their reader down. The child answers in lines of JSON,
`{"sheet": "…", "others": […]}` and `[row number, [cells], [specials]]`, and ends with `{"end": true}` or
`{"refused": "…"}`; it reads only as fast as its rows are used.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from common.refusals import Refused
from common.tables.header import Record
from common.tables.layout import Layout
from common.tables.workbooks.cells import Cell

PROJECT = Path(__file__).resolve().parents[3]
SILENCE = 30.0  # seconds without a row after which the child is ended
MAX_SIZE = 256 * 1024**2
MAX_ANSWER = 64 * 1024**2  # bytes of one row: 4,096 cells of a few thousand characters


def read_sheet(
    file: BinaryIO, kind: str, layout: Layout | None, sheet: str, found: Callable[[str, list[str]], None]
) -> Generator[Record]:
    """Yield the rows of a sheet: the one of that name, else the first visible one that has the layout's columns.

    `found` receives its name and those of the other visible ones. Raises Refused in one sentence; a hostile
    workbook gets 2 s of CPU.
    """
    asked: dict[str, object] = {"sheet": sheet}
    if layout:
        asked |= {"names": list(layout.columns), "numbered": list(layout.numbered)}
    with tempfile.TemporaryFile() as copy:
        if _copy(file, copy) > MAX_SIZE:
            raise Refused(f"The workbook is larger than {MAX_SIZE // 1024**2} MB: save it as csv.")
        copy.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "common.tables.workbooks.child", kind, str(os.getpid()), json.dumps(asked)],
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env={"PATH": os.defpath, "PYTHONUTF8": "1"},  # it gets no environment variables, so no secrets
        )
    try:
        yield from _records(child, found)
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def _copy(file: BinaryIO, copy: IO[bytes]) -> int:
    size = 0
    while size <= MAX_SIZE and (chunk := file.read(1024**2)):
        size += copy.write(chunk)
    return size


def _records(child: "subprocess.Popen[bytes]", found: Callable[[str, list[str]], None]) -> Generator[Record]:
    for line in _lines(child):
        answer = json.loads(line)
        if isinstance(answer, list):
            number, cells, *specials = answer
            for index, kind, as_id, merged in specials[0] if specials else ():
                cells[index] = Cell.made(cells[index], kind, as_id, merged, row=number, column=index + 1)
            yield number, cells
        elif "sheet" in answer:
            found(answer["sheet"], answer["others"])
        elif "refused" in answer:
            raise Refused(answer["refused"])
        else:
            return
    if child.wait() == -signal.SIGXCPU:
        raise Refused("The workbook takes too long to read: save it as csv.")
    raise Refused("The workbook needs more memory than it may have, or is damaged: save it as csv.")


def _lines(child: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    assert child.stdout is not None
    pipe, rest = child.stdout.fileno(), b""
    while True:
        if not select.select([pipe], [], [], SILENCE)[0]:
            raise Refused("The workbook takes too long to read: save it as csv.")
        chunk = os.read(pipe, 65_536)
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > MAX_ANSWER:
            raise Refused("The workbook has a row of more than 64 MB: this is not a table.")
