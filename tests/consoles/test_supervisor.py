"""The wallboard, and taking what nobody took."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from openrvr.consoles.supervisor.queries import board
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk as RoomDesk
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.waiting import actions as waitings
from tests.consoles.conftest import Desk
from tests.story import Story


@pytest.fixture
def desk(at_desk: Callable[[Account], Desk], supervisor: Account) -> Desk:
    return at_desk(supervisor)


@pytest.fixture
def here(story: Story) -> Story:
    story.now = timezone.now()
    return story


def _figures(page: str) -> dict[str, int]:
    found = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page)
    return {word: int(number) for word, number in found}


def test_the_wall_counts_who_waits_rings_and_is_live(
    desk: Desk, here: Story, other_officer: Account
) -> None:
    here.checked_in()
    waitings.go_on_duty(by=here.officer, now=here.now)
    waitings.go_on_duty(by=other_officer, now=here.now)
    waitings.ring_next(here.waiting, now=here.now)
    figures = _figures(desk.get("/supervisor/").content.decode())
    assert (figures["Waiting"], figures["Ringing"], figures["Free officers"]) == (1, 1, 1)


def test_nobody_left_is_said_loudly(desk: Desk, here: Story) -> None:
    here.checked_in()
    assert here.waiting.supervisors_told_at
    page = desk.get("/supervisor/board").content.decode()
    assert "Nobody has answered Test Caller" in page
    assert "data-sounding" in page


def test_what_is_late_or_a_desks_is_listed_oldest_first_and_taken_once(
    desk: Desk, here: Story, supervisor: Account
) -> None:
    here.graded()
    late = Promise.objects.get(kind="respond", state="open")
    Promise.objects.filter(pk=late.pk).update(due_at=here.now - timedelta(minutes=5))
    here.graded()
    mine = Promise.objects.get(case=here.case, kind="respond", state="open")
    promises.hand_over(mine, RoomDesk.CONTROL_ROOM, why="", by=here.call_taker.actor, now=here.now)
    listed = [each.pk for each in board(timezone.now())["untaken"]]
    assert listed == [late.pk, mine.pk]
    for _ in range(2):
        page = desk.presses(f"/supervisor/promises/{late.pk}/take")
        assert page.status_code == 200
    late.refresh_from_db()
    assert late.holder == supervisor
    assert late.handovers.count() == 2  # promised, and taken once


def test_a_promise_kept_late_was_broken_today(here: Story) -> None:
    noon = timezone.localtime(here.now).replace(hour=12, minute=0)
    here.now = noon
    here.graded()
    Promise.objects.filter(kind="respond").update(due_at=noon + timedelta(minutes=1))
    assert _broken(noon) == 0
    assert _broken(noon + timedelta(minutes=2)) == 1
    later, staff = noon + timedelta(minutes=3), here.call_taker
    promises.open_promise(here.case, "follow_up", holder=staff, by=staff.actor, now=later)
    promises.keep_mine(Promise.objects.get(kind="respond").pk, by=staff, now=later)
    assert _broken(later) == 1


def _broken(now: object) -> int:
    return int(board(now)["figures"][-1].number)  # type: ignore[arg-type]


def test_a_supervisor_asks_for_a_patrol_and_has_it(
    desk: Desk, here: Story, supervisor: Account
) -> None:
    here.invited()
    for _ in range(2):
        desk.presses(f"/supervisor/reports/{here.case.reference}/physical")
    request = PhysicalRequest.objects.get()
    assert request.asked_by == supervisor.name
    for _ in range(2):
        desk.presses(f"/physical/alarms/{request.pk}/acknowledge")
    request.refresh_from_db()
    assert request.acknowledged_by == supervisor
    assert here.fresh().state == "physical"
