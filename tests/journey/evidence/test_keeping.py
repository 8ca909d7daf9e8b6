"""Slices of a call: kept once, in their place, and receipted only when they are safe."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.storage import storages
from django.db import ProgrammingError, connection, transaction

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.models import Account
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.evidence import actions as evidence
from openrvr.journey.evidence import custody_log, directory, vault
from openrvr.journey.evidence.actions import Altered, NotItsPlace, NotTold, Piece, TooLarge
from openrvr.journey.evidence.custody.chain import ChainFault, Signed
from openrvr.journey.evidence.custody.sealing import DoesNotOpen, Place
from openrvr.journey.evidence.models import CustodyEntry, Exhibit, RecordingNotice, Slice, Track
from openrvr.journey.evidence.package.form import gap_map, received_late
from openrvr.journey.evidence.pieces import read_piece
from openrvr.journey.evidence.rules import LARGEST_SLICE, Cause, Missing
from openrvr.journey.evidence.vault import NoRoom
from openrvr.journey.waiting import actions as waitings
from tests.consoles.conftest import Desk
from tests.story import Story
from tests.together import together

TRACK = uuid.UUID(int=1)


def content(index: int) -> bytes:
    return f"slice {index} of what she said".encode() * 50


def piece(index: int, now: datetime, **other: Any) -> Piece:
    said = Piece(
        track=TRACK,
        index=index,
        person="victim",
        media_type="video/webm;codecs=vp8,opus",
        sha256=hashlib.sha256(content(index)).hexdigest(),
        since=now + timedelta(seconds=2 * index),
        until=now + timedelta(seconds=2 * index + 2),
        final=False,
    )
    return replace(said, **other)


def keep(story: Story, index: int, **other: Any) -> Signed:
    return evidence.keep(
        story.call.pk,
        piece(index, story.now, **other),
        content(index),
        by=story.officer.actor,
        now=story.now,
    )


def stored_files() -> set[Path]:
    root = Path(storages["evidence"].path(""))
    return {path for path in root.rglob("*") if path.is_file()}


def hang_up(story: Story) -> None:
    by = story.officer.actor
    calls.hang_up(story.call.pk, by=by, ended_by=EndedBy.OFFICER, now=story.now)


def what_is_noted() -> list[str]:
    entries = CustodyEntry.objects.order_by("position")
    return list(entries.values_list("what", flat=True))


@pytest.fixture
def files_before() -> set[Path]:
    return stored_files()


def test_a_receipt_is_a_signed_entry_about_this_slice(story: Story) -> None:
    receipt = keep(story.live(), 0)
    assert receipt.entry.details["sha256"] == hashlib.sha256(content(0)).hexdigest()
    assert receipt.entry.details["track"] == str(TRACK)
    exhibit = Exhibit.objects.get(call=story.call)
    assert [each.entry.what for each in custody_log.whole(exhibit)] == ["begun", "slice"]
    assert (exhibit.length, bytes(exhibit.head)) == (2, receipt.hash)


def test_the_recording_holds_the_words_that_she_was_told_and_when(story: Story) -> None:
    keep(story.live(), 0)
    notice = RecordingNotice.objects.get(invitation=story.invitation)
    begun = CustodyEntry.objects.get(what="begun")
    assert begun.details["told"]["words"] == notice.words
    assert "recorded" in notice.words
    assert begun.details["told"]["at"] == f"{notice.told_at:%Y-%m-%dT%H:%M:%S.%f}Z"


def test_nothing_is_recorded_of_somebody_who_was_not_told(story: Story) -> None:
    waitings.go_on_duty(by=story.officer, now=story.now)
    story.opened()
    waiting = waitings.check_in(story.invitation, now=story.now)
    story.call = calls.answer(waiting.pk, by=story.officer, now=story.now)
    with pytest.raises(NotTold):
        keep(story, 0)
    hang_up(story)
    assert what_is_noted() == ["begun", "call_ended", "unrecorded"]
    assert CustodyEntry.objects.get(what="begun").details["told"] is None
    assert CustodyEntry.objects.get(what="unrecorded").details["cause"] == "not_told"
    with pytest.raises(NotTold):
        keep(story, 0)


def test_a_call_of_which_nothing_was_recorded_is_an_exhibit_that_says_so(story: Story) -> None:
    story.live()
    story.later(6)
    hang_up(story)
    log = list(custody_log.whole(Exhibit.objects.get()))
    assert [each.entry.what for each in log] == ["begun", "call_ended", "unrecorded"]
    found = gap_map(log, until=story.later(60))
    assert [
        (person, gap["missing"], gap["cause"]) for person, gaps in found.items() for gap in gaps
    ] == [("victim", "everything", "unknown"), ("officer", "everything", "unknown")]


def test_what_is_found_later_on_the_officers_computer_is_kept_all_the_same(story: Story) -> None:
    recorded = piece(0, story.live().now)
    story.later(6)
    hang_up(story)
    evidence.keep(story.call.pk, recorded, content(0), by=story.officer.actor, now=story.later(900))
    log = list(custody_log.whole(Exhibit.objects.get()))
    assert [gap["since"][-10:-4] for gap in gap_map(log, until=story.now)["victim"]] == ["02.000"]
    [late] = received_late(log)
    assert late["person"] == "victim"
    assert late["received"] == log[-1].as_json()["entry"]["at"]


def test_a_browser_that_cannot_record_says_so(
    story: Story, at_desk: Callable[[Account], Desk]
) -> None:
    story.live()
    desk = at_desk(story.officer)
    answer = desk.sends(f"/evidence/calls/{story.call.pk}/begin", {"able": False})
    assert answer.status_code == 200, answer.content
    assert what_is_noted() == ["begun", "unrecorded"]
    log = list(custody_log.whole(Exhibit.objects.get()))
    [gap] = gap_map(log, until=story.now + timedelta(seconds=9))["victim"]
    assert gap["cause"] == "not_supported"
    # Another browser, and then it could: of the one who has no track nothing is known of why.
    keep(story, 0)
    log = list(custody_log.whole(Exhibit.objects.get()))
    assert {gap["cause"] for gap in gap_map(log, until=story.now)["officer"]} <= {"not_granted"}


def test_of_what_a_recorder_noticed_nothing_is_cut_off() -> None:
    began = 1_800_000_000_000
    conditions = [
        {
            "since": began + 10 * n,
            "until": began + 10 * n + 9,
            "missing": "sound",
            "cause": "network",
        }
        for n in range(60)
    ]
    header = {
        "person": "victim",
        "mediaType": "video/webm",
        "sha256": "0" * 64,
        "since": began,
        "until": began + 2000,
        "final": False,
        "conditions": conditions,
    }
    read = read_piece(json.dumps(header), track=TRACK, index=0)
    since, until, missing, cause = read.conditions[-1]
    assert len(read.conditions) == 51
    assert (missing, cause) == (Missing.EVERYTHING, Cause.UNKNOWN)
    assert (until - since).total_seconds() == 0.099


def test_sent_twice_it_is_kept_once(story: Story, files_before: set[Path]) -> None:
    first = keep(story.live(), 0)
    story.later(5)
    assert evidence.keep(
        story.call.pk,
        piece(0, story.now - timedelta(seconds=5)),
        content(0),
        by=story.officer.actor,
        now=story.now,
    ) == first  # fmt: skip
    assert Slice.objects.count() == 1
    assert len(stored_files() - files_before) == 1


def test_out_of_order_is_no_fault(story: Story) -> None:
    story.live()
    for index in (2, 0, 3, 1):
        keep(story, index, final=index == 3, ended="hung_up" if index == 3 else "")
    track = Track.objects.get()
    assert [each.index for each in track.slices.all()] == [0, 1, 2, 3]
    assert (track.last, track.ended) == (3, "hung_up")


def test_what_was_altered_on_the_way_is_not_kept(story: Story, files_before: set[Path]) -> None:
    story.live()
    with pytest.raises(Altered):
        evidence.keep(
            story.call.pk,
            piece(0, story.now),
            content(0)[:-1] + b"!",
            by=story.officer.actor,
            now=story.now,
        )
    assert not Slice.objects.exists()
    assert stored_files() == files_before


def test_nothing_that_is_kept_is_replaced(story: Story) -> None:
    keep(story.live(), 0)
    other = b"another picture"
    with pytest.raises(NotItsPlace, match="nothing that is kept is altered"):
        evidence.keep(
            story.call.pk,
            piece(0, story.now, sha256=hashlib.sha256(other).hexdigest()),
            other,
            by=story.officer.actor,
            now=story.now,
        )
    with pytest.raises(NotItsPlace, match="nothing that is kept is altered"):
        keep(story, 0, final=True)


def test_a_track_stays_one_persons_and_one_recordings(story: Story) -> None:
    keep(story.live(), 0)
    with pytest.raises(NotItsPlace, match="another person"):
        keep(story, 1, person="officer")
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    second = Story(call_taker=story.call_taker, officer=story.officer, now=story.later(60)).live()
    for index in (0, 1):
        with pytest.raises(NotItsPlace, match="another recording"):
            keep(second, index)


def test_nothing_follows_the_end_of_a_track(story: Story) -> None:
    story.live()
    keep(story, 0)
    keep(story, 2, final=True)
    keep(story, 1)
    with pytest.raises(NotItsPlace, match="has ended"):
        keep(story, 3)
    keep(story, 5, track=uuid.UUID(int=2))
    with pytest.raises(NotItsPlace, match="A later slice"):
        keep(story, 4, track=uuid.UUID(int=2), final=True)


def test_what_waited_on_the_officers_computer_is_taken_after_the_call(story: Story) -> None:
    recorded = piece(0, story.live().now)
    calls.hang_up(
        story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.later(4)
    )
    evidence.keep(
        story.call.pk, recorded, content(0), by=story.officer.actor, now=story.later(86_400)
    )
    assert Slice.objects.count() == 1


def test_what_was_recorded_after_the_call_is_refused(story: Story) -> None:
    story.live()
    calls.hang_up(
        story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.later(4)
    )
    story.later(60)
    with pytest.raises(NotItsPlace, match="had ended"):
        keep(story, 0)


def test_nor_does_a_track_go_on_after_the_call(story: Story) -> None:
    keep(story.live(), 0)
    story.later(4)
    hang_up(story)
    with pytest.raises(NotItsPlace, match="had ended"):
        keep(story, 1, since=story.later(3600), until=story.now)


def test_a_slice_has_a_largest_size(story: Story) -> None:
    with pytest.raises(TooLarge):
        evidence.keep(
            story.live().call.pk,
            piece(0, story.now),
            bytes(LARGEST_SLICE + 1),
            by=story.officer.actor,
            now=story.now,
        )


def test_what_is_stored_opens_only_in_its_own_place(story: Story, files_before: set[Path]) -> None:
    keep(story.live(), 0)
    [path] = stored_files() - files_before
    assert b"what she said" not in path.read_bytes()
    exhibit, kept = Exhibit.objects.get(), Slice.objects.get()
    key = vault.data_key(exhibit)
    place = Place(str(exhibit.pk), str(TRACK), 0, final=False)
    assert vault.fetch(kept.stored_as, place, data_key=key) == content(0)
    for other in (
        replace(place, index=1),
        replace(place, final=True),
        replace(place, track=str(uuid.UUID(int=2))),
        replace(place, exhibit=str(uuid.UUID(int=2))),
    ):
        with pytest.raises(DoesNotOpen):
            vault.fetch(kept.stored_as, other, data_key=key)


def test_a_full_disk_is_said_and_nothing_is_receipted(
    story: Story, monkeypatch: pytest.MonkeyPatch, files_before: set[Path]
) -> None:
    story.live()
    monkeypatch.setattr(directory, "RESERVE", 1 << 60)
    with pytest.raises(NoRoom):
        keep(story, 0)
    assert not Slice.objects.exists()
    assert stored_files() == files_before
    monkeypatch.undo()
    keep(story, 0)
    assert Slice.objects.count() == 1


@pytest.mark.parametrize("table", ["evidence_custodyentry", "evidence_slice"])
def test_the_application_may_neither_alter_nor_delete(story: Story, table: str) -> None:
    keep(story.live(), 0)
    for statement in (f"UPDATE {table} SET id = id + 1", f"DELETE FROM {table}"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_of_the_same_slice_sent_at_once_one_is_kept(
    commits: None, story: Story, files_before: set[Path]
) -> None:
    story.live()
    receipts = together(*[lambda: keep(story, 0)] * 6)
    assert len({receipt.hash for receipt in receipts}) == 1
    assert Slice.objects.count() == 1
    assert len(stored_files() - files_before) == 1


def test_a_clock_that_is_set_back_changes_neither_order_nor_chain(story: Story) -> None:
    story.live()
    said = [piece(index, story.now) for index in range(3)]
    for each, minutes in zip(said, (0, -60, 30), strict=True):
        now = story.now + timedelta(minutes=minutes)
        evidence.keep(story.call.pk, each, content(each.index), by=story.officer.actor, now=now)
    log = list(custody_log.whole(Exhibit.objects.get()))
    assert [each.entry.details.get("index") for each in log] == [None, 0, 1, 2]
    assert log[2].entry.at < log[1].entry.at < log[3].entry.at


def test_both_recorders_at_once_make_one_recording_and_one_chain(
    commits: None, story: Story
) -> None:
    story.live()
    tracks = {uuid.UUID(int=number): person for number, person in ((1, "victim"), (2, "officer"))}
    receipts = together(
        *[
            lambda track=track, person=person, index=index: keep(
                story, index, track=track, person=person
            )
            for track, person in tracks.items()
            for index in range(4)
        ]
    )
    assert all(isinstance(receipt, Signed) for receipt in receipts), receipts
    exhibit = Exhibit.objects.get()
    assert len(list(custody_log.whole(exhibit))) == 9


def test_a_log_that_its_owner_altered_does_not_verify(
    commits: None, story: Story, owner_url: str
) -> None:
    keep(story.live(), 0)
    keep(story, 1)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("UPDATE evidence_custodyentry SET by_label = 'X' WHERE position = 2")
    with pytest.raises(ChainFault, match="Entry 2 was altered"):
        list(custody_log.whole(Exhibit.objects.get()))


def test_the_account_who_delivers_stands_in_the_receipt(
    story: Story, other_officer: Account
) -> None:
    story.live()
    receipt = evidence.keep(
        story.call.pk, piece(0, story.now), content(0), by=other_officer.actor, now=story.now
    )
    assert receipt.entry.by["label"] == other_officer.actor.label


def test_the_end_of_the_call_is_in_the_log_and_its_head_in_the_access_log(story: Story) -> None:
    keep(story.live(), 0)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    exhibit = Exhibit.objects.get()
    assert [each.entry.what for each in custody_log.whole(exhibit)][-1] == "call_ended"
    line = AuditLine.objects.get(action="evidence.call_ended")
    assert line.details["head"] == bytes(exhibit.head).hex()
    assert line.details["length"] == exhibit.length == 3


def test_the_access_log_takes_note_of_every_thirtieth_entry_too(story: Story) -> None:
    story.live()
    for index in range(30):
        keep(story, index)
    line = AuditLine.objects.get(action="evidence.slice")
    assert line.details["length"] == 30
    assert line.details["head"] == CustodyEntry.objects.get(position=30).hash.hex()
