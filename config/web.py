"""The web processes of `make run`: the product is loaded once, and granian forks its workers from what is loaded.

`python -m config.web [--held] ARGUMENTS` takes granian's own arguments. With --held nothing is served before a line has
come on standard input: so loading goes on beside the start of the servers and the look at what they hold.
"""

import gc
import multiprocessing
import os
import signal
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

PRODUCT = "config.wsgi:application"
ENDING = (signal.SIGTERM, signal.SIGINT)


def load() -> "WSGIHandler":
    """The whole application: also what Django itself would leave to the first request."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_POOL", "12")
    from django.conf import settings  # noqa: PLC0415 (it reads what is set above)
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)
    return application


def main(arguments: list[str]) -> int:
    """Serve until told to stop; exit status 1 where whoever held us is gone."""
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # from Python 3.14 on it has to be asked for
    if multiprocessing.get_start_method() == "fork" and PRODUCT in arguments:
        gc.disable()  # a twentieth of the loading goes into looking through what stays for ever
        load()
        gc.freeze()  # the workers share these pages as long as nobody writes to them
        gc.enable()
        os.register_at_fork(before=_hold_signals, after_in_parent=_release_signals, after_in_child=_end_when_told)
    from granian.cli import cli  # noqa: PLC0415 (its share of the loading)

    if "--held" in arguments:
        if not sys.stdin.readline():
            return 1
        _read_manifest()
    cli([word for word in arguments if word != "--held"], prog_name="granian", auto_envvar_prefix="GRANIAN")
    return 0


def _read_manifest() -> None:
    """Static files may have been collected anew since we loaded: pages link them by the names that hold now."""
    from django.contrib.staticfiles.storage import staticfiles_storage  # noqa: PLC0415 (after the settings)

    storage: Any = staticfiles_storage
    if hasattr(storage, "load_manifest"):  # not with DEBUG
        storage.hashed_files, storage.manifest_hash = storage.load_manifest()


def _hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end_when_told() -> None:
    # A new worker still has the handlers of its parent, which do nothing there: told to end, it would never.
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    _release_signals()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
