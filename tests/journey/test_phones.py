"""What her phone tells of itself, and who hears of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, transaction

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.jobs.sweeping import sweep_once
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.live.streams import of_person
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import Phone, PhoneEvent
from openrvr.journey.waiting.phones import actions as phones
from openrvr.journey.waiting.queries import phone_words
from tests.story import Story
from tests.together import together


def _says(story: Story, *, hidden: bool = False, battery: int | None = 80) -> None:
    phones.note(story.invitation, hidden=hidden, battery=battery, charging=False, now=story.now)


def _signs(story: Story) -> list[str]:
    return list(
        PhoneEvent.objects.filter(invitation=story.invitation).values_list("sign", flat=True)
    )


def test_each_change_is_kept_with_its_time_and_the_same_again_is_not(story: Story) -> None:
    story.checked_in()
    times = []
    for hidden, battery in (
        (False, 80),
        (False, 79),
        (True, 79),
        (True, 15),
        (False, 14),
        (False, 16),
    ):
        story.later(10)
        _says(story, hidden=hidden, battery=battery)
        times.append(story.now)
    assert _signs(story) == ["arrived", "hidden", "battery_low", "shown", "battery_fine"]
    at = PhoneEvent.objects.values_list("at", flat=True)
    assert list(at) == [times[n] for n in (0, 2, 3, 4, 5)]
    logged = AuditLine.objects.filter(
        action__startswith="phone.", case_reference=story.case.reference
    )
    assert logged.count() == 5
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        PhoneEvent.objects.update(at=story.now)


def test_a_phone_that_says_nothing_more_is_told_of_once_and_back_again(story: Story) -> None:
    story.checked_in()
    _says(story)
    spoke = story.now
    sweep_once(story.later(25))
    assert _signs(story) == ["arrived"]
    for _ in range(3):
        sweep_once(story.later(1))
    assert _signs(story) == ["arrived", "silent"]
    assert Phone.objects.get().silent_since == spoke
    assert "silent since 12:00" in phone_words(story.invitation)[0]
    told = LiveEvent.objects.filter(kind="phone.told", stream=of_person(story.call_taker.pk))
    assert [each.data["words"] for each in told] == ["Her phone is silent"]
    story.later(5)
    _says(story)
    assert _signs(story)[-1] == "back"
    assert phone_words(story.invitation) == []


def test_a_page_that_was_left_for_the_plain_one_is_not_in_the_background(story: Story) -> None:
    story.checked_in()
    _says(story, hidden=True)
    assert "in the background" in phone_words(story.invitation)[0]
    type(story.invitation).objects.filter(pk=story.invitation.pk).update(rung="plain")
    assert phone_words(story.invitation) == []


@pytest.mark.parametrize("why", ["left", "plain", "over"])
def test_nobody_misses_a_phone_that_need_not_speak(story: Story, why: str) -> None:
    story.checked_in()
    _says(story)
    if why == "left":
        waitings.she_left(story.invitation, now=story.now)
        invitations.end_by_her(story.invitation, now=story.now)
    elif why == "plain":
        type(story.invitation).objects.filter(pk=story.invitation.pk).update(rung="plain")
    else:
        invitations.revoke(story.case.pk, by=story.call_taker, now=story.now)
    sweep_once(story.later(60))
    assert "silent" not in _signs(story)
    assert ("left" in _signs(story)) == (why == "left")


def test_a_phone_that_speaks_while_it_is_being_missed_is_not_silent(story: Story) -> None:
    """Between the look at all phones and the lock on its case."""
    story.checked_in()
    _says(story)
    story.later(60)
    _says(story)
    assert not phones._notice_silence(story.invitation.pk, story.now)
    assert "silent" not in _signs(story)


def test_two_sweeps_at_once_tell_of_it_once(commits: None, story: Story) -> None:
    story.checked_in()
    _says(story)
    later = story.later(60)
    together(*[lambda: phones.notice_silence(later)] * 3)
    assert _signs(story).count("silent") == 1


def test_the_officer_in_the_call_hears_of_it(story: Story) -> None:
    story.live()
    _says(story, battery=9)
    event = LiveEvent.objects.get(kind="phone.changed", stream=of_person(story.officer.pk))
    assert event.data == {"words": ["Her battery is low: 9%."]}


def test_whoever_waits_is_told_that_the_queue_has_moved(story: Story, now: datetime) -> None:
    story.checked_in()
    moved = LiveEvent.objects.filter(kind="queue.moved", stream="waiting-room")
    before = moved.count()
    waitings.go_on_duty(by=story.officer, now=now)
    assert moved.count() > before
    assert all(each.data == {} for each in moved)
