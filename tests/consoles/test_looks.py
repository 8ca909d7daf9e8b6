"""Whoever reads about victims leaves a line, whichever address she reads it from."""

from __future__ import annotations

import pytest
from django.test import Client

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.evidence import actions as evidence
from tests.story import Story

# Every address that answers with somebody's name, place or words, without one's pressing anything.
SHOWN_AT = (
    "/control-room/",
    "/control-room/room",
    "/physical/alarms",
    "/silent/alarms",
    "/control-room/reports/{case}/",
    "/control-room/reports/{case}/desk",
    "/supervisor/",
    "/supervisor/board",
    "/desk/",
    "/desk/queue",
    "/desk/case?case={case}",
    "/desk/cases/{case}/chat/",
    "/control-room/reports/{case}/chat/",
)


@pytest.fixture
def curious(db: None) -> Account:
    return Account.objects.create(
        username="curious", name="Curious", shown_as="Curious", roles=Role.values
    )


@pytest.mark.parametrize("address", SHOWN_AT)
def test_a_look_leaves_a_line(story: Story, client: Client, curious: Account, address: str) -> None:
    story.checked_in()
    escalation.ask(story.case.pk, reason="He is back", by=story.call_taker.actor, now=story.now)
    client.force_login(curious)
    looks = AuditLine.objects.filter(actor_id=str(curious.pk), action__endswith=".looked")
    assert client.get(address.format(case=story.case.reference)).status_code == 200
    assert looks.exists(), address


def test_a_look_at_an_exhibit_leaves_a_line(story: Story, client: Client, curious: Account) -> None:
    story.live()
    exhibit = evidence.begin_recording(story.call.pk, by=story.officer.actor, now=story.now)
    client.force_login(curious)
    assert client.get(f"/evidence/exhibits/{exhibit.pk}/").status_code == 200
    line = AuditLine.objects.get(action="evidence.opened", actor_id=str(curious.pk))
    assert line.case_reference == story.case.reference
