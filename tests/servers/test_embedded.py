"""The embedded servers: shared by the commands of a home, gone with the last of them."""

import grp
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from servers.embedded.places import own_folder
from servers.embedded.supervisor import servers_of
from servers.home import PROJECT
from tests.servers.conftest import Hold, servers_running


def test_two_holders_share_and_the_last_one_stops_the_servers(
    hold: Hold, home: Path, nothing_left: Callable[[], list[str]]
) -> None:
    first, second = hold(), hold()
    assert servers_running(home) == 2
    first.terminate()
    first.wait(120)
    time.sleep(0.5)
    assert servers_running(home) == 2
    second.terminate()
    second.wait(120)
    assert nothing_left() == []


def test_a_killed_holder_leaves_nothing_running(hold: Hold, home: Path, nothing_left: Callable[[], list[str]]) -> None:
    holder = hold()
    holder.kill()
    assert nothing_left() == []


def test_the_sockets_are_closed_to_others_and_reset_removes_everything(
    hold: Hold, home: Path, environment: dict[str, str]
) -> None:
    holder = hold()
    place = servers_of(home)["valkey"].place
    assert place.sockets.stat().st_mode & 0o777 == 0o700
    reset = [sys.executable, "-m", "servers.reset"]
    refused = subprocess.run(reset, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (refused.returncode, refused.stderr) == (1, f"error: Brandboard runs on {home}; stop it first\n")
    holder.terminate()
    holder.wait(120)
    subprocess.run(reset, cwd=PROJECT, env=environment, check=True)
    assert not home.exists()
    assert not place.sockets.exists()


def test_both_keepers_may_make_the_folder_that_they_share_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(2)

    def make(number: int, name: str) -> None:
        together.wait()
        own_folder(tmp_path / f"home-{number}" / "data" / name, None)

    with ThreadPoolExecutor(2) as supervisors:
        for number in range(300):
            for supervisor in [supervisors.submit(make, number, name) for name in ("postgres", "valkey")]:
                supervisor.result()


def test_a_home_that_the_databases_user_cannot_reach_keeps_its_data_elsewhere(root: None, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    environment = {**os.environ, "BRANDBOARD_HOME": str(closed / "home")}
    for name in ("DATABASE_URL", "REDIS_URL", "BRANDBOARD_TEST_HOME", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    place = servers_of(closed / "home")["postgres"].place
    try:
        assert place.elsewhere is not None
        command = [sys.executable, "manage.py", "migrate", "contenttypes", "--verbosity=0"]
        answer = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        assert str(place.elsewhere) in answer.stderr
        group = grp.getgrnam("brandboard").gr_gid
        for folder in (closed / "home", place.elsewhere.parent, place.elsewhere):
            assert (folder.stat().st_mode & 0o777, folder.stat().st_gid) == (0o710, group)
        subprocess.run([sys.executable, "-m", "servers.reset"], cwd=PROJECT, env=environment, check=True)
        assert not place.elsewhere.exists()
    finally:
        shutil.rmtree(place.data, ignore_errors=True)
