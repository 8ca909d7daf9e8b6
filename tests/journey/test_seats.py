"""Who is in a call, or rung for one, has a seat in it: also through an upgrade in mid-call."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from openrvr.foundation.live.models import LiveSeat
from openrvr.foundation.people.models import Account
from openrvr.journey.call import queries as calls
from openrvr.journey.call.models import Call
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import Ring
from tests.story import Story

seating = importlib.import_module("openrvr.journey.call.migrations.0002_seated")
Seats = set[tuple[object, str, int]]


def _seats() -> Seats:
    return set(LiveSeat.objects.values_list("channel_id", "stream", "number"))


def _upgraded() -> None:
    """To the release that has seats, from one that had none."""
    LiveSeat.objects.all().delete()
    for _ in range(2):  # Once is enough, and twice is the same.
        seating.seat(apps, None)


def test_an_upgrade_seats_who_is_in_a_call(story: Story) -> None:
    story.live()
    before = _seats()
    _upgraded()
    assert _seats() == before
    call = Call.objects.select_related("officer", "invitation").get()
    for ticket in (
        calls.for_phone(call, story.now),
        calls.for_officer(call, call.officer, story.now),
    ):
        assert len(ticket["others"]) == 1


def test_an_upgrade_seats_who_is_rung(story: Story, officer: Account) -> None:
    waitings.go_on_duty(by=officer, now=story.now)
    story.checked_in()
    before = _seats()
    assert before
    _upgraded()
    assert _seats() == before
    ring = Ring.objects.get()
    assert (
        calls.near_phone(ring, story.now)["others"] != calls.near_officer(ring, story.now)["others"]
    )


@pytest.mark.parametrize("step", ["invited", "wrapped_up"])
def test_an_upgrade_seats_nobody_else(story: Story, step: str) -> None:
    getattr(story, step)()
    _upgraded()
    assert not _seats()
