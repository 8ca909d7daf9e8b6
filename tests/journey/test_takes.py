"""What Janus writes, cut into slices: every byte of it once, at whatever moment it is looked at."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openrvr.journey.call.media.recording.agent import Agent, Service
from openrvr.journey.call.media.recording.mjr import NotAnMjr, head, packets
from openrvr.journey.call.media.recording.passes import LIFE, agent_pass, of_which_node
from openrvr.journey.call.media.recording.take import SLICE, Cut, Take, named

BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)
CALL, SEAT = "5f0c9f4e-9c3f-4f0e-8b59-0c3d7a1f2b6a", "0b7d4b3c-2f6e-4f3f-9f3c-6a1d2e3f4a5b"
NAME = f"{CALL}.{SEAT}.{'ab' * 16}"


def _begins(kind: str, codec: str) -> bytes:
    said = json.dumps({"t": kind, "c": codec, "u": int(BEGAN.timestamp() * 1_000_000)}).encode()
    return b"MJR00002" + struct.pack("!H", len(said)) + said


def _packet(milliseconds: int, content: bytes = b"x" * 40) -> bytes:
    return b"MEET" + struct.pack("!IH", milliseconds, len(content)) + content


def _write(folder: Path, kind: str, content: bytes, *, is_open: bool = True) -> Path:
    path = folder / f"{NAME}-{kind}-0.mjr{'.tmp' if is_open else ''}"
    with path.open("ab") as file:
        file.write(content)
    return path


def _sound(start: int, end: int) -> bytes:
    return b"".join(_packet(each) for each in range(start, end, 20))


def _pictures(start: int, end: int) -> bytes:
    return b"".join(_packet(each, b"p" * 900) for each in range(start, end, 50))


def _all_of(take: Take, *, final: bool) -> list[tuple[Cut, bytes]]:
    found = []
    while cut := take.next(final=final):
        found.append((cut, take.content(cut)))
        take.receipted(cut)
        if cut.final:
            break
    return found


def _joined(contents: list[bytes]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(contents)), ignore_zeros=True) as tar:
        for member in tar:
            kind, _, rest = member.name.partition("/")
            content = tar.extractfile(member)
            assert content
            assert int(rest.removesuffix(".mjr")) == len(files.get(kind, b""))
            files[kind] = files.get(kind, b"") + content.read()
    return files


@settings(max_examples=25, deadline=None)
@given(
    at=st.lists(st.integers(0, 12_000), max_size=6).map(sorted),
    torn=st.integers(0, 30),
)
def test_every_byte_is_in_one_slice_whenever_it_is_looked_at(
    tmp_path_factory: pytest.TempPathFactory, at: list[int], torn: int
) -> None:
    folder = tmp_path_factory.mktemp("take")
    sound = _begins("a", "opus") + _sound(0, 12_000) + _packet(12_000)[: torn or None]
    pictures = _begins("v", "vp8") + _pictures(300, 12_000)
    found: list[tuple[Cut, bytes]] = []
    written = [0, 0]
    for moment in [*at, 12_000]:
        for place, (kind, content) in enumerate((("audio", sound), ("video", pictures))):
            upto = len(content) * moment // 12_000
            _write(folder, kind, content[written[place] : upto])
            written[place] = max(written[place], upto)
        # Another agent each time: it knows only what was noted.
        found += _all_of(Take.found(folder, NAME), final=False)
    found += _all_of(Take.found(folder, NAME), final=True)
    assert [cut.index for cut, _ in found] == list(range(len(found)))
    assert [cut.final for cut, _ in found] == [False] * (len(found) - 1) + [True]
    assert all(cut.until - cut.since <= SLICE for cut, _ in found)
    assert all(not cut.missing for cut, _ in found)
    assert _joined([content for _, content in found]) == {"audio": sound, "video": pictures}


def test_what_was_cut_is_cut_in_the_same_way_after_a_crash(tmp_path: Path) -> None:
    _write(tmp_path, "audio", _begins("a", "opus") + _sound(0, 2500))
    before = Take.found(tmp_path, NAME)
    cut = before.next(final=False)
    assert cut
    _write(tmp_path, "audio", _sound(2500, 9000))
    after = Take.found(tmp_path, NAME)
    again = after.next(final=False)
    assert again == cut
    assert after.content(again) == before.content(cut)


def test_what_did_not_come_is_declared(tmp_path: Path) -> None:
    """Her network is away for four seconds, and her picture for seven."""
    _write(tmp_path, "audio", _begins("a", "opus") + _sound(0, 4000) + _sound(8000, 14_000))
    _write(tmp_path, "video", _begins("v", "vp8") + _pictures(0, 4000) + _pictures(11_000, 14_000))
    found = _all_of(Take.found(tmp_path, NAME), final=True)
    missing = [each for cut, _ in found for each in cut.missing]
    seconds = {
        what: sum((b - a).total_seconds() for a, b, w in missing if w == what)
        for what in ("everything", "sound", "picture")
    }
    assert seconds["everything"] == pytest.approx(4, abs=0.1)
    assert seconds["picture"] == pytest.approx(3, abs=0.1)


def test_a_still_every_four_seconds_is_a_picture(tmp_path: Path) -> None:
    _write(tmp_path, "audio", _begins("a", "opus") + _sound(0, 20_000))
    stills = b"".join(_packet(each) for each in range(0, 20_000, 4000))
    _write(tmp_path, "video", _begins("v", "vp8") + stills)
    found = _all_of(Take.found(tmp_path, NAME), final=True)
    assert [cut.missing for cut, _ in found] == [[]] * len(found)


def test_nothing_is_read_before_it_is_there(tmp_path: Path) -> None:
    whole = _begins("a", "opus")
    for length in range(len(whole)):
        assert head(whole[:length]) is None
    begins = head(whole)
    assert begins
    assert begins.began == BEGAN
    assert list(packets(_packet(20)[:-1], offset=0, head=begins)) == []
    [packet] = packets(_packet(20), offset=0, head=begins)
    assert packet.at == BEGAN + timedelta(milliseconds=20)


@pytest.mark.parametrize("other", [b"RIFF....", b"MJR00002\0\x02[]", b"MJR00001"])
def test_what_is_no_recording_is_told_from_one(other: bytes) -> None:
    with pytest.raises(NotAnMjr):
        head(other)


def test_only_what_our_driver_began_is_read() -> None:
    assert named(f"{NAME}-video-1.mjr.tmp") == named(f"{NAME}-video-1.mjr.tmp")
    assert named(f"{NAME}-video-1.mjr")
    for other in (f"../{NAME}-video-1.mjr", f"{NAME}-video-1.mjr.gz", "videoroom-1-user-2.mjr"):
        assert named(other) is None


def test_the_word_of_an_agent_is_good_for_a_minute_and_for_its_own_node() -> None:
    word = agent_pass("secret", "one", 1000.0)
    assert of_which_node(word, "secret", 1000.0) == "one"
    assert of_which_node(word, "secret", 1000.0 + LIFE + 1) is None
    assert of_which_node(word, "another", 1000.0) is None
    assert of_which_node(word.replace("one", "two"), "secret", 1000.0) is None
    assert of_which_node(agent_pass("secret", "one", 9000.0), "secret", 1000.0) is None
    assert of_which_node(agent_pass("", "one", 1000.0), "", 1000.0) is None
    for nonsense in ("", ".", "..", "x.one.y"):
        assert of_which_node(nonsense, "secret", 1000.0) is None


def test_a_file_that_goes_while_it_is_looked_at_does_not_end_the_agent(tmp_path: Path) -> None:
    """Janus gives it its last name between two looks; here it never comes back."""
    (tmp_path / f"{NAME}-audio-0.mjr.tmp").symlink_to(tmp_path / "gone")
    # It was asked the time a moment ago, so nothing is asked of OpenRVR.
    service = Service("http://127.0.0.1:1", "one", "secret", _told_at=time.monotonic())
    assert Agent(tmp_path, service).look()
