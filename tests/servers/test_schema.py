"""The first command of a new home finds a database that is ready."""

import json
import subprocess
import sys

from servers.home import PROJECT


def test_the_first_command_of_a_home_makes_its_tables(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "create_program", "--id=1000", "--name=Shop", "--currency=GBP"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["ProgramId"] == 1000
