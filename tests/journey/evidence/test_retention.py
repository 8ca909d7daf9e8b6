"""Kept as long as it must be, held when somebody needs it, destroyed so that nobody reads it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from django.core.files.storage import storages
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.cases.models import Case
from openrvr.foundation.jobs.models import WorkerBeat
from openrvr.foundation.jobs.sweeping import sweep_until
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk, Role
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.foundation.refusal import Refused
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.closing import actions as closing
from openrvr.journey.evidence import copies, custody_log, masters, vault
from openrvr.journey.evidence.auditing import faults
from openrvr.journey.evidence.exporting import export
from openrvr.journey.evidence.models import (
    Disposal,
    DisposalRequest,
    Exhibit,
    Hold,
    Review,
    Track,
)
from openrvr.journey.evidence.package import form
from openrvr.journey.evidence.package.fault import PackageFault
from openrvr.journey.evidence.package.verifying import verify
from openrvr.journey.evidence.retention import actions as retention
from openrvr.journey.evidence.retention.actions import (
    AlreadyDecided,
    AnotherPerson,
    CaseStillOpen,
    IsHeld,
)
from openrvr.journey.evidence.retention.certificates import deposited, is_genuine
from openrvr.journey.evidence.retention.queries import until_when
from openrvr.journey.evidence.retention.rules import kept_until
from openrvr.journey.evidence.statement import actions as statements
from openrvr.journey.evidence.vault import Shredded
from tests.journey.evidence.films import film
from tests.journey.evidence.test_keeping import keep, stored_files
from tests.journey.evidence.test_package import described_again, first, record
from tests.story import Story
from tests.together import together

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)  # Whatever ended then is over by the worker's clock.
ends = st.one_of(st.none(), st.integers(0, 2000).map(lambda days: FIRST + timedelta(days=days)))


@given(st.lists(ends, max_size=5))
def test_the_longest_category_wins_and_a_hold_beats_all(categories: list[datetime | None]) -> None:
    until = kept_until(categories, held=False)
    assert kept_until(categories, held=True) is None
    if until is None:
        assert not categories or None in categories
    else:
        assert all(end is not None and end <= until for end in categories)


@pytest.fixture
def manager(db_or_commits: None) -> Account:
    return _manager("irene")


@pytest.fixture
def other_manager(db_or_commits: None) -> Account:
    return _manager("ivan")


def _manager(name: str) -> Account:
    return Account.objects.create(
        username=name, name=name, shown_as=name, roles=[Role.INFORMATION_MANAGER.value]
    )


@pytest.fixture
def closed(story: Story) -> Story:
    """A recorded call whose case is closed."""
    story.live()
    track = record(story, "victim", film(), ended="hung_up")
    copies.bring_up_to_date(Track.objects.get(pk=track), now=story.now)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    closing.close_with(story.case.pk, "non_crime", by=story.officer, now=story.now)
    return story


def exhibit_of(story: Story) -> Exhibit:
    return Exhibit.objects.get(case=story.case)


def owed(story: Story) -> list[tuple[str, str, datetime]]:
    found = Promise.objects.filter(case=story.case, state="open").order_by("due_at")
    return [(p.kind, p.desk, p.due_at) for p in found]


def destructions_owed(story: Story) -> list[datetime]:
    """When it is promised that something is destroyed."""
    return [due for kind, _, due in owed(story) if kind == "dispose_evidence"]


def test_evidence_is_kept_until_reviewed_and_the_review_is_promised(closed: Story) -> None:
    made_at = exhibit_of(closed).made_at
    due = made_at + timedelta(days=365)
    assert owed(closed) == [("review_evidence", Desk.INFORMATION, due)]
    assert retention.destroy_what_is_due(made_at + timedelta(days=3650)) == 0


def test_a_promise_about_evidence_answers_for_nobody(story: Story) -> None:
    """Invariant 1: the report's own promise is needed all the same, and it holds up no close."""
    story.live()
    record(story, "victim", film(), ended="hung_up")
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    closing.close_with(story.case.pk, "non_crime", by=story.officer, now=story.now)
    assert Case.objects.get(pk=story.case.pk).closed_at


def test_what_is_still_needed_is_reviewed_again(closed: Story, manager: Account) -> None:
    now = closed.later(360 * 86_400)
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=True, reason="Trial in May", by=manager, now=now)
    due = now + timedelta(days=365)
    assert owed(closed) == [("review_evidence", Desk.INFORMATION, due)]


def test_what_is_needed_no_more_is_destroyed_by_the_schedule(
    closed: Story, manager: Account
) -> None:
    now = closed.later(360 * 86_400)
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=False, reason="No proceedings", by=manager, now=now)
    until = now + timedelta(days=30)
    assert owed(closed) == [("dispose_evidence", Desk.INFORMATION, until)]
    assert retention.destroy_what_is_due(until - timedelta(seconds=1)) == 0
    assert retention.destroy_what_is_due(until) == 1
    assert owed(closed) == []


def test_the_longest_category_keeps_it(closed: Story, manager: Account) -> None:
    exhibit = exhibit_of(closed)
    retention.add_category(exhibit.pk, "disclosure", by=manager, now=closed.now)
    assert retention.destroy_what_is_due(closed.later(31 * 86_400)) == 0
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=closed.now)
    assert retention.destroy_what_is_due(closed.later(29 * 86_400)) == 0
    assert retention.destroy_what_is_due(closed.later(2 * 86_400)) == 1


def test_nothing_of_an_open_case_is_destroyed(story: Story, manager: Account) -> None:
    story.live()
    record(story, "victim", film(), ended="hung_up")
    exhibit = exhibit_of(story)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=story.now)
    assert retention.destroy_what_is_due(story.now + timedelta(days=3650)) == 0
    with pytest.raises(CaseStillOpen):
        retention.ask_disposal(exhibit.pk, reason="No", by=manager, now=story.now)


def test_a_hold_beats_the_schedule_and_two_people(
    closed: Story, manager: Account, other_manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    asked = retention.ask_disposal(exhibit.pk, reason="A test", by=manager, now=closed.now)
    hold = retention.hold(exhibit.pk, reason="Appeal", by=other_manager, now=closed.now)
    with pytest.raises(IsHeld):
        retention.approve_disposal(asked.pk, by=other_manager, now=closed.now)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=closed.now)
    assert retention.destroy_what_is_due(closed.later(3650 * 86_400)) == 0
    retention.lift(hold.pk, reason="Appeal over", by=other_manager, now=closed.now)
    assert retention.destroy_what_is_due(closed.now) == 1


def test_nobody_promises_to_destroy_what_a_longer_category_keeps(
    closed: Story, manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    retention.add_category(exhibit.pk, "disclosure", by=manager, now=closed.now)
    assert destructions_owed(closed) == []
    now = closed.later(10 * 86_400)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=now)
    assert destructions_owed(closed) == [now + timedelta(days=30)]
    assert promises.fire_due(exhibit.made_at + timedelta(days=39)) == 0


def test_a_category_that_ends_later_moves_the_promise_to_destroy(
    closed: Story, manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    now = exhibit.made_at - timedelta(days=1)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=now)
    assert destructions_owed(closed) == [now + timedelta(days=30)]
    retention.add_category(exhibit.pk, "disclosure", by=manager, now=closed.now)
    assert destructions_owed(closed) == [exhibit.made_at + timedelta(days=30)]
    moved = Promise.objects.get(case=closed.case, kind="dispose_evidence", state="withdrawn")
    assert moved.settled_because == "kept until later"


def test_a_hold_takes_the_promise_to_destroy_back_until_the_last_is_lifted(
    closed: Story, manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=closed.now)
    until = closed.now + timedelta(days=30)
    holds = [
        retention.hold(exhibit.pk, reason=why, by=manager, now=closed.now)
        for why in ("Appeal", "Complaint")
    ]
    assert destructions_owed(closed) == []
    retention.lift(holds[0].pk, reason="Appeal over", by=manager, now=closed.now)
    assert destructions_owed(closed) == []
    retention.lift(holds[1].pk, reason="Answered", by=manager, now=closed.now)
    assert destructions_owed(closed) == [until]


def test_what_is_overdue_when_the_last_hold_is_lifted_is_promised_at_once(
    closed: Story, manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=closed.now)
    hold = retention.hold(exhibit.pk, reason="Appeal", by=manager, now=closed.now)
    now = closed.later(40 * 86_400)
    retention.lift(hold.pk, reason="Appeal over", by=manager, now=now)
    assert destructions_owed(closed) == [now]
    assert retention.destroy_what_is_due(now) == 1
    assert owed(closed) == []


def test_the_destruction_of_an_open_case_s_evidence_is_promised_when_it_closes(
    story: Story, manager: Account
) -> None:
    story.live()
    record(story, "victim", film(), ended="hung_up")
    exhibit = exhibit_of(story)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=story.now)
    until = story.now + timedelta(days=30)
    assert retention.promise_disposals(story.now) == 0
    assert destructions_owed(story) == []
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    closing.close_with(story.case.pk, "non_crime", by=story.officer, now=story.now)
    assert retention.promise_disposals(story.now) == 1
    assert destructions_owed(story) == [until]
    assert retention.promise_disposals(story.later(60)) == 0


@pytest.mark.parametrize("needed", [True, False])
def test_a_missed_deadline_stays_with_those_who_may_enter_the_register(
    closed: Story, manager: Account, needed: bool
) -> None:
    """A supervisor can neither review nor destroy."""
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=needed, reason="So", by=manager, now=closed.now)
    assert promises.fire_due(closed.later(400 * 86_400)) == 1
    [(_, desk, _)] = owed(closed)
    assert desk == Desk.INFORMATION
    told = LiveEvent.objects.filter(kind="promise.missed").values_list("stream", flat=True)
    assert list(told) == ["desk.information"]


def test_new_proceedings_make_it_evidence_again(closed: Story, manager: Account) -> None:
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=closed.now)
    now = closed.later(20 * 86_400)
    for _ in range(2):
        retention.add_category(exhibit.pk, "evidence", by=manager, now=now)
        assert owed(closed) == [("review_evidence", Desk.INFORMATION, now + timedelta(days=365))]
    assert retention.destroy_what_is_due(closed.later(3650 * 86_400)) == 0
    assert exhibit.retentions.count() == 1
    retention.review(exhibit.pk, needed=False, reason="Over", by=manager, now=closed.now)
    assert destructions_owed(closed) == [closed.now + timedelta(days=30)]


def test_a_category_counts_from_the_recording_whenever_it_is_added(
    closed: Story, manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    retention.add_category(
        exhibit.pk, "disclosure", by=manager, now=exhibit.made_at + timedelta(days=20)
    )
    kept = exhibit.retentions.get(category="disclosure")
    assert kept.until == exhibit.made_at + timedelta(days=30)


def test_two_people_destroy_and_not_one_twice(
    closed: Story, manager: Account, other_manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    asked = retention.ask_disposal(
        exhibit.pk, reason="Recorded in error", by=manager, now=closed.now
    )
    with pytest.raises(AnotherPerson):
        retention.approve_disposal(asked.pk, by=manager, now=closed.now)
    retention.approve_disposal(asked.pk, by=other_manager, now=closed.now)
    with pytest.raises(Shredded):
        retention.hold(exhibit.pk, reason="Too late", by=manager, now=closed.now)


def test_a_request_that_is_refused_destroys_nothing(
    closed: Story, manager: Account, other_manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    asked = retention.ask_disposal(exhibit.pk, reason="A test", by=manager, now=closed.now)
    retention.refuse_disposal(asked.pk, by=other_manager, now=closed.now)
    assert DisposalRequest.objects.get().refused
    with pytest.raises(AlreadyDecided):
        retention.approve_disposal(asked.pk, by=other_manager, now=closed.now)
    assert exhibit_of(closed).wrapped_key is not None


def test_a_row_alone_destroys_nothing(closed: Story) -> None:
    """Whoever has the application's password can write one."""
    exhibit = exhibit_of(closed)
    Disposal.objects.create(exhibit=exhibit, at=closed.now, certificate={"statement": {}})
    before = stored_files()
    assert retention.clear_away(closed.now) == 0
    Exhibit.objects.filter(pk=exhibit.pk).update(wrapped_key=None)
    assert retention.clear_away(closed.now) == 0
    assert stored_files() == before
    [(_, fault)] = faults()
    assert fault == "Its key is gone, and nobody has destroyed it."


def test_what_is_no_certificate_is_passed_over_and_replaced(destroyed: Story) -> None:
    exhibit = exhibit_of(destroyed)
    vault.put_plain(f"certificates/{exhibit.pk}.json", b"{ half of it")
    vault.put_plain("certificates/.draft", b"")
    assert list(deposited()) == []
    retention.clear_away(destroyed.now)
    assert [each["statement"]["exhibit"] for each in deposited()] == [str(exhibit.pk)]


def test_nothing_is_receipted_of_what_was_destroyed(destroyed: Story) -> None:
    with pytest.raises(Shredded):
        keep(destroyed, 9)


@pytest.fixture
def destroyed(closed: Story, manager: Account, other_manager: Account) -> Story:
    asked = retention.ask_disposal(
        exhibit_of(closed).pk, reason="A test", by=manager, now=closed.now
    )
    retention.approve_disposal(asked.pk, by=other_manager, now=closed.now)
    return closed


def test_a_statement_that_was_never_signed_goes_with_the_recording_of_its_call(
    story: Story, destroy: Callable[[], Disposal]
) -> None:
    story.live()
    record(story, "victim", film(), ended="hung_up")
    begun = statements.begin(story.call.pk, by=story.officer, now=story.now)
    statements.write(begun.pk, "text", was="", value="He came.", by=story.officer, now=story.now)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    closing.close_with(story.case.pk, "non_crime", by=story.officer, now=story.now)
    destroy()
    begun.refresh_from_db()
    assert (begun.text, begun.witness) == ("", "")


def test_nobody_can_read_what_was_destroyed(destroyed: Story) -> None:
    exhibit = exhibit_of(destroyed)
    assert exhibit.wrapped_key is None
    made = copies.newest(exhibit.tracks.get())
    assert made
    with pytest.raises(Shredded):
        copies.sealed(made)


def test_a_package_has_the_certificate_of_what_was_destroyed(
    destroyed: Story, tmp_path: Path
) -> None:
    package = export(destroyed.case, tmp_path, by=destroyed.officer, now=destroyed.now)
    assert verify(package).exhibits == 1
    assert not list(package.glob("data/exhibits/1/masters/*"))
    [described] = json.loads((package / "data/package.json").read_bytes())["exhibits"]
    assert described["destroyed"] == Disposal.objects.get().certificate


@pytest.fixture
def destroy(story: Story, manager: Account, other_manager: Account) -> Callable[[], Disposal]:
    """Two people destroy the exhibit, at whatever moment of something else."""

    def two_people() -> Disposal:
        asked = retention.ask_disposal(
            exhibit_of(story).pk, reason="A test", by=manager, now=story.now
        )
        return retention.approve_disposal(asked.pk, by=other_manager, now=story.now)

    return two_people


@pytest.fixture(params=[False, True], ids=["ciphertext there", "ciphertext gone"])
def meanwhile(
    story: Story, destroy: Callable[[], Disposal], request: pytest.FixtureRequest
) -> Callable[[], None]:
    """Destroyed by two people, and its ciphertext deleted or not yet."""

    def destroyed_by_now() -> None:
        destroy()
        if request.param:
            retention.clear_away(story.now)

    return destroyed_by_now


def before(module: ModuleType, name: str, act: Callable[[], object]) -> Callable[..., Any]:
    """The module's function, with something else happening just before its first call."""
    unchanged, waiting = getattr(module, name), [act]

    def changed(*given: Any, **named: Any) -> Any:
        while waiting:
            waiting.pop()()
        return unchanged(*given, **named)

    return changed


@pytest.mark.parametrize("moment", ["bring_up_to_date", "newest"])
def test_what_is_destroyed_while_copies_are_made_is_exported_as_destroyed(
    closed: Story,
    meanwhile: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    # One more slice: the copy has to be made again, of what is gone by then.
    record(closed, "officer", film(), ended="hung_up")
    monkeypatch.setattr(copies, moment, before(copies, moment, meanwhile))
    package = export(closed.case, tmp_path, by=closed.officer, now=closed.now)
    verify(package)
    assert not list(package.glob("data/exhibits/1/masters/*"))
    assert not list(package.glob("data/exhibits/1/copies/*"))
    [described] = json.loads((package / "data/package.json").read_bytes())["exhibits"]
    assert described["destroyed"] == Disposal.objects.get().certificate
    assert described["tracks"] == []


@pytest.mark.parametrize(("module", "moment"), [(masters, "contents"), (form, "gap_map")])
def test_what_is_destroyed_while_it_is_written_is_in_no_package(
    closed: Story,
    meanwhile: Callable[[], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    moment: str,
) -> None:
    monkeypatch.setattr(module, moment, before(module, moment, meanwhile))
    with pytest.raises(Shredded):
        export(closed.case, tmp_path, by=closed.officer, now=closed.now)
    assert list(tmp_path.iterdir()) == []
    assert Disposal.objects.exists()


def test_what_was_destroyed_is_not_described_as_if_it_were_there(
    destroyed: Story, tmp_path: Path
) -> None:
    package = export(destroyed.case, tmp_path, by=destroyed.officer, now=destroyed.now)
    described_again(package, lambda description: first(description).pop("destroyed"))
    with pytest.raises(PackageFault, match="Exhibit 1 was destroyed: its log says so"):
        verify(package)


def test_no_package_has_a_track_of_what_was_destroyed(destroyed: Story, tmp_path: Path) -> None:
    package = export(destroyed.case, tmp_path, by=destroyed.officer, now=destroyed.now)
    track = exhibit_of(destroyed).tracks.get()
    name = "exhibits/1/masters/1-victim.webm"
    (package / "data" / name).parent.mkdir()
    (package / "data" / name).write_bytes(film())

    def with_a_track(description: dict[str, Any]) -> None:
        described = {"id": str(track.pk), "number": 1, "person": track.person, "copy": None}
        described |= {"media_type": track.media_type, "master": name}
        first(description)["tracks"].append(described)
        description["files"][name] = hashlib.sha256(film()).hexdigest()

    described_again(package, with_a_track)
    with pytest.raises(PackageFault, match="Exhibit 1 has tracks, and was destroyed"):
        verify(package)


def test_the_ciphertext_goes_and_the_certificate_stays(destroyed: Story) -> None:
    exhibit = exhibit_of(destroyed)
    before = {path for path in stored_files() if str(exhibit.pk) in str(path)}
    assert len(before) == 5  # Four slices and a working copy of one piece.
    retention.clear_away(destroyed.now)
    assert not {path for path in before if path.exists()}
    [certificate] = [
        each for each in deposited() if each["statement"]["exhibit"] == str(exhibit.pk)
    ]
    assert certificate == Disposal.objects.get().certificate
    assert retention.clear_away(destroyed.now) == 0


def test_what_a_killed_process_left_goes_too(destroyed: Story) -> None:
    """A piece is stored before its row: whoever is killed between the two leaves it unnamed."""
    exhibit = exhibit_of(destroyed)
    track = exhibit.tracks.get()
    for unnamed in (f"{track.pk}/000009-deadbeef", f"{track.pk}/.draft", "captions/000000-feed"):
        vault.put_plain(f"{exhibit.pk}/{unnamed}", b"what a killed process left")
    vault.put_plain(f"{exhibit.pk}0/{track.pk}/000000-beef", b"another exhibit's")
    retention.clear_away(destroyed.now)
    assert what_is_stored() == {
        f"certificates/{exhibit.pk}.json",
        f"{exhibit.pk}0/{track.pk}/000000-beef",
    }


def test_why_it_was_kept_or_destroyed_goes_with_it(
    closed: Story, manager: Account, other_manager: Account
) -> None:
    """A reason can hold a name; that somebody decided, who and when stays."""
    exhibit = exhibit_of(closed)
    name, now = "Jane Example", closed.now
    retention.review(exhibit.pk, needed=True, reason=name, by=manager, now=now)
    hold = retention.hold(exhibit.pk, reason=name, by=manager, now=now)
    retention.lift(hold.pk, reason=name, by=manager, now=now)
    refused = retention.ask_disposal(exhibit.pk, reason=name, by=manager, now=now)
    retention.refuse_disposal(refused.pk, by=other_manager, now=now)
    asked = retention.ask_disposal(exhibit.pk, reason=name, by=manager, now=now)
    retention.approve_disposal(asked.pk, by=other_manager, now=now)
    assert list(Hold.objects.values_list("reason", "lifted_because", "lifted_by")) == [
        ("", "", manager.pk)
    ]
    assert list(DisposalRequest.objects.values_list("reason", "by")) == [("", manager.pk)] * 2
    assert list(Review.objects.values_list("reason", "by")) == [("", manager.pk)]


def test_the_certificate_is_signed_and_names_nobody(destroyed: Story, manager: Account) -> None:
    certificate = Disposal.objects.get().certificate
    assert is_genuine(certificate)
    altered = {**certificate, "statement": {**certificate["statement"], "rule": "none"}}
    assert not is_genuine(altered)
    written = str(certificate)
    for name in (manager.name, destroyed.officer.name, destroyed.case.reference, "Test Caller"):
        assert name not in written


def test_the_custody_log_tells_of_the_end_and_still_verifies(destroyed: Story) -> None:
    log = list(custody_log.whole(exhibit_of(destroyed)))
    assert [each.entry.what for each in log][-2:] == ["disposal_asked", "destroyed"]
    assert AuditLine.objects.filter(action="evidence.destroyed").count() == 1


def test_a_backup_that_is_restored_brings_nothing_back(destroyed: Story) -> None:
    retention.clear_away(destroyed.now)
    exhibit = exhibit_of(destroyed)
    # What the database held before: the key, and no disposal.
    Exhibit.objects.filter(pk=exhibit.pk).update(wrapped_key=b"as it was before")
    Disposal.objects.filter(exhibit=exhibit).update(exhibit=_another(exhibit))
    assert retention.destroy_again(destroyed.later(86_400)) == 1
    assert exhibit_of_pk(exhibit).wrapped_key is None
    assert retention.destroy_again(destroyed.later(60)) == 0


class _OneRound(threading.Event):
    """Lets the clocks of a worker go round once."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - it does not wait
        been_round = self.is_set()
        self.set()
        return been_round


def start_a_worker() -> None:
    """Its clocks, as the table in `config/subscriptions.py` has them, on the real time."""
    sweep_until(_OneRound())
    assert WorkerBeat.objects.exists()


def what_is_stored() -> set[str]:
    root = Path(storages["evidence"].path(""))
    return {path.relative_to(root).as_posix() for path in stored_files()}


def test_a_worker_that_starts_destroys_again_what_a_backup_brought_back(
    commits: None, closed: Story, owner_url: str, manager: Account, other_manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    backup = backed_up(owner_url)
    asked = retention.ask_disposal(exhibit.pk, reason="A test", by=manager, now=closed.now)
    retention.approve_disposal(asked.pk, by=other_manager, now=closed.now)
    retention.clear_away(closed.now)
    restore(owner_url, backup)
    assert not Disposal.objects.exists()
    assert vault.data_key(exhibit_of(closed))
    start_a_worker()
    assert exhibit_of(closed).wrapped_key is None
    assert Disposal.objects.get().certificate["statement"]["rule"].endswith("before a restore")
    assert list(faults()) == []


Backup = dict[str, bytes]


def backed_up(owner_url: str) -> Backup:
    """Every row of the database, as it stands."""
    with psycopg.connect(owner_url) as owner:
        names = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT LIKE 'django_%' AND tablename NOT LIKE 'procrastinate_%'"
        ).fetchall()
        return {name: _copied(owner, name) for (name,) in names}


def _copied(owner: psycopg.Connection, name: str) -> bytes:
    with owner.cursor().copy(f"COPY {name} TO STDOUT") as rows:
        return b"".join(bytes(each) for each in rows)


def restore(owner_url: str, backup: Backup) -> None:
    """Make every row what it was; what was written since is gone."""
    connection.close()
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for name in backup:
            owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        with owner.transaction():
            owner.execute(f"TRUNCATE {', '.join(backup)} CASCADE")
            for name, rows in backup.items():
                with owner.cursor().copy(f"COPY {name} FROM STDIN") as written:
                    written.write(rows)
        for name in backup:
            owner.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def test_the_schedule_destroys_what_is_due_and_clears_it_away(
    commits: None, closed: Story, manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=LONG_AGO)
    start_a_worker()
    assert exhibit_of(closed).wrapped_key is None
    assert what_is_stored() == {f"certificates/{exhibit.pk}.json"}


def test_the_schedule_promises_to_destroy_what_a_closed_case_has_left(
    commits: None, story: Story, manager: Account
) -> None:
    story.live()
    record(story, "victim", film(), ended="hung_up")
    now = timezone.now()
    retention.review(exhibit_of(story).pk, needed=False, reason="No", by=manager, now=now)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    closing.close_with(story.case.pk, "non_crime", by=story.officer, now=story.now)
    start_a_worker()
    assert destructions_owed(story) == [now + timedelta(days=30)]


def test_whoever_is_killed_while_deleting_has_left_a_certificate(
    destroyed: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a backup that is restored after that brings back what was destroyed."""

    class Killed(BaseException):
        pass

    def killed(_: str) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(storages["evidence"], "delete", killed)
        with pytest.raises(Killed):
            retention.clear_away(destroyed.now)
    assert [each["statement"]["exhibit"] for each in deposited()] == [str(exhibit_of(destroyed).pk)]
    assert retention.clear_away(destroyed.now) == 1
    assert what_is_stored() == {f"certificates/{exhibit_of(destroyed).pk}.json"}


def exhibit_of_pk(exhibit: Exhibit) -> Exhibit:
    return Exhibit.objects.get(pk=exhibit.pk)


def _another(exhibit: Exhibit) -> Exhibit:
    """The restored database has no row of the disposal; the application may delete none."""
    return Exhibit.objects.create(
        case=exhibit.case, number=99, kind=exhibit.kind, made_at=exhibit.made_at
    )


def test_of_a_hold_and_a_disposal_at_once_one_wins(
    commits: None, closed: Story, manager: Account, other_manager: Account
) -> None:
    """Either it is held and there, or it is destroyed and the hold was refused."""
    exhibit = exhibit_of(closed)
    asked = retention.ask_disposal(exhibit.pk, reason="A test", by=manager, now=closed.now)
    disposal, hold = together(
        lambda: retention.approve_disposal(asked.pk, by=other_manager, now=closed.now),
        lambda: retention.hold(exhibit.pk, reason="Appeal", by=manager, now=closed.now),
    )
    gone = exhibit_of(closed).wrapped_key is None
    assert isinstance(disposal, IsHeld) is not gone
    assert isinstance(hold, Shredded) is gone
    assert Hold.objects.exists() is not gone


def test_of_a_hold_and_the_schedule_at_once_one_wins(
    commits: None, closed: Story, manager: Account
) -> None:
    exhibit = exhibit_of(closed)
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=LONG_AGO)
    destroyed, hold = together(
        lambda: retention.destroy_what_is_due(closed.now),
        lambda: retention.hold(exhibit.pk, reason="Appeal", by=manager, now=closed.now),
    )
    gone = exhibit_of(closed).wrapped_key is None
    assert destroyed == int(gone)
    assert isinstance(hold, Shredded) is gone
    assert Hold.objects.exists() is not gone


def test_nobody_gets_a_hold_once_the_schedule_has_decided(
    commits: None, closed: Story, manager: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race above, held still at its narrowest place."""
    exhibit, now = exhibit_of(closed), closed.now
    retention.review(exhibit.pk, needed=False, reason="No", by=manager, now=LONG_AGO)
    tried = list[object]()

    def hold_without_waiting() -> Hold:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
            return retention.hold(exhibit.pk, reason="Appeal", by=manager, now=now)

    def decide_and_let_somebody_try(found: Exhibit) -> datetime | None:
        until = until_when(found)
        tried.extend(together(hold_without_waiting))
        return until

    monkeypatch.setattr(retention, "until_when", decide_and_let_somebody_try)
    assert retention.destroy_what_is_due(now) == 1
    [hold] = tried
    assert isinstance(hold, OperationalError)
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda pk, by, now: retention.hold(pk, reason=" ", by=by, now=now),
        lambda pk, by, now: retention.review(pk, needed=True, reason="", by=by, now=now),
        lambda pk, by, now: retention.ask_disposal(pk, reason="", by=by, now=now),
    ],
)
def test_whoever_decides_says_why(
    closed: Story, manager: Account, act: Callable[..., object]
) -> None:
    with pytest.raises(Refused, match="Write down why"):
        act(exhibit_of(closed).pk, manager, closed.now)
