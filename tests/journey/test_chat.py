"""What she writes and what is written to her: once, for good, and by whoever has her."""

from __future__ import annotations

import uuid
from functools import partial

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.live.streams import of_phone
from openrvr.foundation.people.models import Account
from openrvr.journey.chat import actions as chat
from openrvr.journey.chat import queries
from openrvr.journey.chat.models import LONGEST, Line, LineShown, Side
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.offer import actions as offers
from tests.story import Story
from tests.together import together

SECRET = "He has the car keys"


def _says(story: Story, words: str = SECRET, key: uuid.UUID | None = None) -> Line:
    return chat.say(story.invitation, words, key=key or uuid.uuid4(), now=story.now)


def _answers(story: Story, side: Side, words: str = "I am here", **more: Account) -> Line:
    by = more.get("by") or (story.officer if side is Side.OFFICER else story.call_taker)
    return chat.answer(story.case.pk, side, words, key=uuid.uuid4(), by=by, now=story.now)


def test_what_she_wrote_while_she_waited_is_there_for_the_officer(story: Story) -> None:
    story.checked_in()
    _says(story)
    _answers(story, Side.CALL_TAKER)
    story.live_from_waiting()
    _answers(story, Side.OFFICER, "I have read it")
    both = [queries.of_case(story.case), queries.of_invitation(story.invitation)]
    for thread in both:
        assert [(line.side, line.words) for line in thread.lines] == [
            ("victim", SECRET),
            ("call_taker", "I am here"),
            ("officer", "I have read it"),
        ]
    assert queries.of_case(story.case, after=both[0].lines[1].pk).lines == both[0].lines[2:]


@pytest.mark.parametrize("table", ["chat_line", "chat_lineshown"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_can_alter_nothing_of_it(story: Story, table: str, change: str) -> None:
    story.checked_in()
    line = _says(story)
    chat.note_shown(story.case.pk, Side.CALL_TAKER, until=line.pk, now=story.now)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


@pytest.mark.parametrize(
    "change", ["UPDATE chat_line SET words = 'x'", "DELETE FROM chat_lineshown"]
)
def test_nor_can_the_tables_owner_by_mistake(
    commits: None, story: Story, owner_url: str, change: str
) -> None:
    with psycopg.connect(owner_url) as owner, pytest.raises(psycopg.Error, match="never altered"):
        owner.execute(change.encode())


def test_sent_again_after_a_lost_answer_it_stands_once(commits: None, story: Story) -> None:
    story.checked_in()
    key = uuid.uuid4()
    said = together(*[partial(_says, story, key=key)] * 4)
    assert len({line.pk for line in said}) == 1
    assert Line.objects.count() == 1
    assert AuditLine.objects.filter(action="chat.said").count() == 1


def test_a_line_that_stands_is_found_again_after_the_end(story: Story) -> None:
    story.checked_in()
    line = _says(story)
    invitations.end_by_her(story.invitation, now=story.now)
    assert _says(story, key=line.key) == line
    with pytest.raises(chat.ThreadOver):
        _says(story)


@pytest.mark.parametrize("end", ["revoked", "she left", "standard", "the call is over"])
def test_to_a_page_that_has_ended_nobody_writes(story: Story, end: str) -> None:
    if end == "the call is over":
        story.wrapped_up()
    else:
        story.checked_in()
    by, now = story.call_taker, story.now
    if end == "revoked":
        invitations.revoke(story.case.pk, by=by, now=now)
    elif end == "she left":
        invitations.end_by_her(story.invitation, now=now)
    elif end == "standard":
        offers.give_back(story.case.pk, reason="She asks for it", by=by, now=now)
    with pytest.raises(chat.ThreadOver):
        _says(story)
    for side in (Side.CALL_TAKER, Side.OFFICER):
        with pytest.raises(chat.ThreadOver):
            _answers(story, side)
    assert not Line.objects.exists()


def test_before_she_has_opened_her_link_nobody_writes_to_her(story: Story) -> None:
    story.invited()
    with pytest.raises(chat.ThreadOver):
        _answers(story, Side.CALL_TAKER)


def test_who_has_her_writes_to_her(story: Story) -> None:
    story.checked_in()
    with pytest.raises(chat.NotYourTurn):
        _answers(story, Side.OFFICER)
    story.live_from_waiting()
    with pytest.raises(chat.NotYourTurn):
        _answers(story, Side.CALL_TAKER)
    assert _answers(story, Side.OFFICER).by == story.officer


@pytest.mark.parametrize(
    ("words", "refusal"),
    [("", chat.NothingSaid), (" \r\n\x00 ", chat.NothingSaid), ("x" * (LONGEST + 1), chat.TooLong)],
)
def test_nothing_and_too_much_are_refused(
    story: Story, words: str, refusal: type[Exception]
) -> None:
    story.checked_in()
    with pytest.raises(refusal):
        _says(story, words)


def test_a_line_may_be_as_long_as_the_field_in_any_script(story: Story) -> None:
    story.checked_in()
    assert _says(story, "ی" * LONGEST + "\r\n").words == "ی" * LONGEST
    assert _says(story, "one\r\ntwo\x00").words == "one\ntwo"


def test_nobody_floods_the_room(story: Story) -> None:
    story.checked_in()
    for _ in range(chat.MOST_IN_A_MINUTE):
        _says(story)
    with pytest.raises(chat.TooFast):
        _says(story)
    story.later(61)
    assert _says(story).pk


def test_shown_once_to_each_side_and_told_to_the_writer(story: Story) -> None:
    story.checked_in()
    hers, theirs = _says(story), _answers(story, Side.CALL_TAKER)
    assert queries.unread_by_staff() == {story.case.pk: 1}
    assert list(queries.unread_by_her(story.invitation)) == [theirs]
    assert queries.of_invitation(story.invitation).read == queries.of_case(story.case).read == 0
    for _ in range(2):
        chat.note_shown(story.case.pk, Side.CALL_TAKER, until=theirs.pk, now=story.now)
        chat.note_shown_to_her(story.invitation, until=theirs.pk, now=story.now)
    assert queries.unread_by_staff() == {}
    assert not queries.unread_by_her(story.invitation).exists()
    assert queries.of_invitation(story.invitation).read == hers.pk
    assert queries.of_case(story.case).read == theirs.pk
    assert queries.of_case(story.case).seen == hers.pk
    # Nobody's own words are shown to themselves.
    shown = LineShown.objects.order_by("line")
    assert [(each.line, each.to) for each in shown] == [(hers, "call_taker"), (theirs, "victim")]
    assert LiveEvent.objects.filter(
        kind="chat.shown", stream=of_phone(story.invitation.pk)
    ).exists()


def test_the_phone_behind_another_link_is_shown_nothing_of_it(story: Story) -> None:
    story.checked_in()
    _says(story)
    first = story.invitation
    second = invitations.send(story.case.pk, again=True, by=story.call_taker, now=story.now)
    assert queries.of_invitation(second).lines == []
    assert [line.invitation for line in queries.of_case(story.case).lines] == [first]


def test_words_are_in_no_log_and_no_news(story: Story) -> None:
    story.checked_in()
    _says(story)
    line = AuditLine.objects.get(action="chat.said")
    assert (line.actor_kind, line.case_reference) == ("victim", story.case.reference)
    news = LiveEvent.objects.filter(kind="chat.said")
    assert {each.stream for each in news} == {
        of_phone(story.invitation.pk),
        f"person.{story.call_taker.pk}",
        "desk.control_room",
        "desk.video_hub",
        "desk.supervisor",
    }
    for table in (AuditLine, LiveEvent):
        assert SECRET not in str(list(table.objects.values()))


def test_that_she_is_writing_is_stored_nowhere(story: Story) -> None:
    story.checked_in()
    before = LiveEvent.objects.count()
    chat.tell_writing(story.invitation)
    assert LiveEvent.objects.count() == before
