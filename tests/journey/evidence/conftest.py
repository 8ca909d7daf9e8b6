"""Signed-in people, as the consoles' tests have them, and an antivirus."""

from collections.abc import Iterator

import pytest

from tests.consoles.conftest import at_desk
from tests.journey.evidence.clamd_daemon import Daemon, running_clamd

__all__ = ["at_desk"]


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A real clamd."""
    with running_clamd(tmp_path_factory.mktemp("clamd")) as running:
        yield running
