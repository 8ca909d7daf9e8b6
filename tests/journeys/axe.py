"""axe's verdict on a page, in words that say what to mend."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What WCAG 2.2 AA asks for, and axe's own good habits.
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def assert_accessible(page: Page) -> None:
    """Fails with each violation that axe finds, and where."""
    found = Axe().run(page, options=_RULES).response["violations"]
    told = [
        f"{violation['id']}: {violation['help']}: "
        + ", ".join(" ".join(node["target"]) for node in violation["nodes"])
        for violation in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)
