"""axe's verdict on a page, in words that say what to mend."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What WCAG 2.2 AA asks for, and axe's own good habits.
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def assert_accessible(page: Page) -> None:
    """Fails with each violation that axe finds, and where."""
    found = Axe().run(page, options=_RULES).response["violations"]
    told = [
        f"{violation['id']}: {violation['help']}: " + ", ".join(" ".join(each) for each in targets)
        for violation in found
        if (
            targets := [
                each["target"] for each in violation["nodes"] if _stands(page, violation, each)
            ]
        )
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def _stands(page: Page, violation: dict[str, Any], node: dict[str, Any]) -> bool:
    """Whether it is one: of a target half under a bar, still when it is scrolled out from there."""
    match violation["id"], node["target"]:
        case "target-size", [str(target)]:
            before = page.evaluate("scrollY")
            page.locator(target).evaluate("(target) => target.scrollIntoView({ block: 'center' })")
            again = Axe().run(page, context=target, options={"runOnly": ["target-size"]})
            page.evaluate("(before) => scrollTo(0, before)", before)
            return bool(again.violations_count)
    return True
