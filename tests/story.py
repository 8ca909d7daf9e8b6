"""The way of one report through the real actions, one step a method, for tests to start from."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from openrvr.foundation.cases.models import Case
from openrvr.foundation.messages.models import Message
from openrvr.foundation.people.models import Account
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import Call, EndedBy
from openrvr.journey.evidence import actions as evidence
from openrvr.journey.intake import actions as intake
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.invitation.tokens import new_device_secret
from openrvr.journey.offer import actions as offers
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import Waiting

FIELDS = {
    "caller_name": "Test Caller",
    "number": "07700 900123",
    "safe_to_text": "yes",
    "location": "1 Example Street",
    "what_happened": "He shouted and left.",
    "suspect_whereabouts": "gone",
    "injuries": "none",
}
ASKED = ("no_danger", "communicates", "device", "alone", "adult")


@dataclass
class Story:
    call_taker: Account
    officer: Account
    now: datetime
    case: Case = field(init=False, repr=False)
    invitation: Invitation = field(init=False, repr=False)
    device_secret: str = ""
    graded_as: str = "priority"
    waiting: Waiting = field(init=False, repr=False)
    call: Call = field(init=False, repr=False)

    def later(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def fresh(self) -> Case:
        return Case.objects.get(pk=self.case.pk)

    def reported(self, **fields: str) -> Story:
        report = intake.start_report(by=self.call_taker, now=self.now, key=uuid.uuid4())
        self.case = report.case
        for name, value in {**FIELDS, **fields}.items():
            was = getattr(report, name)
            intake.write_field(
                self.case.pk, name, was=was, value=value, by=self.call_taker, now=self.now
            )
        return self

    def graded(self, **fields: str) -> Story:
        self.reported(**fields)
        intake.grade(self.case.pk, self.graded_as, by=self.call_taker, now=self.now)
        return self

    def eligible(self, **fields: str) -> Story:
        self.graded(**fields)
        for criterion in ASKED:
            offers.answer_criterion(
                self.case.pk, criterion, "yes", by=self.call_taker, now=self.now
            )
        return self

    def accepted(self, **fields: str) -> Story:
        self.eligible(**fields)
        offers.accept(
            self.case.pk, officer_free=True, key_word="apples", by=self.call_taker, now=self.now
        )
        return self

    def invited(self, **fields: str) -> Story:
        self.accepted(**fields)
        self.invitation = invitations.send(self.case.pk, by=self.call_taker, now=self.now)
        return self

    def token(self) -> str:
        """The token in the text that was queued."""
        words = Message.objects.get(invitation=self.invitation).words
        found = re.search(r"/s/([0-9A-Z]{12})", words)
        assert found, words
        return found[1]

    def opened(self, **fields: str) -> Story:
        self.invited(**fields)
        self.device_secret = new_device_secret()
        self.invitation = invitations.open_link(
            self.token(), device_secret=self.device_secret, address="192.0.2.1", now=self.now
        )
        return self

    def checked_in(self, **fields: str) -> Story:
        self.opened(**fields)
        evidence.tell(self.invitation, language=self.invitation.language, now=self.now)
        self.waiting = waitings.check_in(self.invitation, now=self.now)
        return self

    def live(self, **fields: str) -> Story:
        waitings.go_on_duty(by=self.officer, now=self.now)
        self.checked_in(**fields)
        self.call = calls.answer(self.waiting.pk, by=self.officer, now=self.now)
        return self

    def live_from_waiting(self) -> Story:
        waitings.go_on_duty(by=self.officer, now=self.now)
        self.call = calls.answer(self.waiting.pk, by=self.officer, now=self.now)
        return self

    def wrapped_up(self, **fields: str) -> Story:
        self.live(**fields)
        calls.hang_up(self.call.pk, by=self.officer.actor, ended_by=EndedBy.OFFICER, now=self.now)
        return self
