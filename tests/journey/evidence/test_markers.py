"""Markers: set in the call, by its officer, into the custody log of its recording."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.rules import PolicyFault
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.evidence import actions as evidence
from openrvr.journey.evidence import custody_log
from openrvr.journey.evidence.markers import CallIsOver, NothingToMark, NotInThisCall, mark
from openrvr.journey.evidence.models import CustodyEntry, Exhibit
from tests.consoles.conftest import Desk
from tests.story import Story


@pytest.fixture
def exhibit(story: Story) -> Exhibit:
    """The recording of a live call."""
    story.now = timezone.now()
    story.live()
    return evidence.begin_recording(story.call.pk, by=story.officer.actor, now=story.now)


def hang_up(story: Story) -> None:
    calls.hang_up(
        story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.later(1)
    )


def test_a_marker_is_a_signed_entry_with_the_forces_own_name(
    story: Story, exhibit: Exhibit
) -> None:
    entry = mark(story.call.pk, "injury", by=story.officer, now=story.later(3))
    assert (entry.what, entry.details) == ("marker", {"id": "injury", "name": "Injury shown"})
    assert (entry.at, entry.by_label) == (story.now, story.officer.name)
    *_, last = custody_log.whole(Exhibit.objects.get(pk=exhibit.pk))
    assert last.entry.details["id"] == "injury"
    line = AuditLine.objects.get(action="evidence.marker")
    assert (line.actor_id, line.case_reference) == (
        str(story.officer.pk),
        story.case.reference,
    )


def test_a_press_that_is_sent_again_is_one_marker(story: Story, exhibit: Exhibit) -> None:
    first = mark(story.call.pk, "injury", by=story.officer, now=story.now)
    assert mark(story.call.pk, "injury", by=story.officer, now=story.later(3)) == first
    assert mark(story.call.pk, "damage", by=story.officer, now=story.now) != first
    assert mark(story.call.pk, "injury", by=story.officer, now=story.later(3)) != first
    assert CustodyEntry.objects.filter(what="marker").count() == 3


def test_only_its_officer_and_only_while_it_is_live(
    story: Story, exhibit: Exhibit, other_officer: Account
) -> None:
    with pytest.raises(NotInThisCall):
        mark(story.call.pk, "injury", by=other_officer, now=story.now)
    hang_up(story)
    with pytest.raises(CallIsOver):
        mark(story.call.pk, "injury", by=story.officer, now=story.now)
    assert not CustodyEntry.objects.filter(what="marker").exists()


def test_without_a_recording_there_is_nothing_to_mark(story: Story) -> None:
    story.live()
    with pytest.raises(NothingToMark, match="not being recorded"):
        mark(story.call.pk, "injury", by=story.officer, now=story.now)


def test_a_marker_that_the_policy_does_not_name_is_refused(story: Story, exhibit: Exhibit) -> None:
    with pytest.raises(PolicyFault, match="no marker"):
        mark(story.call.pk, "weather", by=story.officer, now=story.now)


def test_the_page_is_told_name_and_time_or_why_not(
    story: Story, exhibit: Exhibit, at_desk: Callable[[Account], Desk], other_officer: Account
) -> None:
    path = f"/evidence/calls/{story.call.pk}/markers"
    desk = at_desk(story.officer)
    told = desk.sends(path, {"marker": "damage"}).json()
    assert told["name"] == "Damage shown"
    assert told["at"] == CustodyEntry.objects.get(what="marker").at.isoformat()
    garbage: tuple[object, ...] = ({}, {"marker": ""}, {"marker": 7}, {"marker": "x" * 61}, [])
    for each in garbage:
        refused = desk.sends(path, each)
        assert 400 <= refused.status_code < 500
        assert refused.json()["error"].endswith(".")
    assert at_desk(other_officer).sends(path, {"marker": "injury"}).status_code == 404
    hang_up(story)
    refused = desk.sends(path, {"marker": "injury"})
    assert refused.status_code == 409
    assert "The call has ended" in refused.json()["error"]
