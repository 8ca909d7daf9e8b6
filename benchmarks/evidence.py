"""What recording costs a call, and how fast a package is verified."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bagit
from playwright.sync_api import Browser, Page, Playwright

from benchmarks.call import OurDesk
from benchmarks.cpu import cpu_with_children
from openrvr.journey.evidence.custody.chain import GENESIS, Entry, Signed, instant, sign
from openrvr.journey.evidence.custody.keys import SigningKey
from openrvr.journey.evidence.package import form
from tests.journeys.browsers import launch, phone_context
from tests.journeys.people import Person
from tests.running_demo import Demo

SETTLED = 4000  # milliseconds: by then the encoders have found their rate
WATCHED = 8000
BEGIN = "**/evidence/calls/*/begin"


@dataclass
class Watched:
    """One call: pictures a second on each side, and CPU seconds of the service a minute."""

    desk: float
    phone: float
    server: float


def calls_with_and_without(
    playwright: Playwright, demo: Demo, desk: OurDesk, references: list[str]
) -> Iterator[tuple[Watched, Watched]]:
    """Pairs of calls in turn, recorded and not; a moving picture on both sides."""
    with launch(playwright) as her:
        for first, second in zip(references[::2], references[1::2], strict=True):
            recorded = _watch(her, demo, desk, first)
            with _never_recorded(desk.page):
                yield recorded, _watch(her, demo, desk, second)


@contextmanager
def _never_recorded(desk: Page) -> Iterator[None]:
    answer = json.dumps({"error": "Not recorded: this call is measured without."})
    desk.route(
        BEGIN, lambda route: route.fulfill(status=409, content_type="application/json", body=answer)
    )
    try:
        yield
    finally:
        desk.unroute(BEGIN)


def _watch(her: Browser, demo: Demo, desk: OurDesk, reference: str) -> Watched:
    link, _ = desk.consent(reference)
    context = phone_context(her)
    try:
        phone = context.new_page()
        phone.goto(link, wait_until="domcontentloaded")
        phone.get_by_role("button", name="Continue").click()
        desk.rung_by(phone)
        desk.page.locator("#answer").click()
        both = (Person(desk.page, demo), Person(phone, demo))
        for person in both:
            person.waits_for_picture()
        desk.page.wait_for_timeout(SETTLED)
        before, cpu = [person.sees().frames for person in both], cpu_with_children(demo.process.pid)
        began = time.monotonic()
        desk.page.wait_for_timeout(WATCHED)
        after = [person.sees().frames for person in both]
        seconds = time.monotonic() - began
        desk_rate, phone_rate = ((b - a) / seconds for a, b in zip(before, after, strict=True))
        used = (cpu_with_children(demo.process.pid) - cpu) * 60 / seconds
        desk.hang_up()
        return Watched(desk_rate, phone_rate, used)
    finally:
        context.close()


def verifications(directory: Path, times: int) -> tuple[list[float], list[float]]:
    """MB/s of `openrvr evidence verify` and of sha256sum, in turn, on the same bytes."""
    package = _package(directory / "package", megabytes=512)
    files = sorted(str(path) for path in package.rglob("*") if path.is_file())
    size = sum(Path(name).stat().st_size for name in files) / 1_000_000
    verify = (sys.executable, "-m", "openrvr", "evidence", "verify", str(package))
    ours, theirs = [], []
    for _ in range(times + 1):
        theirs.append(size / _seconds("sha256sum", *files))
        ours.append(size / _seconds(*verify))
    return ours[1:], theirs[1:]


def _seconds(*command: str) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


def _package(directory: Path, *, megabytes: int) -> Path:
    """A package of a long call: two masters in slices of 300 kB, with nothing that plays."""
    key, exhibit = SigningKey(bytes(32)), str(uuid.uuid4())
    began, piece = datetime(2026, 11, 23, 12, 0, tzinfo=UTC), 300_000
    count = megabytes * 1_000_000 // piece // 2
    tracks = [(str(uuid.uuid4()), number, person) for number, person in enumerate(form.PEOPLE, 1)]
    log: list[Signed] = []

    def add(what: str, **details: object) -> None:
        by = {"kind": "service", "id": "bench", "label": "bench"}
        entry = Entry(exhibit, len(log) + 1, began, by, what, details)
        log.append(sign(entry, previous=log[-1].hash if log else GENESIS, key=key))

    add("begun", case="bench", kind="recording", call_began=instant(began))
    files: dict[str, str] = {}
    for track, number, person in tracks:
        name = f"exhibits/1/masters/{number}-{person}.webm"
        whole = hashlib.sha256()
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        with (directory / name).open("wb") as file:
            for index in range(count):
                content = os.urandom(piece)
                file.write(content)
                whole.update(content)
                since = began + timedelta(seconds=2 * index)
                add(
                    "slice",
                    track=track,
                    person=person,
                    media_type="video/webm",
                    index=index,
                    sha256=hashlib.sha256(content).hexdigest(),
                    size=piece,
                    since=instant(since),
                    until=instant(since + timedelta(seconds=2)),
                    final=index == count - 1,
                    ended="hung_up" if index == count - 1 else "",
                    conditions=[],
                )
        files[name] = whole.hexdigest()
    add("call_ended", call_ended=instant(began + timedelta(seconds=2 * count)))
    add("exported")
    lines = b"".join(json.dumps(each.as_json()).encode() + b"\n" for each in log)
    (directory / "exhibits/1/custody.jsonl").write_bytes(lines)
    files["exhibits/1/custody.jsonl"] = hashlib.sha256(lines).hexdigest()
    described = {
        "id": exhibit,
        "number": 1,
        "reference": "bench/1",
        "kind": "recording",
        "custody": "exhibits/1/custody.jsonl",
        "length": len(log),
        "head": log[-1].hash.hex(),
        "tracks": [
            {
                "id": t,
                "number": n,
                "person": p,
                "media_type": "video/webm",
                "master": f"exhibits/1/masters/{n}-{p}.webm",
                "copy": None,
            }
            for t, n, p in tracks
        ],
        "gaps": form.gap_map(log, until=began),
        "late": form.received_late(log),
    }
    description = form.written(
        {
            "format": form.FORMAT,
            "case": "bench",
            "made_at": instant(began),
            "made_by": "bench",
            "stamped": False,
            "keys": [key.public.hex()],
            "exhibits": [described],
            "files": files,
        }
    )
    signature = {"key": key.id, "signature": key.sign(form.what_is_signed(description)).hex()}
    (directory / form.DESCRIPTION).write_bytes(description)
    (directory / form.SIGNATURE).write_text(json.dumps(signature))
    info = {"External-Identifier": "bench", "Bagging-Date": instant(began)[:10]}
    bagit.make_bag(str(directory), info, checksums=["sha256"])
    return directory
