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
def demo(
    port: Port = 8000,
    data: Data = _DATA,
    lan: Annotated[
        str,
        typer.Option(help="Serve the local network over HTTPS: an address of this computer, or 1."),
    ] = "",
) -> None:
    """Run OpenRVR with a demo force, and print the addresses to open."""
    from openrvr.config.processes.service import Service

    Service(data.resolve(), port, demo=True, lan=lan).run()


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


evidence = typer.Typer(help="Packages of evidence.", no_args_is_help=True)
app.add_typer(evidence, name="evidence")


@evidence.command()
def verify(
    package: Annotated[Path, typer.Argument(help="The package: a directory, or a ZIP of one.")],
    key: Annotated[
        list[str] | None,
        typer.Option(help="A public key that the force publishes, in hexadecimal; several may be."),
    ] = None,
    root: Annotated[
        list[Path] | None,
        typer.Option(help="A certificate (PEM) that a time-stamp authority is believed by."),
    ] = None,
) -> None:
    """Verify a package offline: exit 0, or 1 with the first thing that is wrong."""
    from openrvr.journey.evidence.package.report import report

    sys.exit(report(package, keys=key or [], roots=root or []))


@evidence.command()
def export(
    reference: Annotated[str, typer.Argument(help="The case: RVR-26-000014.")],
    directory: Annotated[Path, typer.Argument(help="Where the package is written.")],
    by: Annotated[str, typer.Option(help="The user name of whoever answers for the export.")],
    data: Data = _DATA,
) -> None:
    """Write the package of a case."""
    _manage(data, "export_evidence", reference, str(directory.resolve()), "--by", by)


@evidence.command()
def keys(data: Data = _DATA) -> None:
    """Print the public keys that packages are verified by: publish them."""
    from openrvr.config.secrets import evidence_signing_keys
    from openrvr.journey.evidence.custody.keys import SigningKey

    for secret in evidence_signing_keys(data.resolve()):
        typer.echo(SigningKey(secret).public.hex())


NodesSecret = Annotated[
    str, typer.Option(envvar="OPENRVR_JANUS_SECRET", help="The secret of the force's nodes.")
]


def _must_be_set(secret: str) -> None:
    if not secret:
        raise CannotRun("Set OPENRVR_JANUS_SECRET to what the web processes have too.")


media = typer.Typer(help="What carries the calls.", no_args_is_help=True)
app.add_typer(media, name="media")


@media.command()
def config(
    folder: Annotated[Path, typer.Argument(help="Where Debian's Janus finds its configuration.")],
    address: Annotated[
        str, typer.Option(help="The private address that OpenRVR reaches the node at.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="And the port.")] = 8188,
    media_address: Annotated[
        str, typer.Option(help="The address of this machine that browsers send to; else any.")
    ] = "",
    ports: Annotated[str, typer.Option(help="The UDP ports for media.")] = "20000-40000",
    outside: Annotated[
        str, typer.Option(help="That address as the browsers see it, where it is translated.")
    ] = "",
    secret: NodesSecret = "",
) -> None:
    """Write the configuration of a Janus node. It holds keys: its owner alone can read it."""
    from openrvr.journey.call.media.janus.configuration import NodeFiles

    _must_be_set(secret)
    NodeFiles(secret, address, port, media_address, ports, outside).write(folder)
    typer.echo(f"Written to {folder}. Start it with: janus --configs-folder {folder}")


@media.command()
def drain(
    name: Annotated[str, typer.Argument(help="The node, as OPENRVR_JANUS_NODES names it.")],
    by: Annotated[str, typer.Option(help="The user name of whoever answers for it.")],
    at_once: Annotated[bool, typer.Option(help="Move the calls that it has, too.")] = False,
    data: Data = _DATA,
) -> None:
    """Give a node no more calls, before it is worked on."""
    _manage(data, "media_node", "drain", name, "--by", by, *(["--at-once"] if at_once else []))


@media.command()
def back(
    name: Annotated[str, typer.Argument(help="The node, as OPENRVR_JANUS_NODES names it.")],
    by: Annotated[str, typer.Option(help="The user name of whoever answers for it.")],
    data: Data = _DATA,
) -> None:
    """Give a node calls again."""
    _manage(data, "media_node", "back", name, "--by", by)


@media.command()
def agent(
    node: Annotated[str, typer.Argument(help="This node, as OPENRVR_JANUS_NODES names it.")],
    url: Annotated[str, typer.Argument(help="OpenRVR, as it is reached from here.")],
    recordings: Annotated[
        Path,
        typer.Option(
            envvar="OPENRVR_JANUS_RECORDINGS", help="The directory that Janus records to."
        ),
    ],
    secret: NodesSecret = "",
    least_room: Annotated[
        int, typer.Option(help="MB: with less room than that the node is to get no more calls.")
    ] = 1000,
) -> None:
    """Hand over what the node beside it records, while the calls go on. Ended by Ctrl-C."""
    from openrvr.journey.call.media.recording.agent import beside

    _must_be_set(secret)
    if not recordings.is_dir():
        raise CannotRun(f"{recordings} is no directory.")
    (recordings / node).mkdir(0o700, exist_ok=True)
    beside(recordings / node, url, node, secret, least_room)


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
