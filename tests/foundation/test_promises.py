from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise, Rung
from openrvr.foundation.promises.queries import compliance
from openrvr.journey.escalation.models import PhysicalRequest
from tests.committed import commit
from tests.story import Story
from tests.together import together


def _officer_promise(story: Story) -> Promise:
    return Promise.objects.get(case=story.case, kind="officer_on_video")


def test_a_missed_promise_goes_to_the_supervisors_then_asks_for_a_patrol(story: Story) -> None:
    story.checked_in()
    promise = _officer_promise(story)
    assert promise.holder == story.call_taker
    assert promises.fire_due(story.later(179)) == 0
    assert promises.fire_due(story.later(2)) == 1
    now_held = _officer_promise(story)
    assert (now_held.desk, now_held.holder) == (Desk.SUPERVISOR, None)
    assert LiveEvent.objects.filter(stream="desk.supervisor", kind="promise.missed").count() == 1
    assert not PhysicalRequest.objects.exists()
    promises.fire_due(story.later(120))
    asked = PhysicalRequest.objects.get()
    assert asked.location == "1 Example Street"
    assert "An officer answers on video" in asked.reason


def test_a_rung_fires_once_and_late_ones_say_so(story: Story) -> None:
    story.checked_in()
    long_after = story.later(3000)
    assert promises.fire_due(long_after) == 2
    assert promises.fire_due(long_after) == 0
    assert set(_officer_promise(story).rungs.values_list("was_late", flat=True)) == {True}


def test_a_clock_that_jumps_back_fires_nothing_twice(story: Story) -> None:
    story.checked_in()
    promises.fire_due(story.later(181))
    assert promises.fire_due(story.now - timedelta(hours=1)) == 0
    assert promises.fire_due(story.now) == 0


def test_a_kept_promise_climbs_no_ladder(story: Story) -> None:
    story.live()
    assert promises.fire_due(story.later(600)) == 0


def test_many_workers_fire_each_rung_once(
    commits: None, story: Story, django_db_blocker: object
) -> None:
    story.checked_in()
    moment = story.later(181)
    fired = together(*[lambda: promises.fire_due(moment)] * 6)
    # Whoever found the case locked looked away; the next sweep finishes what is left.
    total = sum(fired) + promises.fire_due(moment)
    assert total == 1
    handovers = _officer_promise(story).handovers.filter(after="Supervisors")
    assert handovers.count() == 1


def test_handing_over_leaves_a_row_and_no_moment_without_a_holder(
    story: Story, officer: Account
) -> None:
    story.graded()
    promise = Promise.objects.get(kind="respond")
    promises.take(promise.pk, by=officer, now=story.now)
    promise.refresh_from_db()
    assert promise.holder == officer
    assert [(h.before, h.after, h.why) for h in promise.handovers.all()] == [
        ("", story.call_taker.name, "promised"),
        (story.call_taker.name, officer.name, "took it"),
    ]


def test_only_who_answers_for_it_can_keep_it(story: Story, officer: Account) -> None:
    story.graded()
    promise = Promise.objects.get(kind="respond")
    with pytest.raises(promises.NotYours):
        promises.keep_mine(promise.pk, by=officer, now=story.now)


@pytest.mark.parametrize("kind", sorted(promises.KEPT_BY_DEEDS))
def test_nobodys_word_takes_the_place_of_a_deed(story: Story, officer: Account, kind: str) -> None:
    """Or a call-taker could silence the ladder of a patrol that nobody has."""
    story.graded()
    by = officer.actor
    owed = promises.open_promise(story.fresh(), kind, holder=officer, by=by, now=story.now)
    with pytest.raises(promises.KeptByDeedsOnly):
        promises.keep_mine(owed.pk, by=officer, now=story.now)
    owed.refresh_from_db()
    assert owed.is_open


def test_the_database_refuses_a_promise_without_a_holder(story: Story) -> None:
    story.graded()
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(kind="respond").update(holder=None)


def test_the_database_refuses_a_case_that_nobody_answers_for(story: Story) -> None:
    story.graded()
    commit()
    with pytest.raises(IntegrityError, match="Nobody would answer"), transaction.atomic():
        Promise.objects.filter(kind="respond").update(state="withdrawn", settled_at=story.now)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_settling_the_last_two_promises_at_once_leaves_one(commits: None, story: Story) -> None:
    """Two transactions, each of which alone would be allowed: the database lets one through."""
    story.graded()
    # A second promise on the same case.
    with transaction.atomic():
        promises.open_promise(
            story.case, "follow_up", holder=story.officer, by=story.officer.actor, now=story.now
        )

    def withdraw(kind: str) -> None:
        with transaction.atomic():
            Promise.objects.filter(kind=kind).update(state="withdrawn", settled_at=story.now)

    together(lambda: withdraw("respond"), lambda: withdraw("follow_up"))
    assert Promise.objects.filter(state="open").count() == 1


def test_compliance_is_a_query(story: Story) -> None:
    story.live()
    start = story.now - timedelta(days=1)
    figures = compliance(
        "officer_on_video", since=start, until=start + timedelta(days=2), now=story.now
    )
    assert (figures.kept_in_time, figures.kept_late, figures.overdue) == (1, 0, 0)
    assert figures.share_in_time == 1.0


def test_overdue_is_derived(story: Story) -> None:
    story.checked_in()
    promise = _officer_promise(story)
    assert not promise.is_overdue(promise.due_at)
    assert promise.is_overdue(promise.due_at + timedelta(seconds=1))
    assert promise.state == "open"


def test_every_rung_has_its_time(story: Story) -> None:
    story.checked_in()
    promise = _officer_promise(story)
    assert [(r.does, (r.due_at - promise.due_at).seconds) for r in promise.rungs.all()] == [
        ("supervisor", 0),
        ("physical", 120),
    ]
    assert Rung.objects.filter(fired_at=None).exists()
    assert promise.opened_at.astimezone(UTC) == datetime(2026, 11, 23, 12, tzinfo=UTC)
