"""Working copies: what players can seek in, made of whatever is kept."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest

from openrvr.journey.evidence import copies
from openrvr.journey.evidence.copying import NothingToShow, copy
from openrvr.journey.evidence.models import CustodyEntry, Track, WorkingCopy
from tests.journey.evidence.films import film
from tests.journey.evidence.test_package import record
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
