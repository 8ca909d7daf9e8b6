"""Captions: a file on the clock of the call, shown on the clock of each track."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from openrvr.foundation.people.models import Account
from openrvr.journey.evidence import custody_log
from openrvr.journey.evidence.models import Captions, Exhibit, Track
from openrvr.journey.evidence.player import captions
from openrvr.journey.evidence.player.captions import LARGEST, NoCaptions, shifted
from openrvr.journey.evidence.player.page import exhibit_page
from tests.consoles.conftest import Desk
from tests.journey.evidence.films import film
from tests.journey.evidence.test_package import record
from tests.story import Story

FILE = "WEBVTT\n\n1\n00:02.000 --> 00:04.500 align:start\nHe came at nine.\n"


@pytest.fixture
def exhibit(story: Story) -> Exhibit:
    """Her track begins a second and a half after the call."""
    story.live()
    story.later(1.5)
    record(story, "victim", film(), ended="hung_up")
    return Exhibit.objects.get()


def test_the_cues_are_on_the_clock_of_the_track(exhibit: Exhibit, story: Story) -> None:
    captions.add(exhibit, FILE.encode(), by=story.officer, now=story.now)
    shown = captions.of_track(Track.objects.get())
    assert "00:00:00.500 --> 00:00:03.000 align:start\nHe came at nine." in shown


def test_a_later_file_takes_the_place_of_an_earlier_one(exhibit: Exhibit, story: Story) -> None:
    captions.add(exhibit, FILE.encode(), by=story.officer, now=story.now)
    captions.add(exhibit, FILE.replace("nine", "ten").encode(), by=story.officer, now=story.now)
    assert "ten" in captions.of_track(Track.objects.get())
    assert [e.entry.what for e in custody_log.whole(exhibit)].count("captioned") == 2


def test_the_player_knows_of_them(
    exhibit: Exhibit, story: Story, at_desk: Callable[[Account], Desk]
) -> None:
    desk = at_desk(story.officer)
    file = SimpleUploadedFile("words.vtt", FILE.encode(), "text/vtt")
    answer = desk.post(f"/evidence/exhibits/{exhibit.pk}/captions", {"captions": file})
    assert answer.status_code == 302
    [hers, _] = exhibit_page(exhibit, now=story.now + timedelta(minutes=1))["player"]["people"]
    answer = desk.get(hers["takes"][0]["captions"])
    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    assert b"He came at nine." in answer.content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1\n00:00:01,000 --> 00:00:02,000\nSubRip",
        b"WEBVTT\n\nno cue",
        b"WEBVTTX\n\n00:01.000 --> 00:02.000\nx",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"x" * LARGEST,
    ],
    ids=["nothing", "SubRip", "no cue", "another format", "no UTF-8", "too large"],
)
def test_what_is_no_webvtt_is_refused(exhibit: Exhibit, story: Story, content: bytes) -> None:
    with pytest.raises(NoCaptions):
        captions.add(exhibit, content, by=story.officer, now=story.now)
    assert not Captions.objects.exists()


def test_what_is_refused_is_said_on_the_page_of_the_exhibit(
    exhibit: Exhibit, story: Story, at_desk: Callable[[Account], Desk]
) -> None:
    file = SimpleUploadedFile("words.srt", b"1\n", "text/plain")
    desk = at_desk(story.officer)
    answer = desk.post(f"/evidence/exhibits/{exhibit.pk}/captions", {"captions": file})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "This is not a WebVTT file" in said
    assert exhibit.reference in said


@given(st.integers(0, 7_200_000), st.integers(0, 7_200_000))
def test_later_and_as_much_earlier_is_as_before(at: int, by: int) -> None:
    cue = f"{captions._written(at)} --> {captions._written(at + 1000)}"
    assert shifted(shifted(cue, by), -by) == cue
