"""Fixtures for action tests: the real database, as the application's own role.

The tables are made by their owner, then the tests go on as the role that the service works as: a
right that is missing, or one too many, shows here and not in production.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from openrvr.config.database_url import database
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from tests.story import Story

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="session")
def owner_url(worker_id: str) -> Iterator[str]:
    """A database of this worker's own, empty, by its owner's URL; dropped at the end."""
    server = os.environ["DATABASE_OWNER_URL"]
    name = f"test_{worker_id}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with psycopg.connect(server, autocommit=True) as admin:
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        admin.execute(drop)


@pytest.fixture(scope="session")
def django_db_setup(owner_url: str, django_db_blocker: DjangoDbBlocker) -> None:
    """The tables, made by their owner; then the connection becomes the application's."""
    name = database(owner_url)["NAME"]
    with django_db_blocker.unblock():
        connection.settings_dict["NAME"] = name
        call_command("prepare_database", verbosity=0)
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
        application = database(os.environ["DATABASE_URL"])
        connection.settings_dict.update(
            USER=application["USER"], PASSWORD=application["PASSWORD"], NAME=name
        )


@pytest.fixture
def commits(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, owner_url: str
) -> Iterator[None]:
    """Real commits, for tests of what happens between transactions; emptied afterwards."""
    with django_db_blocker.unblock():
        yield
        connection.close()
        _empty(owner_url)


def _empty(owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        names = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT LIKE 'django_%' AND tablename NOT LIKE 'procrastinate_%'"
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)
        for table in ("audit_auditline", "audit_auditseal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))
        for table in ("audit_auditline", "audit_auditseal"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.execute("DELETE FROM procrastinate_jobs")


def _account(username: str, *roles: Role, languages: tuple[str, ...] = ("en",)) -> Account:
    account = Account(
        username=username,
        name=f"{username.capitalize()} Example",
        shown_as=f"Officer {username.capitalize()}",
        roles=[role.value for role in roles],
        languages=list(languages),
    )
    account.set_unusable_password()
    account.save()
    return account


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def call_taker(db_or_commits: None) -> Account:
    return _account("carol", Role.CALL_TAKER)


@pytest.fixture
def other_call_taker(db_or_commits: None) -> Account:
    return _account("colin", Role.CALL_TAKER)


@pytest.fixture
def officer(db_or_commits: None) -> Account:
    return _account("olive", Role.OFFICER)


@pytest.fixture
def other_officer(db_or_commits: None) -> Account:
    return _account("oscar", Role.OFFICER, languages=("en", "cy"))


@pytest.fixture
def supervisor(db_or_commits: None) -> Account:
    return _account("susan", Role.SUPERVISOR)


@pytest.fixture
def db_or_commits(request: pytest.FixtureRequest) -> Any:
    """Rolled back after the test, unless the test asks for `commits`."""
    name = "commits" if "commits" in request.fixturenames else "db"
    return request.getfixturevalue(name)


@pytest.fixture
def story(call_taker: Account, officer: Account, now: datetime) -> Story:
    """A case on its way, one step a method."""
    return Story(call_taker=call_taker, officer=officer, now=now)
