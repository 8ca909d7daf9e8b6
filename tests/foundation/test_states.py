from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from openrvr.foundation.cases import actions as cases
from openrvr.foundation.cases.models import CaseMove
from openrvr.foundation.cases.states import MOVES, TITLES, State, allowed, needs_acknowledgement
from tests.story import Story


def test_every_state_has_its_moves_and_its_title() -> None:
    assert set(MOVES) == set(State) == set(TITLES)


def test_every_step_before_closed_has_a_way_to_a_patrol() -> None:
    for state in set(State) - {State.CLOSED, State.PHYSICAL}:
        assert allowed(state, State.PHYSICAL), state


def test_closed_is_the_end_and_can_be_reached_from_everywhere() -> None:
    assert not MOVES[State.CLOSED]
    for start in State:
        seen, edge = {start}, {start}
        while edge:
            edge = {after for before in edge for after in MOVES[before]} - seen
            seen |= edge
        assert State.CLOSED in seen, start


def test_who_is_on_the_way_is_not_handed_on_without_a_person() -> None:
    on_the_way = ("offered", "invited", "waiting", "live", "wrap_up")
    for before in State:
        for after in State:
            expected = before.value in on_the_way and after in (State.STANDARD, State.PHYSICAL)
            assert needs_acknowledgement(before, after) is expected


def test_a_move_that_the_table_lacks_is_refused_in_words(story: Story) -> None:
    story.graded()
    case = cases.lock(story.case.pk)
    with pytest.raises(cases.MoveRefused, match="cannot go to “Live” from there"):
        cases.move(case, State.LIVE, by=story.officer.actor, now=story.now)


def test_handing_on_without_a_person_is_refused_by_action_and_database(story: Story) -> None:
    story.checked_in()
    case = cases.lock(story.case.pk)
    with pytest.raises(cases.NobodyAcknowledged):
        cases.move(case, State.STANDARD, by=story.officer.actor, now=story.now)
    with pytest.raises(IntegrityError, match="acknowledgement"), transaction.atomic():
        CaseMove.objects.create(
            case=case, before="waiting", after="standard", at=story.now, by="nobody"
        )
