from __future__ import annotations

import pytest

from openrvr.foundation.audit import queries as audit
from openrvr.foundation.cases.states import State
from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise
from openrvr.journey.closing import actions as closing
from tests.committed import commit
from tests.story import Story


def test_from_report_to_close(story: Story, officer: Account) -> None:
    story.wrapped_up()
    commit()
    case = story.fresh()
    assert case.state == State.WRAP_UP
    owed = Promise.objects.filter(state="open").order_by("kind")
    assert [promise.kind for promise in owed] == ["review_evidence", "wrap_up"]
    closing.write(case.pk, "outcome", was="", value="crime_recorded", by=officer, now=story.now)
    closing.promise_follow_up(case.pk, "ring_back", holder=officer, by=officer, now=story.now)
    closing.close(case.pk, by=officer, now=story.now)
    commit()
    case = story.fresh()
    assert case.state == State.CLOSED
    assert [(m.before, m.after) for m in case.moves.all()] == [
        ("", "reported"),
        ("reported", "graded"),
        ("graded", "offered"),
        ("offered", "invited"),
        ("invited", "waiting"),
        ("waiting", "live"),
        ("live", "wrap_up"),
        ("wrap_up", "closed"),
    ]
    assert audit.verify().is_whole


@pytest.mark.parametrize("step", ["graded", "invited", "checked_in", "live", "wrapped_up"])
def test_somebody_answers_at_every_step(story: Story, step: str) -> None:
    getattr(story, step)()
    commit()
    assert story.case.promises.filter(state="open").exists()
