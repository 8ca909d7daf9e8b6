"""The evidence store: whatever is done to it behind the service's back is found and named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.evidence import copies, vault
from openrvr.journey.evidence.auditing import faults
from openrvr.journey.evidence.custody.sealing import Place, seal
from openrvr.journey.evidence.models import Captions, Exhibit, Slice, Track, Upload, WorkingCopy
from openrvr.journey.evidence.player import captions, looking
from openrvr.journey.evidence.screening.antivirus import NoAntivirus
from tests.journey.evidence.films import film
from tests.journey.evidence.photographs import jpeg
from tests.journey.evidence.test_keeping import keep
from tests.journey.evidence.test_package import record
from tests.journey.evidence.test_uploads import looked_at, sending
from tests.story import Story

Owner = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def kept(commits: None, story: Story) -> Story:
    """Four slices of a call that has ended."""
    story.live()
    for index in range(4):
        keep(story, index, final=index == 3, ended="hung_up" if index == 3 else "")
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    return story


def stored(index: int) -> Path:
    return Path(storages["evidence"].path(Slice.objects.get(index=index).stored_as))


def flip(_: Owner) -> None:
    content = bytearray(stored(2).read_bytes())
    content[40] ^= 1
    stored(2).write_bytes(content)


def drop(_: Owner) -> None:
    stored(1).unlink()


def swap(_: Owner) -> None:
    one, two = stored(1).read_bytes(), stored(2).read_bytes()
    stored(1).write_bytes(two)
    stored(2).write_bytes(one)


def swap_rows(owner: Owner) -> None:
    one, two = Slice.objects.get(index=1).stored_as, Slice.objects.get(index=2).stored_as
    for index, name in ((1, two), (2, one)):
        owner.execute("UPDATE evidence_slice SET stored_as = %s WHERE index = %s", (name, index))


def drop_row(owner: Owner) -> None:
    owner.execute("DELETE FROM evidence_slice WHERE index = 3")


def alter_entry(owner: Owner) -> None:
    owner.execute("UPDATE evidence_custodyentry SET at = at - interval '1 h' WHERE position = 3")


def cut_the_tail(owner: Owner) -> None:
    """As thoroughly as the tables' owner can: the row of the exhibit too."""
    owner.execute("DELETE FROM evidence_slice WHERE index = 3")
    owner.execute("DELETE FROM evidence_custodyentry WHERE position > 4")
    owner.execute(
        "UPDATE evidence_exhibit SET length = 4, head ="
        " (SELECT hash FROM evidence_custodyentry WHERE position = 4)"
    )


def shred(owner: Owner) -> None:
    owner.execute("UPDATE evidence_exhibit SET wrapped_key = NULL")


def another_person(owner: Owner) -> None:
    owner.execute("UPDATE evidence_track SET person = 'officer'")


def another_kind(owner: Owner) -> None:
    owner.execute("UPDATE evidence_exhibit SET kind = 'upload'")


def directory_in_its_place(_: Owner) -> None:
    path = stored(1)
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (shred, "Its key is gone, and nobody has destroyed it"),
        (another_person, "Track .* has another person than its custody log"),
        (another_kind, "The exhibit has another kind than its custody log"),
        (directory_in_its_place, "It cannot be read from the store"),
        (flip, "Slice 2 of track .* does not open"),
        (drop, "Slice 1 of track .* is missing"),
        (swap, "Slice 1 of track .* does not open"),
        (swap_rows, "Slice 1 of track .* does not open"),
        (drop_row, "Slice 3 of track .* is not as it was receipted"),
        (alter_entry, "Entry 3 was altered"),
        (cut_the_tail, "is not the one that the access log took note of"),
    ],
)
def test_whatever_is_done_to_the_store_is_found(
    kept: Story, owner_url: str, tamper: Callable[[Owner], None], said: str
) -> None:
    assert list(faults()) == []
    with psycopg.connect(owner_url, autocommit=True) as owner:
        tamper(owner)
    [(reference, fault)] = faults()
    assert reference == Exhibit.objects.get().reference
    assert re.search(said, fault), fault
    with pytest.raises(CommandError, match="1 exhibits are not"):
        call_command("verify_evidence")


_SLICE = "Slice 2 of track .* is not as it was receipted"


def fault_after(statement: str, owner_url: str) -> str:
    """What is found wrong after the tables' owner has executed `statement`."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(statement.encode())
    [(_, fault)] = faults()
    return fault


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE evidence_slice SET since = since - interval '60 s' WHERE index = 2", _SLICE),
        ("UPDATE evidence_slice SET until = until + interval '60 s' WHERE index = 2", _SLICE),
        ("UPDATE evidence_slice SET conditions = '[{}]' WHERE index = 2", _SLICE),
        ("UPDATE evidence_slice SET size = 1 WHERE index = 2", _SLICE),
        (
            "UPDATE evidence_slice SET entry_id ="
            " (SELECT id FROM evidence_custodyentry WHERE position = 1) WHERE index = 2",
            _SLICE,
        ),
        ("UPDATE evidence_track SET ended = 'network'", "Track .* has another ended"),
        ("UPDATE evidence_track SET last = NULL", "Track .* has another last"),
        ("UPDATE evidence_track SET number = 9", "Track .* has another number"),
        ("UPDATE evidence_track SET media_type = 'audio/webm'", "Track .* has another media_type"),
        ("UPDATE evidence_exhibit SET made_at = made_at - interval '10 y'", "another made_at"),
        ("UPDATE evidence_exhibit SET call_id = NULL", "The exhibit has another call"),
        ("UPDATE call_call SET started_at = started_at + interval '1 s'", "another started_at"),
        (
            "UPDATE call_call SET ended_at = ended_at + interval '1 s'",
            "The call has another ended_at",
        ),
        ("UPDATE call_call SET ended_at = NULL", "The call has another ended_at"),
        ("UPDATE call_call SET ended_by = 'victim'", "The call has another ended_by"),
        ("UPDATE evidence_recordingnotice SET words = 'None'", "notice has another words"),
        ("UPDATE evidence_exhibit SET number = 9", "The access log knows it as RVR-.*/1"),
    ],
)
def test_a_row_that_says_something_else_than_the_log_is_found(
    kept: Story, owner_url: str, statement: str, said: str
) -> None:
    assert re.search(said, fault_after(statement, owner_url))


def test_a_whole_exhibit_that_was_deleted_is_found(
    kept: Story, owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = Exhibit.objects.get().reference
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for table in ("slice", "custodyentry", "track", "retention", "exhibit"):
            owner.execute(f"DELETE FROM evidence_{table}".encode())
    gone = "The access log names it, and there is no such exhibit any more."
    assert list(faults()) == [(reference, gone)]
    with pytest.raises(CommandError, match="1 exhibits are not"):
        call_command("verify_evidence")
    assert f"{reference}: {gone}" in capsys.readouterr().err


@pytest.fixture
def shown(commits: None, story: Story) -> Story:
    """A call with a working copy and captions."""
    story.live()
    track = Track.objects.get(pk=record(story, "victim", film(), ended="hung_up"))
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    assert copies.bring_up_to_date(track, now=story.now)
    captions.add(track.exhibit, CAPTIONS, by=story.officer, now=story.now)
    return story


CAPTIONS = b"WEBVTT\n\n00:02.000 --> 00:04.500\nHe came at nine.\n"


def stored_copy() -> Path:
    [piece] = WorkingCopy.objects.get().pieces
    return Path(storages["evidence"].path(piece))


def stored_captions() -> Path:
    return Path(storages["evidence"].path(Captions.objects.get().stored_as))


def flip_in(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)


def sealed_anew(path: Path, track: str, index: int) -> None:
    """By whoever has the database and the master key: it opens, and is something else."""
    exhibit = Exhibit.objects.get()
    place = Place(str(exhibit.pk), track, index, final=True)
    path.write_bytes(seal(b"something else", place, data_key=vault.data_key(exhibit)))


def flip_copy() -> None:
    flip_in(stored_copy())


def drop_copy() -> None:
    stored_copy().unlink()


def another_copy() -> None:
    sealed_anew(stored_copy(), str(WorkingCopy.objects.get().pk), 0)


def flip_captions() -> None:
    flip_in(stored_captions())


def drop_captions() -> None:
    stored_captions().unlink()


def other_captions() -> None:
    sealed_anew(stored_captions(), "captions", 1)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (flip_copy, "The copy of 4 slices of track .* does not open"),
        (drop_copy, "The copy of 4 slices of track .* is missing"),
        (another_copy, "The copy of 4 slices of track .* was altered"),
        (flip_captions, "Captions 1 do not open"),
        (drop_captions, "Captions 1 are missing"),
        (other_captions, "Captions 1 were altered"),
    ],
)
def test_what_is_done_to_copies_and_captions_is_found(
    shown: Story, tamper: Callable[[], None], said: str
) -> None:
    assert list(faults()) == []
    tamper()
    [(_, fault)] = faults()
    assert re.search(said, fault), fault


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE evidence_workingcopy SET pieces = '[]'", "copy .* does not open"),
        ("UPDATE evidence_workingcopy SET pieces = '[\"../x\"]'", "copy .* cannot be read"),
        ("UPDATE evidence_workingcopy SET sha256 = repeat('0', 64)", "copy .* another sha256"),
        ("UPDATE evidence_workingcopy SET made_at = now()", "copy .* another made_at"),
        ("DELETE FROM evidence_workingcopy", "Of the copy .* either no row or no receipt"),
        ("UPDATE evidence_captions SET stored_as = '../x'", "Captions 1 cannot be read"),
        ("UPDATE evidence_captions SET number = 2", "Of captions 1 .* no row or no receipt"),
        ("UPDATE evidence_captions SET added_at = now()", "captions 1 has another added_at"),
    ],
)
def test_a_row_of_a_copy_or_captions_that_was_altered_is_found(
    shown: Story, owner_url: str, statement: str, said: str
) -> None:
    assert re.search(said, fault_after(statement, owner_url))


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        ({"finding": "clean"}, "The upload has another finding"),
        ({"sha256": "0" * 64}, "The upload has another sha256"),
        ({"media_type": "image/png"}, "The upload has another media_type"),
        ({"complete_at": None}, "The upload has another complete_at"),
        ({"fault": "altered"}, "The upload has another fault"),
    ],
)
def test_what_is_said_of_a_file_that_she_sent_is_what_was_found(
    story: Story, altered: dict[str, str | None], said: str
) -> None:
    upload = sending(story.live(), jpeg()).whole()
    looked_at(upload, NoAntivirus(), story)
    assert list(faults()) == []
    Upload.objects.update(**altered)
    [(_, fault)] = faults()
    assert fault == f"{said} than its custody log."


def test_an_end_that_was_cut_off_long_after_the_call_is_found_too(
    kept: Story, owner_url: str
) -> None:
    looking.note_opened(Exhibit.objects.get(), by=kept.officer, now=kept.later(86_400))
    before = Exhibit.objects.get()
    assert list(faults()) == []
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("DELETE FROM evidence_custodyentry WHERE position = %s", (before.length,))
        owner.execute(
            "UPDATE evidence_exhibit SET length = length - 1, head ="
            " (SELECT hash FROM evidence_custodyentry ORDER BY position DESC LIMIT 1)"
        )
    [(_, fault)] = faults()
    assert fault == f"Entry {before.length} is not the one that the access log took note of."


def test_a_store_that_is_whole_says_so(kept: Story, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_evidence")
    assert "1 exhibits are as they were receipted" in capsys.readouterr().out
