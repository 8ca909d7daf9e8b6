"""The `openrvr` command. Django is imported only by the commands that need it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from openrvr.config.processes.errors import CannotRun

app = typer.Typer(
    help="Rapid Video Response for victims of domestic abuse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Port = Annotated[int, typer.Option(envvar="PORT", help="The port to listen on; 0 is any free one.")]
Data = Annotated[
    Path,
    typer.Option(envvar="DATA", help="The directory for database, secret key and logs."),
]
_DATA = Path("data")


@app.command()
def serve(
    port: Port = 8000,
    data: Data = _DATA,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    web_processes: Annotated[
        int, typer.Option(min=1, help="How many processes answer requests.")
    ] = 1,
) -> None:
    """Run OpenRVR: PostgreSQL (unless DATABASE_URL names a server), web and worker."""
    from openrvr.config.processes.service import Service

    Service(data.resolve(), port, host, web_processes).run()


@app.command()
def demo(port: Port = 8000, data: Data = _DATA) -> None:
    """Run OpenRVR with a demo force, and print the addresses to open."""
    from openrvr.config.processes.service import Service

    Service(data.resolve(), port, demo=True).run()


@app.command()
def worker(data: Data = _DATA) -> None:
    """Run the worker alone, for a machine that serves no pages."""
    _manage(data, "worker")


@app.command()
def migrate(data: Data = _DATA) -> None:
    """Bring the database's tables and rights up to date."""
    os.environ["OPENRVR_DATABASE_ROLE"] = "owner"
    _manage(data, "prepare_database")


@app.command()
def check(data: Data = _DATA) -> None:
    """Check settings and database before going live."""
    _manage(data, "check", "--deploy", "--database", "default")


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def manage(context: typer.Context) -> None:
    """Pass everything after it through to Django: `openrvr manage help`."""
    _manage(Path(os.environ.get("DATA", _DATA)), *context.args)


def _manage(data: Path, *arguments: str) -> None:
    from openrvr.config.processes.database import reachable_database
    from openrvr.config.processes.management import pass_through

    os.environ["DATA"] = str(data.resolve())
    with reachable_database(data.resolve()):
        pass_through(list(arguments))


def main() -> None:
    """Runs a command; what an operator can put right is one sentence, never a stack trace."""
    try:
        app()
    except CannotRun as error:
        sys.exit(f"openrvr: {error}")
