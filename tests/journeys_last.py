"""Journeys run last: where a rule is wrong, its own small test says so before ten stories do."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling


def shared(nodeid: str) -> str:
    """What shares a running demo: a file, or what of it is told on one plane."""
    file, _, test = nodeid.partition("::")
    return f"{file}@janus" if re.search(r"\[.*\bjanus\b", test) else file


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """And those with the most stories first, so that the workers end at about the same time."""
    stories = Counter(shared(item.nodeid) for item in items if "journeys" in item.path.parts)
    items.sort(key=lambda item: (shared(item.nodeid) in stories, -stories[shared(item.nodeid)]))


class LoadDemoScheduling(LoadFileScheduling):
    """Each worker takes one running demo's stories after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return shared(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadDemoScheduling | None:
    return LoadDemoScheduling(config, log) if config.getvalue("dist") == "loadfile" else None
