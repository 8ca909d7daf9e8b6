from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.cases.states import State
from openrvr.foundation.messages import actions as messages
from openrvr.foundation.messages.actions import NotSafe
from openrvr.foundation.messages.models import Message, MessageState
from openrvr.foundation.people.models import Account
from openrvr.journey.call.models import EndedBy
from openrvr.journey.intake import actions as intake
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.actions import LinkUnusable
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.tokens import ALPHABET, LENGTH, new_token
from openrvr.journey.waiting import actions as waitings
from tests.story import Story
from tests.together import together

HERE = "192.0.2.1"
HERS = "her phone"


def test_a_token_has_58_bits_and_only_its_hash_is_kept(story: Story) -> None:
    story.invited()
    assert len(ALPHABET) ** LENGTH >= 2**58
    token = story.token()
    row = Invitation.objects.values().get()
    assert token not in str(row)
    assert len({new_token() for _ in range(1000)}) == 1000


def test_the_words_are_neutral(story: Story) -> None:
    story.invited()
    words = Message.objects.get().words.lower()
    for telling in ("police", "abuse", "officer", "domestic", "999", "video", "test caller"):
        assert telling not in words


def test_bound_to_the_first_phone_that_opens_it(story: Story) -> None:
    story.invited()
    token = story.token()
    opened = invitations.open_link(token, device_secret=HERS, address=HERE, now=story.now)
    with pytest.raises(invitations.LinkUnusable):
        invitations.open_link(token, device_secret="x", address="192.0.2.2", now=story.now)
    assert invitations.of_device(HERS) == opened
    with pytest.raises(invitations.LinkUnusable):
        invitations.of_device("")


def test_of_many_phones_at_once_one_is_bound(commits: None, story: Story) -> None:
    story.invited()
    token = story.token()
    taps = [
        partial(invitations.open_link, token, device_secret=phone, address=HERE, now=story.now)
        for phone in "abcd"
    ]
    results = together(*taps)
    assert sum(isinstance(r, Invitation) for r in results) == 1
    assert sum(isinstance(r, invitations.LinkUnusable) for r in results) == 3


def test_a_tap_that_is_sent_again_opens_it_once(commits: None, story: Story) -> None:
    story.invited()
    token = story.token()
    tap = partial(invitations.open_link, token, device_secret=HERS, address=HERE, now=story.now)
    assert together(tap, tap, tap) == [story.invitation] * 3
    assert AuditLine.objects.filter(action="invitation.opened").count() == 1
    invitations.revoke(story.case.pk, by=story.call_taker, now=story.now)
    with pytest.raises(invitations.LinkUnusable):
        tap()


def test_small_letters_are_the_same_link(story: Story) -> None:
    story.invited()
    found = invitations.usable(story.token().lower(), address=HERE, now=story.now)
    assert found == story.invitation


def test_looking_uses_nothing_up(story: Story) -> None:
    story.invited()
    for _ in range(3):
        invitations.usable(story.token(), address=HERE, now=story.now)
    opened = invitations.open_link(story.token(), device_secret=HERS, address=HERE, now=story.now)
    assert opened == story.invitation


@pytest.mark.parametrize("how", ["expired", "revoked", "sent again", "guessed", "garbage"])
def test_every_useless_link_is_refused_alike(story: Story, call_taker: Account, how: str) -> None:
    story.invited()
    token, now = story.token(), story.now
    if how == "expired":
        now += timedelta(minutes=61)
    elif how == "revoked":
        invitations.revoke(story.case.pk, by=call_taker, now=now)
    elif how == "sent again":
        invitations.send(story.case.pk, by=call_taker, now=now, again=True)
    else:
        token = new_token() if how == "guessed" else "../etc/passwd\x00"[:12]
    with pytest.raises(invitations.LinkUnusable, match=r"^There is nothing here\.$"):
        invitations.usable(token, address=HERE, now=now)


def test_guessing_is_slowed_down_by_address(story: Story) -> None:
    story.invited()
    for _ in range(invitations.GUESSES_A_MINUTE):
        invitations.note_guess(address=HERE, now=story.now)
    with pytest.raises(invitations.TooManyGuesses):
        invitations.usable(story.token(), address=HERE, now=story.now)
    invitations.usable(story.token(), address="192.0.2.9", now=story.now)
    invitations.usable(story.token(), address=HERE, now=story.later(60))
    assert invitations.forget_attempts(story.later(7200)) == 1


def test_a_link_that_is_revoked_in_the_middle_of_a_call_ends_the_call(story: Story) -> None:
    """Whoever is on that phone may not be her."""
    story.live()
    invitations.revoke(story.case.pk, by=story.call_taker, now=story.later(5))
    story.call.refresh_from_db()
    assert (story.call.ended_at, story.call.ended_by) == (story.now, EndedBy.STAFF)
    story.case.refresh_from_db()
    assert story.case.state == State.WRAP_UP


def test_a_phone_whose_link_is_revoked_at_that_moment_does_not_check_in(story: Story) -> None:
    """Its request was let in before, and waited for the case."""
    story.opened()
    invitations.revoke(story.case.pk, by=story.call_taker, now=story.now)
    with pytest.raises(LinkUnusable), transaction.atomic():
        waitings.check_in(story.invitation, now=story.now)
    story.case.refresh_from_db()
    assert story.case.state == State.INVITED


def test_sending_twice_sends_once(commits: None, story: Story, call_taker: Account) -> None:
    story.accepted()
    press = lambda: invitations.send(story.case.pk, by=call_taker, now=story.now)  # noqa: E731
    results = together(press, press, press)
    assert len({invitation.pk for invitation in results}) == 1, results
    assert Message.objects.count() == 1


def test_sending_again_ends_the_first_and_is_not_delivered_twice(
    story: Story, call_taker: Account
) -> None:
    story.invited()
    invitations.send(story.case.pk, by=call_taker, now=story.now, again=True)
    first, second = Invitation.objects.order_by("created_at", "ended_at")
    assert first.ended_because == "sent again"
    assert second.is_alive
    assert sorted(Message.objects.values_list("state", flat=True)) == ["cancelled", "queued"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("safe_to_text", "no", "not safe to text"),
        ("number", "", "no safe number"),
        ("number", "020 7946 0958", "cannot receive texts"),
    ],
)
def test_no_message_leaves_the_safe_contact_rules(
    story: Story, call_taker: Account, field: str, value: str, sentence: str
) -> None:
    """Invariant 6: no message goes to a victim outside its safe-contact rules."""
    story.accepted()
    was = getattr(story.case.report, field)
    story.case.report.refresh_from_db()
    was = getattr(story.case.report, field)
    intake.write_field(story.case.pk, field, was=was, value=value, by=call_taker, now=story.now)
    with pytest.raises(NotSafe, match=sentence):
        invitations.send(story.case.pk, by=call_taker, now=story.now)
    assert not Message.objects.exists()


def test_what_her_phone_reports_is_kept(story: Story) -> None:
    story.opened()
    invitations.note_devices(
        story.invitation, camera=True, microphone=False, trouble="microphone-in-use", now=story.now
    )
    kept = Invitation.objects.get()
    assert kept.camera_ready_at
    assert kept.microphone_ready_at is None
    assert kept.trouble == "microphone-in-use"


def test_the_link_of_a_text_that_is_never_sent_is_not_kept(
    story: Story, call_taker: Account
) -> None:
    story.invited()
    token = story.token()
    invitations.revoke(story.case.pk, by=call_taker, now=story.now)
    message = Message.objects.get()
    assert message.state == MessageState.CANCELLED
    assert token not in message.words


def test_the_link_is_not_kept_once_it_is_handed_over(story: Story) -> None:
    story.invited()
    token, message = story.token(), Message.objects.get()
    messages.deliver(message.pk, story.now)
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert token not in message.words
    assert re.search(r"\(link\)", message.words)
