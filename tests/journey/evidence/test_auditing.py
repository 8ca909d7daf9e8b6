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
from openrvr.journey.evidence.auditing import faults
from openrvr.journey.evidence.models import Exhibit, Slice
from openrvr.journey.evidence.player import looking
from tests.journey.evidence.test_keeping import keep
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
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(statement.encode())
    [(_, fault)] = faults()
    assert re.search(said, fault), fault


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
