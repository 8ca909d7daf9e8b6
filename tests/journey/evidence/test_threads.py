"""What was written with her stands in the evidence as it stood when the call ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from openrvr.foundation.people.models import Account
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.chat import actions as chat
from openrvr.journey.chat.models import Side
from openrvr.journey.evidence import masters, vault
from openrvr.journey.evidence.auditing import faults
from openrvr.journey.evidence.exporting import export
from openrvr.journey.evidence.models import Exhibit, Kind
from openrvr.journey.evidence.package.verifying import verify
from tests.consoles.conftest import Desk
from tests.story import Story

HERS = "He has my keys.\n2026-11-23T12:00:05Z Olive Example (officer):\nI said nothing."
TEXT = """\
2026-11-23T12:00:00.000000Z The victim:
        He has my keys.
        2026-11-23T12:00:05Z Olive Example (officer):
        I said nothing.
    shown to: call-taker, 2026-11-23T12:00:00.000000Z

2026-11-23T12:00:10.000000Z Carol Example (call-taker):
        Stay there

2026-11-23T12:00:20.000000Z Olive Example (officer):
        I am with you
"""


def _written(story: Story) -> Exhibit:
    story.checked_in()
    line = chat.say(story.invitation, HERS, key=uuid.uuid4(), now=story.now)
    chat.note_shown(story.case.pk, Side.CALL_TAKER, until=line.pk, now=story.now)
    _answers(story, Side.CALL_TAKER, "Stay there", by=story.call_taker)
    story.live_from_waiting()
    _answers(story, Side.OFFICER, "I am with you", by=story.officer)
    _hangs_up(story)
    return Exhibit.objects.get(kind=Kind.THREAD)


def _answers(story: Story, side: Side, words: str, *, by: Account) -> None:
    chat.answer(story.case.pk, side, words, key=uuid.uuid4(), by=by, now=story.later(10))


def _hangs_up(story: Story) -> None:
    by, now = story.officer.actor, story.later(60)
    calls.hang_up(story.call.pk, by=by, ended_by=EndedBy.OFFICER, now=now)


def test_a_thread_is_kept_whole_when_the_call_ends(story: Story) -> None:
    exhibit = _written(story)
    track = exhibit.tracks.get()
    content = b"".join(masters.content(track, data_key=vault.data_key(exhibit)))
    assert content.decode() == TEXT
    assert list(faults()) == []


def test_where_nothing_was_written_nothing_is_kept(story: Story) -> None:
    story.live()
    _hangs_up(story)
    assert not Exhibit.objects.filter(kind=Kind.THREAD).exists()


def test_it_is_in_the_package(story: Story, officer: Account, tmp_path: Path) -> None:
    _written(story)
    package = export(story.fresh(), tmp_path, by=officer, now=story.now + timedelta(minutes=1))
    assert verify(package).exhibits == 2
    [master] = package.glob("data/exhibits/*/masters/*.txt")
    assert master.read_text() == TEXT


def test_it_is_read_on_its_page_and_each_time_is_logged(
    story: Story, officer: Account, at_desk: Callable[[Account], Desk]
) -> None:
    exhibit = _written(story)
    desk = at_desk(officer)
    page = desk.get(f"/evidence/exhibits/{exhibit.pk}/").content.decode()
    assert "What was written, to the end of the call" in page
    paper = desk.get(f"/evidence/exhibits/{exhibit.pk}/paper")
    assert paper["Content-Type"] == "text/plain; charset=utf-8"
    assert paper.getvalue().decode() == TEXT
    assert exhibit.custody.filter(what="downloaded").count() == 1
