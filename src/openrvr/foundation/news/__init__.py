"""News that travels upwards: a lower step tells, a higher one reacts, neither imports the other.

`config/subscriptions.py` is the one table of all reactions. A reaction runs at once, in the
transaction of what it reacts to: both happen, or neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True)
class News:
    """The base of everything that can be told; each step defines its own in `news.py`."""


N = TypeVar("N", bound=News)
Reaction = Callable[[Any], None]

_reactions: dict[type[News], tuple[Reaction, ...]] = {}


def subscribe(table: dict[type[News], tuple[Reaction, ...]]) -> None:
    """Replace all reactions by `table`."""
    _reactions.clear()
    _reactions.update(table)


def tell(news: News) -> None:
    """Run every reaction to `news`, in the order of the table."""
    for reaction in _reactions.get(type(news), ()):
        reaction(news)
