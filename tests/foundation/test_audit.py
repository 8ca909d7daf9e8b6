from __future__ import annotations

import re

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from openrvr.config.management.commands.prepare_database import PASSING
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.audit.queries import verify
from openrvr.foundation.people.actors import service
from tests.committed import commit
from tests.story import Story
from tests.together import together


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditline SET action = 'nothing'",
        "DELETE FROM audit_auditline",
        "TRUNCATE audit_auditline CASCADE",
        "UPDATE audit_auditseal SET position = position + 1",
        "DELETE FROM audit_auditseal",
        "INSERT INTO audit_auditseal (position, line_id, previous_hash, hash)"
        " SELECT 99, id, '', '' FROM audit_auditline LIMIT 1",
        "ALTER TABLE audit_auditline DISABLE TRIGGER ALL",
        "DROP TABLE audit_auditseal",
    ],
)
def test_the_application_cannot_alter_the_log(story: Story, statement: str) -> None:
    story.reported()
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_application_deletes_only_what_is_kept_for_a_while(db: None) -> None:
    """Whoever has its password can make no case, call or promise disappear."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND has_table_privilege(oid, 'DELETE')"
        )
        assert {name for (name,) in cursor.fetchall()} == set(PASSING)


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE audit_auditline SET action = 'x' WHERE action = 'report.graded'", "altered"),
        (
            'UPDATE audit_auditline SET details = \'{"field": "none"}\''
            " WHERE id = (SELECT line_id FROM audit_auditseal WHERE position = 3)",
            "line 3 was altered",
        ),
        (
            "DELETE FROM audit_auditseal WHERE position = 2",
            "line 2 is missing",
        ),
        (
            "UPDATE audit_auditseal SET position = -position WHERE position IN (2, 3);"
            " UPDATE audit_auditseal SET position = 5 + position WHERE position < 0",
            "does not follow|altered|missing",
        ),
        (
            "DELETE FROM audit_auditseal WHERE position ="
            " (SELECT max(position) FROM audit_auditseal)",
            "1 lines have no place",
        ),
    ],
)
def test_tampering_by_the_owner_is_found(
    commits: None, story: Story, owner_url: str, tampering: str, fault: str
) -> None:
    story.graded()
    assert verify().is_whole
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for table in ("audit_auditline", "audit_auditseal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(tampering)
        for table in ("audit_auditline", "audit_auditseal"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    verdict = verify()
    assert not verdict.is_whole

    assert re.search(fault, verdict.fault), verdict.fault


def test_the_chain_holds_when_many_write_at_once(commits: None, story: Story) -> None:
    def write() -> None:
        for number in range(10):
            with transaction.atomic():
                audit.record("test.line", by=service("test"), now=story.now, number=number)
                audit.record("test.second", by=service("test"), now=story.now)

    assert together(*[write] * 6) == [None] * 6
    verdict = verify()
    assert verdict.is_whole
    assert verdict.lines == 120


def test_what_is_rolled_back_was_not_done(commits: None, story: Story) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("test.line", by=service("test"), now=story.now)
        raise RuntimeError
    assert verify().lines == 0


def test_every_look_is_a_line_but_a_refreshing_page_is_not_many(story: Story) -> None:
    story.reported()
    her, now = story.officer.actor, story.now
    for _ in range(3):
        audit.looked("case.looked", by=her, now=now, case_reference=story.case.reference)
    audit.looked("case.looked", by=her, now=now, case_reference="RVR-26-999999")
    audit.looked("case.looked", by=her, now=story.later(301), case_reference=story.case.reference)
    assert AuditLine.objects.filter(action="case.looked").count() == 3


def test_every_action_on_a_case_has_a_line(story: Story) -> None:
    story.wrapped_up()
    commit()
    reference = story.case.reference
    lines = list(
        AuditLine.objects.filter(case_reference=reference)
        .order_by("seal__position")
        .values_list("action", flat=True)
    )
    for action in (
        "case.opened",
        "report.written",
        "report.graded",
        "offer.accepted",
        "invitation.sent",
        "message.queued",
        "invitation.opened",
        "officer.rung",
        "call.answered",
        "call.ended",
        "promise.opened",
        "promise.kept",
        "case.moved",
    ):
        assert action in lines, action
    assert verify().is_whole


def test_the_log_holds_nothing_that_was_said(story: Story) -> None:
    story.wrapped_up()
    for line in AuditLine.objects.all():
        for said in ("He shouted", "Test Caller", "apples", "900123", "1 Example Street"):
            assert said not in str(line.details), line
