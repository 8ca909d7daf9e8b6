"""What a journey begins from, made by the real actions in the demo's own database.

A journey of the call begins where the link has been sent; how it is sent is a journey of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import django

from tests.running_demo import Demo


def leaving_for(address: str, policy: str) -> str:
    """A force's policy, with `address` as the page that Exit leaves her at."""
    default = 'address = "https://www.bbc.co.uk/weather"'
    assert default in policy
    return policy.replace(default, f'address = "{address}"')


def invited(demo: Demo, **fields: str) -> str:
    """A report whose link is on its way to the demo's phone; returns its reference."""
    return _made(demo, "invited", 1, fields)[0]


def eligible(demo: Demo, count: int, **fields: str) -> list[str]:
    """So many reports for which she need only say yes; returns their references."""
    return _made(demo, "eligible", count, fields)


def _made(demo: Demo, step: str, count: int, fields: dict[str, str]) -> list[str]:
    web = demo.children()["web"]
    environment = Path(f"/proc/{web}/environ").read_bytes().split(b"\0")
    inherited = dict(os.fsdecode(pair).split("=", 1) for pair in environment if b"=" in pair)
    return subprocess.run(
        (
            *(sys.executable, "-m", "tests.journeys.given", step, str(count)),
            *(f"{name}={value}" for name, value in fields.items()),
        ),
        env=inherited,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()


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


if __name__ == "__main__":
    django.setup()
    wanted, times, *pairs = sys.argv[1:]
    for _ in range(int(times)):
        print(_in_the_demo(wanted, dict(pair.split("=", 1) for pair in pairs)))
