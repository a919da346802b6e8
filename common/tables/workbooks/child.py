"""The process that reads a workbook: `python -m common.tables.workbooks.child .xlsx PARENT [ASKED] < file`.

ASKED is JSON: the names of the table's columns, by which its sheet is found, and the sheet that is wanted, if any.
"""

import json
import os
import signal
import sys
from typing import Any, BinaryIO

from common.refusals import Refused
from common.tables.layout import Names
from common.tables.workbooks.limits import DAMAGED, allow_time, limit_process
from common.tables.workbooks.sheet import SheetRow, full_rows, pick
from common.tables.workbooks.xls import xls_sheets
from common.tables.workbooks.xlsx import xlsx_sheets


def main(kind: str, parent: int, file: BinaryIO, asked: dict[str, Any]) -> None:
    _end_with(parent)
    limit_process()
    try:
        sheets = xlsx_sheets(file) if kind == ".xlsx" else xls_sheets(file)
        names = Names(asked["names"], asked["numbered"]) if asked.get("names") else None
        sheet, others = pick(sheets, names, asked.get("sheet", ""))
        sys.stdout.write(json.dumps({"sheet": sheet.name, "others": others}) + "\n")
        rows = full_rows(sheet)
        allow_time()
        for row in rows:
            line = _line(row)
            if "\\u0000" in line:
                _check_text(row)
            sys.stdout.write(line + "\n")
        answer: dict[str, object] = {"end": True}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "The workbook needs more memory than it may have: save it as csv."}
    except BrokenPipeError:
        return
    except Exception:  # workbook readers raise every kind of exception
        answer = {"refused": DAMAGED}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _line(row: SheetRow) -> str:
    if not row.specials:
        return json.dumps([row.number, row.cells])
    return json.dumps([row.number, row.cells, [[index, *special] for index, special in row.specials.items()]])


def _check_text(row: SheetRow) -> None:
    if any("\0" in cell for cell in row.cells):
        raise Refused(f"Row {row.number:,} contains a NUL character: delete it and save the file again.")


def _end_with(parent: int) -> None:
    """Look every second whether the reader is still there: the child of a killed worker must not keep running."""

    def look(*_: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.stdin.buffer, json.loads(sys.argv[3]) if sys.argv[3:] else {})
