"""A statement: written with her, read by her, signed on her phone, and frozen."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection, transaction
from pypdf import PdfReader

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.live.models import LiveEvent
from openrvr.foundation.people.models import Account
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.evidence import custody_log, masters, vault
from openrvr.journey.evidence.models import (
    CustodyEntry,
    Exhibit,
    Kind,
    Statement,
    StatementState,
)
from openrvr.journey.evidence.statement import actions as statements
from openrvr.journey.evidence.statement.actions import (
    AlreadySigned,
    CallIsOver,
    Changed,
    Incomplete,
    NotShown,
    ReasonMissing,
)
from openrvr.journey.evidence.statement.pdf import CannotTypeset, Drawn, TypedName
from openrvr.journey.intake.actions import EditedMeanwhile
from tests.consoles.conftest import Desk
from tests.story import Story

WORDS = "He came at nine.\nHe broke the lamp and left."
NAME = TypedName("Test Caller")


def written(story: Story, words: str = WORDS) -> Statement:
    story.live()
    statement = statements.begin(story.call.pk, by=story.officer, now=story.now)
    write(story, statement, "text", "", words)
    return Statement.objects.get(pk=statement.pk)


def write(story: Story, statement: Statement, field: str, was: str, value: str) -> None:
    statements.write(
        statement.pk, field, was=was, value=value, by=story.officer, now=story.later(5)
    )


def shown(story: Story, words: str = WORDS) -> Statement:
    return statements.show(written(story, words).pk, by=story.officer, now=story.later(60))


def read_by_her(statement: Statement) -> str:
    fresh = Statement.objects.get(pk=statement.pk)
    return hashlib.sha256(statements.words_of(fresh).encode()).hexdigest()


def sign(story: Story, statement: Statement, signature: TypedName | Drawn = NAME) -> Statement:
    return statements.sign(
        story.invitation,
        statement.pk,
        read=read_by_her(statement),
        signature=signature,
        now=story.later(60),
    )


def paper(exhibit: Exhibit) -> PdfReader:
    track = exhibit.tracks.get()
    content = b"".join(masters.content(track, data_key=vault.data_key(exhibit)))
    return PdfReader(io.BytesIO(content))


def text_of(exhibit: Exhibit) -> str:
    return " ".join(" ".join(page.extract_text() for page in paper(exhibit).pages).split())


def test_what_she_signs_is_frozen_with_the_signing_events(story: Story) -> None:
    signed = sign(story, shown(story))
    exhibit = signed.exhibit
    assert exhibit
    assert (exhibit.kind, signed.state) == (Kind.STATEMENT, StatementState.SIGNED)
    text = text_of(exhibit)
    for part in (
        "He broke the lamp and left.",
        signed.declaration[:60],
        story.case.reference,
        "Shown on her phone to be read",
        "signed on her phone (name typed)",
    ):
        assert part in text, part
    assert [each.entry.what for each in custody_log.whole(exhibit)] == ["begun", "slice", "signed"]
    assert AuditLine.objects.filter(action="evidence.signed").count() == 1


def test_who_may_look_opens_it_as_it_was_frozen_and_that_is_logged(
    story: Story, at_desk: Callable[[Account], Desk]
) -> None:
    exhibit = sign(story, shown(story)).exhibit
    assert exhibit
    desk = at_desk(story.officer)
    address = f"/evidence/exhibits/{exhibit.pk}/paper"
    assert address in desk.get(f"/evidence/exhibits/{exhibit.pk}/").content.decode()
    answer = desk.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.getvalue().startswith(b"%PDF")
    assert CustodyEntry.objects.filter(exhibit=exhibit, what="downloaded").count() == 1
    call = Exhibit.objects.create(case=story.case, number=9, kind=Kind.UPLOAD, made_at=story.now)
    assert desk.get(f"/evidence/exhibits/{call.pk}/paper").status_code == 404


def test_a_drawn_signature_is_a_signature(story: Story) -> None:
    signed = sign(story, shown(story), Drawn((((0.1, 0.5), (0.5, 0.2), (0.9, 0.6)),)))
    assert signed.exhibit
    assert "drawn with the finger" in text_of(signed.exhibit)


def test_she_signs_only_what_she_has_read(story: Story) -> None:
    statement = shown(story)
    read = read_by_her(statement)
    write(story, statement, "text", WORDS, WORDS + "\nShe saw it.")
    with pytest.raises(Changed):
        statements.sign(story.invitation, statement.pk, read=read, signature=NAME, now=story.now)
    assert sign(story, statement).signed_at


def test_what_is_signed_is_never_altered_and_a_correction_is_a_new_version(story: Story) -> None:
    first = sign(story, shown(story))
    with pytest.raises(AlreadySigned):
        write(story, first, "text", WORDS, "Something else")
    with pytest.raises(ReasonMissing):
        statements.begin(story.call.pk, by=story.officer, now=story.now)
    second = statements.begin(
        story.call.pk, by=story.officer, now=story.now, reason="The time was ten"
    )
    assert (second.version, second.text, second.corrects) == (2, WORDS, first)
    write(story, second, "text", WORDS, WORDS.replace("nine", "ten"))
    statements.show(second.pk, by=story.officer, now=story.now)
    signed = sign(story, second)
    assert signed.exhibit
    assert first.exhibit
    assert "The time was ten" in text_of(signed.exhibit)
    assert "nine" in text_of(first.exhibit)
    assert Exhibit.objects.filter(kind=Kind.STATEMENT).count() == 2


def test_begun_twice_it_is_one(story: Story) -> None:
    statement = written(story)
    assert statements.begin(story.call.pk, by=story.officer, now=story.now) == statement


def test_an_empty_statement_is_not_shown(story: Story) -> None:
    with pytest.raises(Incomplete):
        statements.show(written(story, "  ").pk, by=story.officer, now=story.now)


def test_what_could_not_be_frozen_is_not_shown_and_not_written_while_it_is(story: Story) -> None:
    with pytest.raises(CannotTypeset):
        shown(story, "ਉਹ ਨੌਂ ਵਜੇ ਆਇਆ")
    statement = Statement.objects.get()
    write(story, statement, "text", "ਉਹ ਨੌਂ ਵਜੇ ਆਇਆ", WORDS)
    statements.show(statement.pk, by=story.officer, now=story.now)
    with pytest.raises(CannotTypeset):
        write(story, statement, "text", WORDS, "ਉਹ")
    assert Statement.objects.get().text == WORDS


def test_two_windows_do_not_overwrite_each_other(story: Story) -> None:
    statement = written(story)
    with pytest.raises(EditedMeanwhile):
        write(story, statement, "text", "", "Other words")


def test_she_can_say_that_something_is_not_right(story: Story) -> None:
    statement = shown(story)
    statements.object_to(story.invitation, statement.pk, now=story.now)
    assert Statement.objects.get().state == StatementState.DRAFT
    assert LiveEvent.objects.filter(kind="statement.objected").exists()
    with pytest.raises(NotShown):
        sign(story, statement)


def test_nothing_is_shown_or_signed_when_the_call_is_over(story: Story) -> None:
    statement = shown(story)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    assert statements.shown_to(story.invitation) is None
    with pytest.raises(CallIsOver):
        sign(story, statement)


def test_only_her_phone_signs(story: Story) -> None:
    statement = shown(story)
    calls.hang_up(story.call.pk, by=story.officer.actor, ended_by=EndedBy.OFFICER, now=story.now)
    other = Story(call_taker=story.call_taker, officer=story.officer, now=story.now).live()
    with pytest.raises(NotShown):
        statements.sign(
            other.invitation,
            statement.pk,
            read=read_by_her(statement),
            signature=NAME,
            now=story.now,
        )


def test_what_she_reads_is_not_in_the_news(story: Story) -> None:
    shown(story)
    assert not [e for e in LiveEvent.objects.all() if "lamp" in str(e.data)]


def test_the_signing_events_are_append_only(story: Story) -> None:
    sign(story, shown(story))
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE evidence_statementevent SET what = 'x'")
