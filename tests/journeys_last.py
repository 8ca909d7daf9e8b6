"""Journeys run last: where a rule is wrong, its own small test says so before ten stories do."""

from __future__ import annotations

from collections import Counter

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """And the files with the most stories first, so that the workers end at about the same time."""
    stories = Counter(item.path for item in items if "journeys" in item.path.parts)
    items.sort(key=lambda item: (item.path in stories, -stories[item.path]))
