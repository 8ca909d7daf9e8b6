"""The tests' own PostgreSQL: one real cluster a run, in the environment before settings are read.

Loaded by `-p tests.embedded_database` (see pyproject.toml). A run with xdist starts it once, in the
process that hands out the tests; the workers inherit its addresses. A database that the environment
already names is used instead.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from openrvr.config.processes.embedded_postgres import ephemeral_cluster

_of_this_run = ExitStack()


# A wrapper runs before pytest-django, which reads the settings in the same hook.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    if "DATABASE_URL" not in os.environ:
        cluster = _of_this_run.enter_context(ephemeral_cluster())
        os.environ.update(cluster.environment())
    if "DATA" not in os.environ:
        os.environ["DATA"] = _of_this_run.enter_context(tempfile.TemporaryDirectory())
    os.environ.setdefault("OPENRVR_TEXT_PROVIDER", "demo")
    # pytest-django makes its test database, and the tables in it, as their owner.
    os.environ.setdefault("OPENRVR_DATABASE_ROLE", "owner")
    try:
        yield
    except BaseException:
        _of_this_run.close()
        raise


# Last of all: Django closes its connections in hooks of its own before.
@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _of_this_run.close()
