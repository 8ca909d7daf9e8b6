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

# OPENRVR_TESTS_PLANES=peer tells them on that one alone.
_PLANES = os.environ.get("OPENRVR_TESTS_PLANES", "peer,janus").split(",")
# A file that says `pytestmark = on_both_planes` has its `demo` once on each.
on_both_planes = pytest.mark.parametrize("plane", _PLANES, indirect=True, scope="module")

# Of a test in such a file that is no different by a node: it is told on the first plane alone.
whichever_plane = pytest.mark.whichever_plane


def is_told_already(item: pytest.Item) -> bool:
    """Whether another plane than the first would tell nothing new."""
    if item.get_closest_marker("whichever_plane") is None:
        return False
    assert isinstance(item, pytest.Function)
    return item.callspec.params["plane"] != _PLANES[0]


# Megabytes; the disk that a journey fills is small.
LEAST_ROOM = 1


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
            (*command, "--recordings", str(recordings), "--least-room", str(LEAST_ROOM)),
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
