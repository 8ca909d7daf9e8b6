from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openrvr.foundation.cases.states import State
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.journey.closing import actions as closing
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.intake.actions import CaseIsClosed, EditedMeanwhile
from tests.committed import commit
from tests.story import Story


def _outcome(story: Story) -> None:
    closing.write(
        story.case.pk, "outcome", was="", value="non_crime", by=story.officer, now=story.now
    )


def test_close_wants_an_outcome(story: Story, officer: Account) -> None:
    story.wrapped_up()
    with pytest.raises(closing.CannotClose, match="outcome"):
        closing.close(story.case.pk, by=officer, now=story.now)


def test_close_is_refused_while_the_call_is_live(story: Story, officer: Account) -> None:
    story.live()
    _outcome(story)
    with pytest.raises(closing.CannotClose, match="still live"):
        closing.close(story.case.pk, by=officer, now=story.now)


def test_close_is_refused_while_nobody_by_name_answers_for_a_promise(
    story: Story, officer: Account
) -> None:
    story.wrapped_up()
    _outcome(story)
    owed = promises.open_promise(
        story.case,
        "follow_up",
        holder=Desk.VIDEO_HUB,
        by=officer.actor,
        now=story.now,
        words="Ring the school",
    )
    with pytest.raises(closing.CannotClose, match="“Ring the school”"):
        closing.close(story.case.pk, by=officer, now=story.now)
    promises.take(owed.pk, by=officer, now=story.now)
    closing.close(story.case.pk, by=officer, now=story.now)
    commit()
    assert story.fresh().state == State.CLOSED
    # What was promised outlives the close, with its holder and its clock.
    assert Promise.objects.get(pk=owed.pk).is_open


def test_close_is_refused_while_a_patrol_is_asked_for(story: Story, officer: Account) -> None:
    story.wrapped_up()
    _outcome(story)
    escalation.ask(story.case.pk, reason="", by=officer.actor, now=story.now)
    with pytest.raises(closing.CannotClose, match="nobody has acknowledged"):
        closing.close(story.case.pk, by=officer, now=story.now)


def test_closing_twice_closes_once_and_ends_everything(story: Story, officer: Account) -> None:
    story.wrapped_up()
    _outcome(story)
    for _ in range(2):
        closing.close(story.case.pk, by=officer, now=story.now)
    commit()
    case = story.fresh()
    assert case.moves.filter(after="closed").count() == 1
    # What is kept of the call is reviewed after the case.
    assert [each.kind for each in case.promises.filter(state="open")] == ["review_evidence"]
    with pytest.raises(CaseIsClosed):
        closing.write(case.pk, "notes", was="", value="x", by=officer, now=story.now)


def test_a_follow_up_is_due_by_the_forces_own_calendar(story: Story, officer: Account) -> None:
    story.wrapped_up()
    for _ in range(2):
        closing.promise_follow_up(
            story.case.pk, "ring_back", holder=officer, by=officer, now=story.now
        )
    owed = Promise.objects.get(kind="follow_up")
    assert owed.due_at == datetime(2026, 11, 24, 17, tzinfo=UTC)  # Tuesday, five o'clock
    assert owed.words == "Ring the victim back"


def test_two_writers_of_the_notes_never_overwrite(
    story: Story, officer: Account, other_officer: Account
) -> None:
    story.wrapped_up()
    pk, now = story.case.pk, story.now
    closing.write(pk, "notes", was="", value="hers", by=officer, now=now)
    with pytest.raises(EditedMeanwhile) as refused:
        closing.write(pk, "notes", was="", value="his", by=other_officer, now=now)
    assert refused.value.details == {"theirs": "hers", "who": officer.name}
    closing.write(pk, "notes", was="hers", value="both", by=other_officer, now=now)
