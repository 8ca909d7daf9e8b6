"""Whoever reads about victims leaves a line, whichever address she reads it from."""

from __future__ import annotations

import pytest
from django.test import Client

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.journey.escalation import actions as escalation
from tests.story import Story

# Every address that answers with somebody's name, place or words, without one's pressing anything.
SHOWN_AT = (
    "/control-room/",
    "/control-room/room",
    "/physical/alarms",
    "/control-room/reports/{case}/",
    "/control-room/reports/{case}/desk",
    "/supervisor/",
    "/supervisor/board",
    "/desk/",
    "/desk/queue",
    "/desk/case?case={case}",
)


@pytest.mark.parametrize("address", SHOWN_AT)
def test_a_look_leaves_a_line(story: Story, client: Client, address: str) -> None:
    story.checked_in()
    escalation.ask(story.case.pk, reason="He is back", by=story.call_taker.actor, now=story.now)
    curious = Account.objects.create(
        username="curious", name="Curious", shown_as="Curious", roles=Role.values
    )
    client.force_login(curious)
    looks = AuditLine.objects.filter(actor_id=str(curious.pk), action__endswith=".looked")
    assert client.get(address.format(case=story.case.reference)).status_code == 200
    assert looks.exists(), address
