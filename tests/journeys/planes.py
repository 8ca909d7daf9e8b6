"""The two planes that a call may go by, and the journeys that are told on both of them."""

from __future__ import annotations

import os

import pytest

from tests.janus import SECRET, Janus

# OPENRVR_TESTS_PLANES=peer,janus tells them on both; by a node not every run is green yet (0026).
_PLANES = os.environ.get("OPENRVR_TESTS_PLANES", "peer").split(",")
# A file that says `pytestmark = on_both_planes` has its `demo` once on each.
on_both_planes = pytest.mark.parametrize("plane", _PLANES, indirect=True, scope="module")


def by_nodes(nodes: dict[str, Janus]) -> dict[str, str]:
    """The settings of a service whose calls these nodes carry."""
    return {
        "OPENRVR_MEDIA_PLANE": "janus",
        "OPENRVR_JANUS_NODES": ",".join(f"{name}={node.url}" for name, node in nodes.items()),
        "OPENRVR_JANUS_SECRET": SECRET,
    }
