"""Signed-in people, as the consoles' tests have them, an antivirus, and a store for each test."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.consoles.conftest import at_desk
from tests.journey.evidence.clamd_daemon import Daemon, running_clamd

__all__ = ["at_desk"]


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A real clamd."""
    with running_clamd(tmp_path_factory.mktemp("clamd")) as running:
        yield running


@pytest.fixture(autouse=True)
def evidence_store(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> None:
    """A directory of the test's own: another process runs other tests at the same time."""
    store = settings.STORAGES["evidence"]
    options = {**store["OPTIONS"], "location": tmp_path_factory.mktemp("evidence")}
    settings.STORAGES = {**settings.STORAGES, "evidence": {**store, "OPTIONS": options}}
