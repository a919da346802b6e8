#!/usr/bin/env python3
"""Runs a command, with the embedded servers up for its duration where no DATABASE_URL or REDIS_URL points elsewhere."""

import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from django.core.management import CommandParser

# Commands that touch no database; they start nothing.
NO_DATABASE = {
    "try_payout",
    "makemigrations",
    "collectstatic",
    "findstatic",
    "check",
    "diffsettings",
    "help",
    "version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import CommandParser, execute_from_command_line  # noqa: PLC0415

        from servers import embedded  # noqa: PLC0415
    except ImportError as error:
        sys.exit(f"error: {error}; run make setup first")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    CommandParser.error = _refuse  # type: ignore[method-assign]
    try:
        if command not in NO_DATABASE and not {"-h", "--help", "--version"} & set(sys.argv):
            embedded.attach()
            if not os.environ.get("DATABASE_URL"):
                _migrate_for(command)
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if "--traceback" in sys.argv or os.environ.get("DEBUG") == "1":
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        sys.exit(f"error: {reason} (--traceback shows where)")


def _refuse(parser: "CommandParser", message: str) -> NoReturn:
    """Answer wrong arguments as any other error: one line, exit status 1. Left alone, argparse prints its usage."""
    from django.core.management import CommandError  # noqa: PLC0415

    if parser.called_from_command_line:
        sys.exit(f"error: {' '.join(message.split())}; {parser.prog} --help says what it takes")
    raise CommandError(f"Error: {message}")  # as Django has it for who calls a command in the process


def _migrate_for(command: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from servers.schema import migrate_for  # noqa: PLC0415 (it needs the apps)

    migrate_for(command)


if __name__ == "__main__":
    main()
