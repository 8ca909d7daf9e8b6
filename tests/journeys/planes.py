"""The two planes that a call may go by, and the journeys that are told on both of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.janus import SECRET, Janus
from tests.running_demo import Demo

# OPENRVR_TESTS_PLANES=peer,janus tells them on both; by a node not every run is green yet (0026).
_PLANES = os.environ.get("OPENRVR_TESTS_PLANES", "peer").split(",")
# A file that says `pytestmark = on_both_planes` has its `demo` once on each.
on_both_planes = pytest.mark.parametrize("plane", _PLANES, indirect=True, scope="module")


@contextmanager
def agents(nodes: dict[str, Janus], demo: Demo, recordings: Path) -> Iterator[dict[str, Any]]:
    """The agent beside each node, as its own command starts it."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in nodes:
            running[name] = start_agent(name, demo, recordings)
        yield running
    finally:
        for process in running.values():
            process.terminate()
            process.wait()


def start_agent(name: str, demo: Demo, recordings: Path) -> subprocess.Popen[bytes]:
    command = (
        sys.executable,
        "-m",
        "openrvr",
        "media",
        "agent",
        name,
        f"http://localhost:{demo.port}",
    )
    said = (recordings / f"{name}.log").open("ab")
    with said:
        return subprocess.Popen(
            (*command, "--recordings", str(recordings)),
            env={**os.environ, "OPENRVR_JANUS_SECRET": SECRET},
            stdout=said,
            stderr=said,
        )


def by_nodes(nodes: dict[str, Janus], recordings: Path | None = None) -> dict[str, str]:
    """The settings of a service whose calls these nodes carry, and record where that is said."""
    return {
        **({"OPENRVR_JANUS_RECORDINGS": str(recordings)} if recordings else {}),
        "OPENRVR_MEDIA_PLANE": "janus",
        "OPENRVR_JANUS_NODES": ",".join(f"{name}={node.url}" for name, node in nodes.items()),
        "OPENRVR_JANUS_SECRET": SECRET,
    }
