"""What a journey begins from, made by the real actions in the demo's own database.

A journey of the call begins where the link has been sent; how it is sent is a journey of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import django

from tests.running_demo import Demo


def invited(demo: Demo, **fields: str) -> str:
    """A report whose link is on its way to the demo's phone; returns its reference."""
    return _made(demo, "invited", 1, fields)[0]


def eligible(demo: Demo, count: int, **fields: str) -> list[str]:
    """So many reports for which she need only say yes; returns their references."""
    return _made(demo, "eligible", count, fields)


def _made(demo: Demo, step: str, count: int, fields: dict[str, str]) -> list[str]:
    maker = _maker(demo)
    assert maker.stdin
    assert maker.stdout
    print(json.dumps([step, count, fields]), file=maker.stdin, flush=True)
    answer = maker.stdout.readline()
    assert answer, "What went wrong is among what was printed."
    references: list[str] = json.loads(answer)
    return references


# Settings are read once a process, and are those of one demo: it is kept for as long as that one.
_kept: list[tuple[Demo, subprocess.Popen[str]]] = []


def _maker(demo: Demo) -> subprocess.Popen[str]:
    if _kept and _kept[0][0] is demo and _kept[0][1].poll() is None:
        return _kept[0][1]
    while _kept:
        _, former = _kept.pop()
        former.communicate()
    web = demo.children()["web"]
    environment = Path(f"/proc/{web}/environ").read_bytes().split(b"\0")
    maker = subprocess.Popen(
        (sys.executable, "-m", "tests.journeys.given"),
        env=dict(os.fsdecode(pair).split("=", 1) for pair in environment if b"=" in pair),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _kept.append((demo, maker))
    return maker


def _in_the_demo(step: str, fields: dict[str, str]) -> str:
    # Models can be imported only once Django is ready.
    from django.utils import timezone  # noqa: PLC0415

    from openrvr.consoles.demo.seats import seat  # noqa: PLC0415
    from tests.story import Story  # noqa: PLC0415

    call_taker, officer = seat("control-room"), seat("officer")
    assert call_taker
    assert officer
    story = Story(call_taker.account(), officer.account(), timezone.now())
    reached = getattr(story, step)(**fields)
    return str(reached.case.reference)


def _make_whatever_is_asked_for() -> None:
    from django.db import connection  # noqa: PLC0415

    for line in sys.stdin:
        step, count, fields = json.loads(line)
        print(json.dumps([_in_the_demo(step, fields) for _ in range(count)]), flush=True)
        # The next story may begin after the database was killed.
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


if __name__ == "__main__":
    django.setup()
    _make_whatever_is_asked_for()
