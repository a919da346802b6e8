"""Files made to bring their reader down, each with words of the sentence that must refuse it.

`python -m tests.common.tables.hostile FILE…` reads files and says in a line of JSON for each how that went: the words
of the refusal, processor seconds and peak memory of reader and child, and whether a child is left.
"""

import gzip
import io
import json
import os
import random
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlwt
from openpyxl import Workbook
from xlwt.CompoundDoc import XlsDoc

from common.refusals import Refused
from common.tables.read import read_table

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
OPEN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSE = b"</sheetData></worksheet>"
SECTOR = 512
HYPERLINK = bytes.fromhex("D0C9EA79F9BACE118C8200AA004BA90B")  # the class of all links
END_OF_FILE = struct.pack("<HH", 0x0A, 0)


def workbook(*rows: list[object], **cells: object) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    book.save(out)
    return out.getvalue()


def with_part(name: str, data: bytes, content: bytes = b"") -> bytes:
    """A workbook with one of its parts exchanged, or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content or workbook(["A"]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, data)
    return out.getvalue()


def with_sheet(xml: bytes) -> bytes:
    return with_part(SHEET, OPEN + xml + CLOSE)


def parts(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}", b"")
    return out.getvalue()


def overlapping(count: int = 2_000) -> bytes:
    """Entries which all lead to the same packed megabyte: 100 kB that unpack to two gigabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/a.xml", bytes(1024**2))
    content = out.getvalue()
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    directory = content[start:end] * count
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    return content[:start] + directory + tail


def password_zip() -> bytes:
    """A zip whose parts say that they are encrypted."""
    content = bytearray(workbook(["A"]))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    return bytes(content)


def old_workbook(extra: bytes = b"", first: bytes = b"") -> bytes:
    """An xls of one cell, with more records at the end of its sheet or right after its first."""
    book = xlwt.Workbook()
    book.add_sheet("Sheet1").write(0, 0, "A")
    records = book.get_biff_data()
    head = 4 + struct.unpack("<H", records[2:4])[0]
    return container(records[:head] + first + records[head:-4] + extra + END_OF_FILE)


def container(stream: bytes) -> bytes:
    out = io.BytesIO()
    XlsDoc().save(out, stream)
    return out.getvalue()


def record(number: int, data: bytes) -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def patched(*changes: tuple[int, bytes], content: bytes = b"") -> bytes:
    """An xls with bytes overwritten; see the layout of the header in [MS-CFB]."""
    whole = bytearray(content or old_workbook())
    for at, data in changes:
        whole[at : at + len(data)] = data
    return bytes(whole)


def directory() -> int:
    """Where the directory of `old_workbook()` starts."""
    return SECTOR * (1 + struct.unpack("<i", old_workbook()[48:52])[0])


def table() -> int:
    """Where its first sector of the allocation table starts."""
    return SECTOR * (1 + struct.unpack("<i", old_workbook()[76:80])[0])


def storages(count: int) -> bytes:
    """A directory of storages each within the one before."""
    entries = b""
    for number in range(count):
        name = f"{number}".encode("utf-16-le")
        kind = 5 if number == 0 else 1
        entries += name.ljust(64, b"\0") + struct.pack("<HBBiii", len(name) + 2, kind, 1, -1, -1, number + 1)
        entries += bytes(36) + struct.pack("<iii", -2, 0, 0)
    sectors = len(entries) // SECTOR
    tables = -(-(sectors + 200) // 128)
    chain = [*range(1, sectors), -2] + [-3] * tables
    chain += [-1] * (tables * 128 - len(chain))
    head = old_workbook()[:44] + struct.pack("<iiiiiiii", tables, 0, 0, 4096, -2, 0, -2, 0)
    head += struct.pack("<109i", *range(sectors, sectors + tables), *[-1] * (109 - tables))
    return head + entries + struct.pack(f"<{len(chain)}i", *chain)


def encrypted() -> bytes:
    """What Excel makes of any workbook with a password: a container without a stream of its name."""
    name, other = ("EncryptedPackage".encode("utf-16-le"), "Workbook".encode("utf-16-le"))
    content = old_workbook()
    at = content.index(other)
    return patched((at, name), (at + 64, struct.pack("<H", len(name) + 2)), content=content)


def hyperlink() -> bytes:
    """One link that lies on every cell there is: 4,295 million."""
    return record(0x1B8, struct.pack("<4H", 0, 65535, 0, 65535) + HYPERLINK + struct.pack("<II", 2, 0))


def one_cell(size: int = 120_000_000) -> bytes:
    """A workbook within all proportions, whose one cell holds so many characters."""
    text = noise(1_500).hex().encode() * (size // 3_000)
    return with_sheet(b'<row r="1"><c t="inlineStr"><is><t>' + text + b"</t></is></c></row>")


def bomb(size: int) -> bytes:
    return gzip.compress(b"A\n" + b"0" * size, compresslevel=6, mtime=0)


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def merged(count: int, ref: str, *, rows: int = 50) -> bytes:
    """Rows under a cell of 30,000 characters, and so many merged ranges."""
    cells = b'<row r="1"><c t="inlineStr"><is><t>' + noise(15_000).hex().encode() + b"</t></is></c></row>"
    cells += b"".join(b'<row r="%d"><c r="B%d"><v>1</v></c></row>' % (row, row) for row in range(2, rows))
    ranges = b"".join(b'<mergeCell ref="' + ref.encode() + b'"/>' for _ in range(count))
    return with_part(SHEET, OPEN + cells + b"</sheetData><mergeCells>" + ranges + b"</mergeCells></worksheet>")


OLD = "a.xls"
NEW = "a.xlsx"
DAMAGED = "damaged"
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "cells in the two corners": (NEW, lambda: workbook(A1="OrderId", XFD1048576=1), "column 16,384"),
    "a row past the end": (
        NEW, lambda: with_sheet(b'<row r="1"><c><v>1</v></c></row><row r="999999999"><c><v>1</v></c></row>'),
        "row 999,999,999"),
    "a row with a number of a million digits": (
        NEW, lambda: with_sheet(b'<row r="' + b"9" * 1_000_000 + b'"><c><v>1</v></c></row>'), DAMAGED),
    "a cell with a number of 150,000 digits": (
        NEW, lambda: with_sheet(b'<row r="1"><c><v>' + b"9" * 150_000 + b"</v></c></row>"), DAMAGED),
    "a zip bomb": (NEW, lambda: with_part(SHEET, OPEN + b" " * 50_000_000), "200 times"),
    "a zip bomb beside the sheet": (NEW, lambda: with_part("xl/media/image.png", bytes(50_000_000)), "200 times"),
    "a zip bomb of overlapping entries": (NEW, overlapping, "1 GB"),
    "an entity bomb": (
        NEW, lambda: with_part(SHEET, b'<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + OPEN + b"&b;"),
        "XML entities"),
    "an entity bomb in the strings": (
        NEW, lambda: with_part(STRINGS, b'<!DOCTYPE b [<!ENTITY a "aaaa">]><sst><si><t>&a;</t></si></sst>'),
        "XML entities"),
    "an entity of the system": (
        NEW, lambda: with_part(STYLES, b'<!DOCTYPE b SYSTEM "file:///etc/passwd"><b/>'), "XML entities"),
    "entities in UTF-16": (
        NEW, lambda: with_part(SHEET, '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE b [<!ENTITY a "a">]><b/>'
                               .encode("utf-16")), "XML entities"),
    "300,000 merged cells": (NEW, lambda: merged(300_000, "A1:A9"), "more than 200,000 merged"),
    "merged cells over each other": (NEW, lambda: merged(50_000, "A1:XFD1048576"), "overlap"),
    "a merged cell that repeats a text 3,000 times": (
        NEW, lambda: merged(1, "A1:A1048576", rows=3_000), "repeat more than 64 MB"),
    "a merged cell that is none": (NEW, lambda: merged(1, "A1:ZZZZZZ99999999999999999999"), DAMAGED),
    "one endless comment": (
        NEW, lambda: with_part(SHEET, b"<!--" + noise(400_000).hex().encode() + b"-->" + OPEN), DAMAGED),
    "elements 100,000 deep": (
        NEW, lambda: with_part(SHEET, OPEN + b"<row><c><is>" + b"<a>" * 100_000), DAMAGED),
    "styles 100,000 deep": (NEW, lambda: with_part(STYLES, b"<styleSheet>" + b"<fonts>" * 100_000), DAMAGED),
    "10,001 parts": (NEW, lambda: parts(10_001), "10,001 parts"),
    "not XML at all": (NEW, lambda: with_part(SHEET, b"\x00\x01\x02"), DAMAGED),
    "a string that is not there": (
        NEW, lambda: with_sheet(b'<row r="1"><c t="s"><v>999999</v></c></row>'), DAMAGED),
    "a NUL character": (
        NEW, lambda: with_sheet(b'<row r="1"><c t="inlineStr"><is><t>a_x0000_</t></is></c></row>'), "NUL"),
    "a zip with a password": (NEW, password_zip, "password"),
    "a workbook with a password": (NEW, encrypted, "password"),
    "cut off": (NEW, lambda: workbook(["A"])[:2_000], DAMAGED),
    "noise after the first bytes": (NEW, lambda: b"PK\x03\x04" + noise(5_000), DAMAGED),
    "macros by name": ("a.xlsm", lambda: workbook(["A"]), "not a supported kind of file"),
    "binary by name": ("a.xlsb", lambda: workbook(["A"]), "not a supported kind of file"),
    "an old template by name": ("a.xlt", old_workbook, "not a supported kind of file"),
    "new by content, old by name": (OLD, lambda: workbook(["A"]), "it is a .xlsx file"),
    "old by content, new by name": (NEW, old_workbook, "it is a .xls file"),
    "a page by content": (OLD, lambda: b"<html><table><tr><td>A", "save it again as .xls"),
    "old: all zeros": (OLD, lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000), DAMAGED),
    "old: noise": (OLD, lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise(50_000), DAMAGED),
    "old: cut off": (OLD, lambda: old_workbook()[:3_000], DAMAGED),
    "old: a password": (OLD, lambda: old_workbook(first=record(0x2F, bytes(6))), "password"),
    "old: a new workbook with a password": (OLD, encrypted, "password"),
    "old: a stream of two gigabytes": (
        OLD, lambda: patched((directory() + 128 + 120, struct.pack("<i", 2**31 - 1))), DAMAGED),
    "old: a negative stream": (OLD, lambda: patched((directory() + 128 + 120, struct.pack("<i", -5))), DAMAGED),
    "old: an allocation table in a circle": (
        OLD, lambda: patched((table(), struct.pack("<128i", *[*range(1, 128), 0]))), DAMAGED),
    "old: an allocation table that holds itself": (
        OLD, lambda: patched((68, struct.pack("<ii", 0, 2**31 - 1))), DAMAGED),
    "old: sectors of a megabyte": (OLD, lambda: patched((30, struct.pack("<HH", 20, 20))), DAMAGED),
    "old: sectors of one byte": (OLD, lambda: patched((30, struct.pack("<HH", 0, 0))), DAMAGED),
    "old: a directory in a circle": (
        OLD, lambda: patched((directory() + 128 + 68, struct.pack("<iii", 1, 1, 1))), DAMAGED),
    "old: storages 2,000 deep": (OLD, lambda: storages(2_000), DAMAGED),
    "old: a cell in column 16,384": (
        OLD, lambda: old_workbook(record(0x203, struct.pack("<HHHd", 65535, 16383, 15, 1.0))), DAMAGED),
    "old: 2,147 million strings": (
        OLD, lambda: old_workbook(first=record(0xFC, struct.pack("<ii", 2**31 - 1, 2**31 - 1))), DAMAGED),
    "old: a link on every cell": (OLD, lambda: old_workbook(hyperlink()), "takes too long|more memory"),
    "old: a record longer than the file": (OLD, lambda: old_workbook(struct.pack("<HH", 0x203, 0xFFFF)), DAMAGED),
    "packed: a bomb": ("a.csv.gz", lambda: bomb(50_000_000), "200 times"),
    "packed: a bomb in many parts": ("a.csv.gz", lambda: bomb(1_000_000) * 300, "200 times"),
    "packed: packed twice": ("a.csv.gz", lambda: gzip.compress(bomb(50_000_000)), "Line 1"),
    "packed: cut off": ("a.csv.gz", lambda: gzip.compress(noise(5_000).hex().encode())[:900], DAMAGED),
    "packed: a workbook": ("a.csv.gz", lambda: gzip.compress(workbook(["A"])), "Line"),
}  # fmt: skip


def how_it_goes(path: Path) -> dict[str, object]:
    """Read a file to its end and say how that went. Memory is the most that this process and its children ever took."""
    before, words = _seconds(), ""
    try:
        for _ in read_table(path, path.name):
            pass
    except Refused as refused:
        words = str(refused)
    # Of itself a process is told what its parent had before the fork, too: the kernel's own record has it right.
    own = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    peak = max(int(own[1]) if own else 0, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    left = Path(f"/proc/self/task/{os.getpid()}/children")
    return {"words": words, "seconds": _seconds() - before, "megabytes": peak / 1024, "left": left.read_text()}


def _seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(json.dumps(how_it_goes(Path(argument))), flush=True)
