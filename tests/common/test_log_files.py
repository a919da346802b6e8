"""Log files that are rotated while several processes write to them."""

import json
import os
import subprocess
import sys
from pathlib import Path

from common.observability.log_files import KEPT, copy_aside, rotate
from servers.home import PROJECT

WRITER = """
import logging.config, sys, time
from common.observability.logs import logging_settings
logging.config.dictConfig(logging_settings(format="json", level="INFO"))
for number in range(400):
    logging.getLogger("w").info("line", extra={})
    logging.getLogger("w").info("%s %s", sys.argv[1], number)
    time.sleep(0.002)
"""


def test_no_line_of_several_writers_is_lost_or_doubled_and_no_more_files_are_kept_than_said(tmp_path):
    log = tmp_path / "web.log"
    with log.open("a") as output:
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=PROJECT, stdout=output, stderr=output,
                             env={**os.environ, "BRANDBOARD_LOG": str(log)})
            for name in ("a", "b")
        ]  # fmt: skip
    put = 0
    while any(writer.poll() is None for writer in writers):
        put += put < KEPT and rotate(log, limit=30_000)
    assert put >= 3
    lines = [json.loads(line) for path in tmp_path.iterdir() for line in path.read_text().splitlines()]
    numbered = sorted(line["event"] for line in lines if line["event"] != "line")
    assert numbered == sorted(f"{name} {number}" for name in ("a", "b") for number in range(400))


def test_the_oldest_file_makes_room(tmp_path):
    log = tmp_path / "web.log"
    for number in range(KEPT + 3):
        log.write_text(f"{number}\n" * 10)
        assert rotate(log, limit=10)
    assert not rotate(log, limit=10)
    kept = {path.name: path.read_text()[0] for path in tmp_path.iterdir()}
    assert kept == {f"web.log.{number}": str(KEPT + 3 - number) for number in range(1, KEPT + 1)}


def test_the_file_of_a_program_that_cannot_follow_is_copied_and_emptied(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    with log.open("a") as output:
        output.write("before\n" * 10)
        output.flush()
        assert copy_aside(log, limit=10)
        output.write("after\n")
    assert log.read_text() == "after\n"
    assert (tmp_path / "postgres.log.1").read_text() == "before\n" * 10
