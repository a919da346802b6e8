"""When `make run` may start without `prepare`: only where nothing has changed since the last one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from servers import boot_cache as stamp
from tests.factories import make_user

Current = Callable[[], bool]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of three files, and a home in which its static files are collected."""
    for name in ("requirements.txt", "static/app.css", "program/migrations/0001_initial.py", "home/static/.collected"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first")
    monkeypatch.setattr(stamp, "PROJECT", tmp_path)
    monkeypatch.setenv("BRANDBOARD_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def is_current(transactional_db: None, project: Path, product_environment: dict[str, str]) -> Current:
    """Ask about this test's database, after all of it was prepared with one user in it."""
    make_user(username="alice")
    write()
    return lambda: stamp.is_current(product_environment["DATABASE_URL"])


def write() -> None:
    with connection.cursor() as cursor:
        cursor.execute(stamp.STATE)
        stamp.write(cursor.fetchone()[0])


def test_nothing_has_changed(is_current: Current) -> None:
    assert is_current()


@pytest.mark.parametrize(
    "name", ["requirements.txt", "static/new.css", "program/migrations/0002_more.py", "home/static/.collected"]
)
def test_a_file_that_changed_is_prepared_for(is_current: Current, project: Path, name: str) -> None:
    (project / name).write_text("a second")
    assert not is_current()
    write()
    assert is_current()


def test_static_files_that_are_gone_are_collected_again(is_current: Current, project: Path) -> None:
    (project / "home/static/.collected").unlink()
    assert not is_current()


def test_a_database_with_other_migrations_is_prepared(is_current: Current) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("program", "9999_later")
    assert not is_current()
    recorder.record_unapplied("program", "9999_later")
    assert is_current()


def test_a_database_without_users_is_a_first_start(is_current: Current, django_user_model: type) -> None:
    django_user_model.objects.all().delete()  # type: ignore[attr-defined]
    assert not is_current()


def test_a_database_that_does_not_answer_is_left_to_prepare(is_current: Current) -> None:
    assert not stamp.is_current("host=/nowhere dbname=nothing")
