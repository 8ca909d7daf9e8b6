"""Whether a page of hers is laid out so that she can use it, on a phone of whatever make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# WCAG 2.2, 2.5.5: pixels of the page's own, each way.
TARGET = 44

# What is wrong, in words; looked at from the top of the page and from its end.
_FAULTS = """(target) => {
  const box = (each) => each.getBoundingClientRect();
  const shown = (each) => each.getClientRects().length > 0 && box(each).right > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const named = (each) => each.getAttribute("aria-label") ?? each.textContent.trim().slice(0, 30);
  // Every corner and the middle of it can be seen and pressed.
  const isFree = (each) => {
    const { left, top, right, bottom } = box(each);
    const [across, down] = [[left + 8, right - 8], [top + 8, bottom - 8]];
    const corners = across.flatMap((x) => down.map((y) => [x, y]));
    return [[(left + right) / 2, (top + bottom) / 2], ...corners].every(([x, y]) =>
      each.contains(document.elementFromPoint(x, y)));
  };
  const faults = [];
  const { scrollWidth, scrollHeight } = document.documentElement;
  if (scrollWidth > innerWidth) faults.push(`it scrolls sideways: ${scrollWidth} in ${innerWidth}`);
  for (const each of all("main *")) {
    const { left, right } = box(each);
    if (left < 0 || right > innerWidth) faults.push(`${each.tagName} "${named(each)}" is cut off`);
  }
  for (const each of all("button, a[href]")) {
    const { width, height } = box(each);
    if (Math.min(width, height) < target) faults.push(`"${named(each)}" is ${width} by ${height}`);
  }
  for (const place of [0, scrollHeight]) {
    scrollTo(0, place);
    for (const each of all(".phone__exit, .phone__action button, .phone__action a")) {
      if (!isFree(each)) faults.push(`"${named(each)}" is out of reach at ${scrollY}`);
    }
  }
  scrollTo(0, 0);
  return faults;
}"""


def assert_laid_out(run: Callable[[str, int], Any]) -> None:
    """`run` calls a function of JavaScript in the page: nothing is cut off, covered or too small,
    and the way out and the page's own button are within reach wherever it is scrolled to.
    """
    faults = run(_FAULTS, TARGET)
    assert not faults, "\n".join(faults)
