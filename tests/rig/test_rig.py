"""The kill rig in the size for every change; `python -m tests.rig` runs it whole."""

import json
import os
import subprocess
import sys

from servers.home import PROJECT


def test_nothing_is_lost_or_doubled_while_workers_servers_and_the_queue_die(tables):
    command = [sys.executable, "-m", "tests.rig", "--orders", "2000", "--kills", "5", "--pace", "1"]
    run = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **tables}, capture_output=True, text=True, timeout=900
    )
    assert run.returncode == 0, run.stderr[-8000:]
    outcome = json.loads(run.stdout)
    assert (outcome["orders"], outcome["kills"]) == (2_000, 5)
    assert outcome["sent"] == 2_100  # one in twenty is sent twice
    assert outcome["journeys"] == 1_500  # one in four names its partner
    assert outcome["notifications_lost"] > 0
    assert outcome["kills_amid_writing"] > 0
