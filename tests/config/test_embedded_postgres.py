from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from openrvr.config.processes.data_directory import DataInUse, locked
from openrvr.config.processes.embedded_postgres import (
    APPLICATION_ROLE,
    OWNER_ROLE,
    Cluster,
    ClusterOfAnotherVersion,
    SocketDirectoryTaken,
    ephemeral_cluster,
    running,
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with ephemeral_cluster() as made:
        yield made


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every account may pass through, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o711)
        yield Path(directory)


@pytest.fixture
def home(place: Path) -> Iterator[Cluster]:
    """A cluster that is not running, as durable as a real one."""
    made = Cluster(place / "postgresql")
    made.make_if_missing()
    yield made
    made.tidy()


def value(cluster: Cluster, query: sql.SQL, role: str = OWNER_ROLE) -> object:
    with psycopg.connect(cluster.url(role)) as connection:
        row = connection.execute(query).fetchone()
        return row and row[0]


def test_it_listens_on_no_network_address(cluster: Cluster) -> None:
    assert value(cluster, sql.SQL("SHOW listen_addresses")) == ""


def test_its_pages_have_checksums_and_its_passwords_are_never_sent(cluster: Cluster) -> None:
    assert value(cluster, sql.SQL("SHOW data_checksums")) == "on"
    methods = sql.SQL("SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules")
    with psycopg.connect(cluster.url("postgres")) as connection:
        row = connection.execute(methods).fetchone()
    assert row == ("scram-sha-256",)


def test_it_does_not_depend_on_the_locales_of_the_machine(cluster: Cluster) -> None:
    locale = sql.SQL(
        "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'openrvr'"
    )
    assert value(cluster, locale) == "b C.UTF-8"


def test_only_this_user_reads_its_passwords_and_its_socket(cluster: Cluster) -> None:
    for path in (cluster.home / "passwords.json", cluster.socket_directory, cluster.files):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_the_applications_role_can_neither_make_tables_nor_read_others(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(OWNER_ROLE)) as owner:
        owner.execute("CREATE TABLE log (line text)")
    with psycopg.connect(cluster.url(APPLICATION_ROLE), autocommit=True) as application:
        for forbidden in ("CREATE TABLE mine ()", "SELECT * FROM log", "TRUNCATE log"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(sql.SQL(forbidden))


def test_the_owner_can_make_databases_for_tests_and_is_no_superuser(cluster: Cluster) -> None:
    rights = sql.SQL(
        "SELECT rolcreatedb AND NOT rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    assert value(cluster, rights) is True


def test_what_was_committed_survives_a_sigkill(home: Cluster, tmp_path: Path) -> None:
    with running(home, tmp_path / "log") as server:
        with psycopg.connect(home.url(OWNER_ROLE)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
        with running(home, tmp_path / "log"):
            assert value(home, sql.SQL("SELECT answer FROM kept")) == 42


def test_a_server_whose_starter_was_killed_makes_way(home: Cluster, tmp_path: Path) -> None:
    """The orphan ends by itself; the next start waits for that instead of giving up."""
    script = """if True:
        import sys
        from pathlib import Path
        from openrvr.config.processes.embedded_postgres import Cluster, running
        with running(Cluster(Path(sys.argv[1])), Path(sys.argv[2])):
            print("running", flush=True)
            sys.stdin.read()
    """
    arguments = [sys.executable, "-c", script, str(home.home), str(tmp_path / "log")]
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout
        assert starter.stdout.readline() == "running\n"
        starter.kill()
    with running(home, tmp_path / "log"):
        assert value(home, sql.SQL("SELECT 1")) == 1


def test_a_stale_number_that_another_program_has_now_is_not_believed(
    home: Cluster, tmp_path: Path
) -> None:
    (home.files / "postmaster.pid").write_text(
        f"{os.getpid()}\n{home.files}\n0\n5432\n\n\n\nready\n"
    )
    with running(home, tmp_path / "log"):
        assert value(home, sql.SQL("SELECT 1")) == 1


def test_making_it_was_interrupted(place: Path) -> None:
    (place / "postgresql.new" / "cluster").mkdir(parents=True)
    cluster = Cluster(place / "postgresql", ephemeral=True)
    cluster.make_if_missing()
    with running(cluster, place / "log"):
        assert value(cluster, sql.SQL("SELECT 1")) == 1


def test_a_directory_of_another_postgresql_is_refused(home: Cluster) -> None:
    (home.files / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterOfAnotherVersion, match="was made by PostgreSQL 9"):
        home.make_if_missing()


def test_a_socket_directory_of_somebody_else_is_refused(home: Cluster) -> None:
    home.socket_directory.mkdir()
    home.socket_directory.chmod(0o777)
    with pytest.raises(SocketDirectoryTaken, match="belongs to somebody else"):
        home.make_way()


def test_two_on_one_directory_are_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    refused = pytest.raises(DataInUse, match="Another OpenRVR is running on")
    with locked(data), refused, locked(data):
        pass
    with locked(data):
        pass
