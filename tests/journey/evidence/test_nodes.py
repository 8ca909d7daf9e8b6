"""What the agents beside the nodes may hand over, and who they have to be."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openrvr.foundation.live.models import LiveEvent
from openrvr.journey.call import actions as calls
from openrvr.journey.call.checks import nodes_answer
from openrvr.journey.call.media.recording.passes import agent_pass
from openrvr.journey.call.models import Call, NodeRoom
from openrvr.journey.evidence.checks import copies_can_be_made
from openrvr.journey.evidence.copying import NothingToShow
from openrvr.journey.evidence.copying_mjr import ToolMissing, copy
from openrvr.journey.evidence.exporting import export
from openrvr.journey.evidence.models import CustodyEntry, Exhibit, Track
from openrvr.journey.evidence.package.verifying import verify
from openrvr.journey.waiting import actions as waitings
from tests.story import Story

pytestmark = pytest.mark.django_db
SECRET = "the-secret-of-the-nodes"
CONTENT = b"some of a tar file"


@pytest.fixture(autouse=True)
def by_nodes(settings: Any) -> None:
    settings.MEDIA_PLANE = "janus"
    settings.JANUS_NODES = ["one=ws://127.0.0.1:1"]
    settings.JANUS_SECRET = SECRET
    settings.JANUS_RECORDINGS = "/var/lib/janus/recordings"


@pytest.fixture
def call(story: Story) -> Call:
    return story.live().call


def _put(call: Call, seat: uuid.UUID, *, word: str | None = None, index: int = 0) -> Any:
    now = time.time()
    described = {
        "person": "officer",
        "mediaType": "text/html",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "since": round(now * 1000) - 2000,
        "until": round(now * 1000),
        "final": False,
        "ended": "",
        "conditions": [],
    }
    word = agent_pass(SECRET, "one", now) if word is None else word
    return Client().put(
        f"/evidence/nodes/{call.pk}/{seat}/ab12/{index}",
        CONTENT,
        content_type="application/octet-stream",
        headers={"Slice": json.dumps(described), "Authorization": f"Bearer {word}"},
    )


def _seat(call: Call, begins: str) -> uuid.UUID:
    [seat] = [seat.pk for seat in call.seated if seat.stream.startswith(begins)]
    return seat


def test_whose_it_is_the_seat_says_and_not_the_agent(call: Call) -> None:
    answer = _put(call, _seat(call, "phone."))
    assert answer.status_code == 201
    again = _put(call, _seat(call, "phone."))
    assert again.json()["entry"]["position"] == answer.json()["entry"]["position"]
    track = Track.objects.get()
    assert (track.person, track.media_type) == ("victim", "video/x-mjr")
    entry = CustodyEntry.objects.get(what="slice")
    assert entry.by_label == "the service (media node one)"


@pytest.mark.parametrize(
    "word",
    [
        "",
        "nonsense",
        agent_pass("another", "one", time.time()),
        agent_pass(SECRET, "three", time.time()),
        agent_pass(SECRET, "one", time.time() - 3600),
    ],
)
def test_an_agent_that_is_not_known_hands_nothing_over(call: Call, word: str) -> None:
    assert _put(call, _seat(call, "phone."), word=word).status_code == 401
    assert not Track.objects.exists()


def test_what_is_of_nobody_in_this_call_is_not_taken(call: Call) -> None:
    assert _put(call, uuid.uuid4()).status_code == 404
    assert _put(call, _seat(call, "media")).status_code == 404


def test_of_a_call_that_nodes_do_not_record_nothing_is_taken(call: Call) -> None:
    Call.objects.update(recorded_since=None)
    assert _put(call, _seat(call, "phone.")).status_code == 404
    assert not Track.objects.exists()


def test_an_agent_learns_what_time_it_is_and_that_a_call_is_over(call: Call, story: Story) -> None:
    word = {"Authorization": f"Bearer {agent_pass(SECRET, 'one', time.time())}"}
    asked = Client(headers=word)
    said = _tells(asked, free=5, full=False).json()["now"]
    assert abs(said / 1000 - time.time()) < 5
    address = f"/evidence/nodes/{call.pk}"
    assert asked.get(address).json() == {"over": 0}
    Call.objects.filter(pk=call.pk).update(ended_at=story.now)
    assert asked.get(address).json() == {"over": 1}
    assert Client().get(address).status_code == 401


def _tells(asked: Client, **state: object) -> Any:
    return asked.post("/evidence/nodes/state", state, content_type="application/json")


def test_an_agent_tells_how_much_room_is_left() -> None:
    word = {"Authorization": f"Bearer {agent_pass(SECRET, 'one', time.time())}"}
    asked = Client(headers=word)
    assert "has been heard" in _said_of_room()
    _tells(asked, free=7_200_000_000, full=False)
    assert _said_of_room() == "7.2 GB are free beside media node one for recordings."
    _tells(asked, free=3_000_000, full=True)
    assert "it gets no more calls" in _said_of_room()
    assert _tells(asked, free=-1, full=False).status_code == 400
    assert _tells(Client(), free=1, full=False).status_code == 401
    NodeRoom.objects.update(told_at=timezone.now() - timedelta(minutes=2))
    assert "Nothing has been heard of the agent beside media node one since" in _said_of_room()


def _said_of_room() -> str:
    return str(nodes_answer()[-1].msg)


def test_nodes_record_from_the_answer_whatever_her_officers_browser_does(call: Call) -> None:
    assert call.recorded_since == call.started_at
    assert Exhibit.objects.get().call == call
    assert LiveEvent.objects.filter(stream="media", kind="call.record").count() == 1


def test_nodes_record_nobody_who_was_not_told(story: Story) -> None:
    waitings.go_on_duty(by=story.officer, now=story.now)
    story.opened()
    waiting = waitings.check_in(story.invitation, now=story.now)
    call = calls.answer(waiting.pk, by=story.officer, now=story.now)
    assert call.recorded_since is None
    assert not LiveEvent.objects.filter(kind="call.record").exists()


def test_nodes_record_only_where_they_are_to(story: Story, settings: Any) -> None:
    settings.JANUS_RECORDINGS = ""
    assert story.live().call.recorded_since is None


def test_without_janus_tools_the_master_waits(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="apt-get install janus-tools"):
        copy(io.BytesIO(), tmp_path / "copy")
    assert [each.msg for each in copies_can_be_made()] == [
        "OPENRVR_JANUS_RECORDINGS: janus-pp-rec is missing: apt-get install janus-tools"
    ]


def test_without_janus_tools_a_package_goes_without_the_copy(
    call: Call, story: Story, tmp_path: Path, monkeypatch: Any
) -> None:
    assert _put(call, _seat(call, "phone.")).status_code == 201
    monkeypatch.setenv("PATH", str(tmp_path))
    package = export(story.case, tmp_path, by=story.officer, now=story.later(60))
    assert verify(package).exhibits == 1
    described = json.loads((package / "data/package.json").read_bytes())
    [track] = described["exhibits"][0]["tracks"]
    assert track["copy"] is None
    assert track["master"].endswith("1-victim.mjr.tar")


def test_of_what_cannot_be_read_no_copy_is_made(tmp_path: Path) -> None:
    """Whatever a phone, or a node, has sent: an export goes without it."""
    head = b'MJR00002\x00\x2d{"t": "v", "c": "vp8", "u": 1790000000000000}'
    for content in (b"no tar", head, head + b"MEET" + bytes(4) + b"\x00\x20" + bytes(32)):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            member = tarfile.TarInfo("video/000000000000.mjr")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for master in (content, packed.getvalue(), packed.getvalue()[:600]):
            with pytest.raises(NothingToShow):
                copy(io.BytesIO(master), tmp_path / "copy")
