"""A demo for each file of journeys: the first is made from nothing, the others go on from it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openrvr.config.policy_file import SAMPLE
from openrvr.config.processes.embedded_postgres import Cluster
from tests.running_demo import Demo


def leaving_for(address: str) -> str:
    """A force's policy file, with `address` as the page that Exit leaves her at; "" is our own."""
    policy, default = SAMPLE.read_text(), 'address = "https://www.bbc.co.uk/weather"'
    assert default in policy
    return policy.replace(default, f'address = "{address}"')


# Nothing but the demo is reached.
ORDINARY = leaving_for("")


@contextmanager
def first_start() -> Iterator[Path]:
    """The data of a demo that was started for the first time, and ended."""
    with _place() as data:
        with Demo(data) as demo:
            demo.until_ready()
            demo.end()
        yield data


@contextmanager
def second_start(first: Path, policy: str = ORDINARY, **environment: str) -> Iterator[Demo]:
    """A demo of its own, on a copy of that data, of a force with this policy file."""
    with _place() as data:
        file = data.with_name("policy.toml")
        file.write_text(policy)
        # With owners and rights: PostgreSQL takes no directory of somebody else's.
        subprocess.run(("cp", "--archive", str(first), str(data)), check=True)
        with Demo(data, environment={"OPENRVR_POLICY": str(file), **environment}) as started:
            started.until_ready()
            yield started


@contextmanager
def _place() -> Iterator[Path]:
    # Not in pytest's own directory: PostgreSQL may run as another account, which must reach it.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o711)
        data = Path(directory) / "data"
        yield data
        # A supervisor that was killed has left its socket.
        Cluster(data / "postgresql").tidy()
