"""Working copies: what players can seek in, made of whatever is kept."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import av
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from openrvr.journey.evidence import copies, directory
from openrvr.journey.evidence.actions import Piece, keep
from openrvr.journey.evidence.auditing import faults
from openrvr.journey.evidence.copying import Copied, NothingToShow, copy
from openrvr.journey.evidence.exporting import export
from openrvr.journey.evidence.models import CustodyEntry, Track, WorkingCopy
from openrvr.journey.evidence.package.verifying import verify
from tests.journey.evidence.films import cut, film
from tests.journey.evidence.test_package import SECONDS, record
from tests.story import Story


def test_h264_goes_into_mp4_and_the_rest_into_webm(tmp_path: Path) -> None:
    assert copy(io.BytesIO(film(codec="libx264")), tmp_path / "a").media_type == "video/mp4"
    assert copy(io.BytesIO(film()), tmp_path / "b").media_type == "video/webm"


def test_a_recorder_that_was_killed_in_the_middle_leaves_what_it_had(tmp_path: Path) -> None:
    whole = film(6)
    copied = copy(io.BytesIO(whole[: len(whole) // 2]), tmp_path / "copy")
    assert 2000 < copied.milliseconds < 4000
    with av.open(str(tmp_path / "copy")) as shown:
        assert sum(1 for _ in shown.decode(video=0)) > 15


def test_pictures_of_the_same_millisecond_are_copied(tmp_path: Path) -> None:
    whole = film(2, codec="libx264", hurried=True)
    copied = copy(io.BytesIO(whole), tmp_path / "copy")
    with av.open(str(tmp_path / "copy")) as shown:
        assert sum(1 for _ in shown.decode(video=0)) == 20
    assert copied.milliseconds >= 1800


@pytest.mark.parametrize(
    "content", [b"", b"no film at all", film()[:200]], ids=["nothing", "words", "a beginning"]
)
def test_of_nothing_no_copy_is_made(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(NothingToShow):
        copy(io.BytesIO(content), tmp_path / "copy")


def test_a_copy_is_made_once_and_anew_when_more_has_come(story: Story) -> None:
    story.live()
    track = Track.objects.get(pk=record(story, "victim", film(), without=(3,), ended=""))
    first = copies.bring_up_to_date(track, now=story.now)
    assert first
    assert copies.bring_up_to_date(track, now=story.later(60)) == first
    assert b"".join(copies.sealed(first).read(0, first.size))[:4] == b"\x1aE\xdf\xa3"
    assert list(WorkingCopy.objects.all()) == [first]
    assert CustodyEntry.objects.filter(what="copied").count() == 1


@pytest.fixture
def track(story: Story) -> Track:
    """Hers, of a call that goes on, with its working copy."""
    track = Track.objects.get(pk=record(story.live(), "victim", film(), ended="hung_up"))
    assert copies.bring_up_to_date(track, now=story.now)
    return track


def stored() -> Path:
    [piece] = WorkingCopy.objects.get().pieces
    return Path(storages["evidence"].path(piece))


def flip() -> None:
    content = bytearray(stored().read_bytes())
    content[40] ^= 1
    stored().write_bytes(content)


def cut_off() -> None:
    stored().write_bytes(b"")


def drop() -> None:
    stored().unlink()


def directory_in_its_place() -> None:
    path = stored()
    path.unlink()
    path.mkdir()


def lose_a_piece() -> None:
    WorkingCopy.objects.update(pieces=[])


def lead_outside() -> None:
    WorkingCopy.objects.update(pieces=["../../elsewhere"])


def another_hash() -> None:
    WorkingCopy.objects.update(sha256="0" * 64)


@pytest.mark.parametrize(
    "damage",
    [flip, cut_off, drop, directory_in_its_place, lose_a_piece, lead_outside, another_hash],
)
def test_a_copy_that_is_damaged_is_made_again_and_exported(
    track: Track, story: Story, tmp_path: Path, damage: Callable[[], None]
) -> None:
    damage()
    to = {"by": story.officer.username}
    call_command("export_evidence", story.case.reference, str(tmp_path / "to"), **to)
    [package] = (tmp_path / "to").iterdir()
    assert verify(package).exhibits == 1
    assert [copy.name for copy in package.glob("data/exhibits/1/copies/*")] == ["1-victim.webm"]
    assert [e.what for e in CustodyEntry.objects.exclude(what="slice")][1:3] == ["copied", "copied"]
    assert WorkingCopy.objects.count() == 1
    assert list(faults()) == []


def test_what_a_damaged_copy_names_is_left_where_it_is(track: Track, story: Story) -> None:
    WorkingCopy.objects.update(pieces=[track.slices.earliest("index").stored_as])
    assert copies.bring_up_to_date(track, now=story.later(60))
    assert list(faults()) == []


def test_a_package_goes_without_a_copy_that_cannot_be_made_again(
    track: Track, story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop()
    monkeypatch.setattr(directory, "RESERVE", 2**62)
    package = export(story.case, tmp_path, by=story.officer, now=story.now)
    assert verify(package).exhibits == 1
    assert list(package.glob("data/exhibits/1/masters/*"))
    assert not list(package.glob("data/exhibits/1/copies/*"))


def test_a_master_that_is_damaged_too_is_named(track: Track, story: Story, tmp_path: Path) -> None:
    drop()
    Path(storages["evidence"].path(track.slices.earliest("index").stored_as)).unlink()
    with pytest.raises(CommandError, match=r"Slice 0 of track .* is missing"):
        call_command(
            "export_evidence", story.case.reference, str(tmp_path), by=story.officer.username
        )


def test_two_who_find_it_damaged_make_it_again_once(
    track: Track, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop()
    quicker = meanwhile(monkeypatch, lambda: copies.bring_up_to_date(track, now=story.now))
    made = copies.bring_up_to_date(track, now=story.later(60))
    assert made
    assert [made] == quicker
    assert made.pieces == WorkingCopy.objects.get().pieces
    assert CustodyEntry.objects.filter(what="copied").count() == 2
    assert list(faults()) == []


def test_a_copy_that_was_overtaken_by_one_with_more_is_none(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest in the log is the one that a package has."""
    story.live()
    track = Track.objects.get(pk=record(story, "victim", film(), without=(3,), ended=""))

    def more() -> WorkingCopy | None:
        content = cut(film(), SECONDS)[3]
        piece = Piece(
            track=track.pk,
            index=3,
            person="victim",
            media_type=track.media_type,
            sha256=hashlib.sha256(content).hexdigest(),
            since=story.now,
            until=story.now,
            final=False,
        )
        keep(story.call.pk, piece, content, by=story.officer.actor, now=story.now)
        return copies.bring_up_to_date(track, now=story.now)

    quicker = meanwhile(monkeypatch, more)
    assert [copies.bring_up_to_date(track, now=story.now)] == quicker
    assert [made.slices for made in WorkingCopy.objects.all()] == [SECONDS]
    assert CustodyEntry.objects.filter(what="copied").count() == 1


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], WorkingCopy | None]
) -> list[WorkingCopy | None]:
    """While the next copy is made, something happens; what came of it is in the list then."""
    done: list[WorkingCopy | None] = []

    def slowly(master: BinaryIO, target: Path) -> Copied:
        monkeypatch.setattr(copies, "copy", copy)
        done.append(happens())
        return copy(master, target)

    monkeypatch.setattr(copies, "copy", slowly)
    return done


def test_any_part_of_a_copy_can_be_read_alone(story: Story) -> None:
    story.live()
    track = Track.objects.get(pk=record(story, "victim", film(), ended="hung_up"))
    made = copies.bring_up_to_date(track, now=story.now)
    assert made
    sealed = copies.sealed(made)
    whole = b"".join(sealed.read(0, made.size))
    assert len(whole) == made.size
    for since, until in ((0, 1), (10, 2000), (made.size - 1, made.size), (5, 5)):
        assert b"".join(sealed.read(since, until)) == whole[since:until]
