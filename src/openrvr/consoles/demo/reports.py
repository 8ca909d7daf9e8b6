"""The demo's reports, made by the real actions at past instants. Nobody in them exists.

None is left waiting for an officer, or live: those need a phone that is really there.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from openrvr.foundation.cases.models import Case
from openrvr.foundation.messages import actions as messages
from openrvr.foundation.messages.models import DemoText
from openrvr.foundation.people.models import Account
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.policy.rules import Policy
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import EndedBy
from openrvr.journey.closing import actions as closing
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.intake import actions as intake
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.offer import actions as offers
from openrvr.journey.waiting import actions as waitings

Accounts = dict[str, Account]


@dataclass
class Told:
    """One report being told: each method is the next step, at the instant it has reached."""

    by: Account
    at: datetime
    case: Case

    @classmethod
    def begin(cls, by: Account, at: datetime, **fields: str) -> Told:
        report = intake.start_report(by=by, now=at, key=uuid.uuid4())
        told = cls(by, at, report.case)
        for name, value in fields.items():
            told.after(5)
            intake.write_field(
                report.case_id, name, was=getattr(report, name), value=value, by=by, now=told.at
            )
        return told

    def after(self, seconds: float) -> Told:
        self.at += timedelta(seconds=seconds)
        return self

    def graded(self, grade: str, reason: str = "") -> Told:
        intake.grade(self.case.pk, grade, reason=reason, by=self.by, now=self.after(20).at)
        return self

    def asked(self, current: Policy) -> Told:
        """Every question of the policy is answered with yes."""
        for criterion in current.criteria:
            if not criterion.fact:
                now = self.after(4).at
                offers.answer_criterion(self.case.pk, criterion.id, "yes", by=self.by, now=now)
        return self

    def seen_by(self, officer: Account, minutes: int) -> Told:
        """She accepts, her phone is ready, the officer answers, and the call ends."""
        waitings.go_on_duty(by=officer, now=self.at)
        offers.accept(
            self.case.pk, officer_free=True, key_word="umbrella", by=self.by, now=self.after(25).at
        )
        sent = invitations.send(self.case.pk, by=self.by, now=self.at)
        if sent.message_id:
            messages.deliver(sent.message_id, self.at)
        invitations.note_devices(
            sent, camera=True, microphone=True, trouble="", now=self.after(30).at
        )
        waiting = waitings.check_in(sent, now=self.at)
        call = calls.answer(waiting.pk, by=officer, now=self.after(14).at)
        waitings_over = self.after(60 * minutes).at
        calls.hang_up(call.pk, by=officer.actor, ended_by=EndedBy.OFFICER, now=waitings_over)
        waitings.go_off_duty(by=officer, now=self.after(5).at)
        return self

    def closed(self, officer: Account, outcome: str, notes: str) -> Told:
        now = self.after(240).at
        closing.write(self.case.pk, "notes", was="", value=notes, by=officer, now=now)
        closing.write(self.case.pk, "outcome", was="", value=outcome, by=officer, now=now)
        closing.close(self.case.pk, by=officer, now=self.after(20).at)
        return self


def seed_reports(force: Accounts, now: datetime) -> None:
    """A morning of the demo force, as it stands at `now`."""
    current = policy()
    _closed_with_a_follow_up(force, now - timedelta(hours=3), current)
    _being_written_up(force, now - timedelta(minutes=35), current)
    _with_an_appointment(force, now - timedelta(minutes=50), current)
    _with_a_patrol(force, now - timedelta(minutes=9))
    _declined(force, now - timedelta(minutes=4), current)
    _graded(force, now - timedelta(minutes=12), current)
    _just_reported(force, now - timedelta(seconds=75))
    # The demo's phone is new: it has none of this morning's texts.
    DemoText.objects.all().delete()


def _closed_with_a_follow_up(force: Accounts, at: datetime, current: Policy) -> None:
    officer = force["officer-3"]
    told = Told.begin(
        force["control-room-2"],
        at,
        caller_name="Demo Caller A",
        number="07700 900101",
        safe_to_text="yes",
        location="1 Sample Court, Flat 3",
        what_happened="Shouting last night, a door broken. Partner left for work at six.",
        suspect_whereabouts="gone",
        injuries="none",
        children="One, aged 4, was asleep",
    )
    told.graded("priority").asked(current).seen_by(officer, minutes=41)
    closing.promise_follow_up(
        told.case.pk, "victim_update", holder=officer, by=officer, now=told.at
    )
    told.closed(officer, "crime_recorded", "Criminal damage recorded. Safety plan agreed.")


def _being_written_up(force: Accounts, at: datetime, current: Policy) -> None:
    told = Told.begin(
        force["control-room-2"],
        at,
        caller_name="Demo Caller B",
        number="07700 900102",
        safe_to_text="yes",
        location="22 Example Road",
        what_happened="Repeated messages from a former partner, now threats to come round.",
        suspect_whereabouts="gone",
        injuries="none",
        orders="Non-molestation order, expired last month",
        language="pl",
    )
    told.graded("priority").asked(current).seen_by(force["officer-3"], minutes=18)


def _with_an_appointment(force: Accounts, at: datetime, current: Policy) -> None:
    told = Told.begin(
        force["control-room-2"],
        at,
        caller_name="Demo Caller C",
        number="07700 900103",
        safe_to_text="yes",
        location="Works at a shop, rings in her break",
        what_happened="Wants to tell an officer about two years of control over her money.",
        suspect_whereabouts="gone",
        injuries="none",
    )
    told.graded("scheduled").asked(current).after(30)
    tomorrow = timezone.localtime(at + timedelta(days=1)).replace(
        hour=10, minute=30, second=0, microsecond=0
    )
    offers.agree_appointment(told.case.pk, at=tomorrow, key_word="", by=told.by, now=told.at)


def _with_a_patrol(force: Accounts, at: datetime) -> None:
    told = Told.begin(
        force["control-room-2"],
        at,
        caller_name="Demo Caller D",
        number="07700 900104",
        location="7 Model Terrace",
        what_happened="He is outside and bangs on the window.",
        suspect_whereabouts="near",
        threat="Trying to get in now",
    )
    told.graded("immediate", reason="He is at the window")
    request = told.case.physical_requests.get()
    escalation.acknowledge(request.pk, by=told.by, now=told.after(12).at)


def _declined(force: Accounts, at: datetime, current: Policy) -> None:
    told = Told.begin(
        force["control-room-2"],
        at,
        caller_name="Demo Caller E",
        number="07700 900105",
        safe_to_text="no",
        safe_to_ring="yes",
        safe_hours="9-15",
        leave_message="no",
        others_read="yes",
        safe_words="appointment",
        location="14 Placeholder Street",
        what_happened="Argument with her brother, who has gone to their parents.",
        suspect_whereabouts="gone",
        injuries="none",
    )
    told.graded("priority").after(40)
    offers.decline(told.case.pk, reason=current.decline_reasons[1], by=told.by, now=told.at)


def _graded(force: Accounts, at: datetime, current: Policy) -> None:
    """She need only say yes: the shortest way to a call."""
    told = Told.begin(
        force["control-room"],
        at,
        caller_name="Demo Caller F",
        number="07700 900106",
        safe_to_text="yes",
        location="3 Specimen Close",
        what_happened="Her ex-partner keeps turning up at the school gate. Not there today.",
        suspect_whereabouts="gone",
        injuries="none",
        children="Two, 7 and 9, at school",
    )
    told.graded("scheduled").asked(current)


def _just_reported(force: Accounts, at: datetime) -> None:
    Told.begin(
        force["control-room-2"],
        at,
        caller_name="Demo Caller G",
        location="Car park behind the library",
    )
