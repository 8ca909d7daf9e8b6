"""Django's commands, also several in one process (`python -m ...management NAME...`)."""

from __future__ import annotations

import os
import sys


def pass_through(arguments: list[str]) -> None:
    """Runs one Django command with all its arguments, as its own `manage.py` would."""
    _choose_settings()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["openrvr manage", *arguments])


def run(*commands: str) -> None:
    """Runs several commands in one process: importing Django takes longer than most of them."""
    _choose_settings()
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    try:
        for command in commands:
            call_command(command, verbosity=0)
    except CommandError as error:
        sys.exit(str(error))


def _choose_settings() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openrvr.config.settings")


if __name__ == "__main__":
    run(*sys.argv[1:])
