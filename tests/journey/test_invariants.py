"""The invariants of the journey, stated word for word, under random walks of everybody at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import pytest
from django.db import transaction
from django.db.models import Count, F, Model, Q, QuerySet
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.audit.queries import verify
from openrvr.foundation.cases.models import Case, CaseMove
from openrvr.foundation.jobs.sweeping import sweep_once
from openrvr.foundation.messages import actions as messages
from openrvr.foundation.messages.hours import is_open
from openrvr.foundation.messages.models import Message
from openrvr.foundation.messages.queries import text_hours
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Handover, Promise, Rung
from openrvr.foundation.refusal import Refused
from openrvr.journey.call import actions as calls
from openrvr.journey.call.models import Call, EndedBy
from openrvr.journey.closing import actions as closing
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.escalation.models import PhysicalRequest
from openrvr.journey.intake import actions as intake
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.offer import actions as offers
from openrvr.journey.silent import actions as silent
from openrvr.journey.silent.models import SilentAlarm
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting.models import Duty, Ring, Waiting
from tests.committed import commit
from tests.story import ASKED, FIELDS

START = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
ON_THE_WAY = ("offered", "invited", "waiting", "live", "wrap_up")
M = TypeVar("M", bound=Model)
somebody = st.integers(min_value=0, max_value=5)


class Room(RuleBasedStateMachine):
    """A control room and a video hub on a wild day. A refusal is an answer; a fault is not."""

    @initialize()
    def people(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.now = START
        self.call_takers = [self._account(f"c{n}", Role.CALL_TAKER) for n in range(2)]
        self.officers = [self._account(f"o{n}", Role.OFFICER) for n in range(3)]

    @staticmethod
    def _account(name: str, role: Role) -> Account:
        return Account.objects.create(
            username=f"{name}-{uuid.uuid4().hex[:6]}", name=name, shown_as=name, roles=[role.value]
        )

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            verdict = verify()
            assert verdict.is_whole, verdict
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # What people do -------------------------------------------------------------------------

    @rule(who=somebody, grade=st.sampled_from(["priority", "scheduled", "immediate", "telephone"]))
    def report(self, who: int, grade: str) -> None:
        by = self.call_takers[who % 2]
        report = intake.start_report(by=by, now=self.now, key=uuid.uuid4())
        for name, value in FIELDS.items():
            was = getattr(report, name)
            intake.write_field(report.case_id, name, was=was, value=value, by=by, now=self.now)
        intake.grade(report.case_id, grade, by=by, now=self.now)
        for criterion in ASKED:
            offers.answer_criterion(report.case_id, criterion, "yes", by=by, now=self.now)

    @rule(who=somebody, steps=st.integers(min_value=1, max_value=4))
    def report_that_goes_well(self, who: int, steps: int) -> None:
        """Most reports do: without them a walk seldom comes as far as a call."""
        self.report(who, "priority")
        newest = Case.objects.order_by("-pk")[0]
        by, now, pk = self.call_takers[who % 2], self.now, newest.pk
        offers.accept(pk, officer_free=True, key_word="", by=by, now=now)
        invitation = invitations.send(pk, by=by, now=now)
        if steps > 1:
            waitings.check_in(invitation, now=now)
        if steps > 2:
            waitings.go_on_duty(by=self.officers[who % 3], now=now)
            waiting = Waiting.objects.get(case=pk)
            self._try(lambda: calls.answer(waiting.pk, by=self.officers[who % 3], now=now))
        call = Call.objects.filter(case=pk, ended_at=None).first()
        if steps > 3 and call:
            by_her = EndedBy.VICTIM
            calls.hang_up(call.pk, by=self.officers[0].actor, ended_by=by_her, now=now)

    @rule(which=somebody, grade=st.sampled_from(["priority", "immediate"]), who=somebody)
    def grade_anew(self, which: int, grade: str, who: int) -> None:
        case = self._case(which)
        if case:
            self._try(
                lambda: intake.grade(case.pk, grade, by=self.call_takers[who % 2], now=self.now)
            )

    @rule(which=somebody, who=somebody, answer=st.sampled_from(["yes", "yes", "no", "later"]))
    def offer(self, which: int, who: int, answer: str) -> None:
        case, by, now = self._case(which), self.call_takers[who % 2], self.now
        if not case:
            return
        if answer == "no":
            self._try(lambda: offers.decline(case.pk, reason="No time", by=by, now=now))
        elif answer == "later":
            at = now + timedelta(hours=2)
            self._try(lambda: offers.agree_appointment(case.pk, at=at, key_word="", by=by, now=now))
        else:
            self._try(
                lambda: offers.accept(case.pk, officer_free=True, key_word="", by=by, now=now)
            )
            self._try(lambda: invitations.send(case.pk, by=by, now=now))

    @rule(which=somebody, again=st.booleans())
    def send_link(self, which: int, again: bool) -> None:
        case = self._case(which)
        if case:
            by = self.call_takers[0]
            self._try(lambda: invitations.send(case.pk, by=by, now=self.now, again=again))

    @rule(which=somebody)
    def revoke(self, which: int) -> None:
        case = self._case(which)
        if case:
            self._try(lambda: invitations.revoke(case.pk, by=self.call_takers[0], now=self.now))

    @rule(
        which=somebody,
        said=st.sampled_from(
            [
                ("safe_to_text", "no"),
                ("safe_to_text", "yes"),
                ("safe_hours", "9-15"),
                ("safe_hours", "20:00-12:00"),
                ("safe_hours", "9-5"),
                ("safe_hours", "any time"),
                ("number", "07700 900124"),
                ("safe_words", "appointment"),
            ]
        ),
    )
    def say_how_she_may_be_reached(self, which: int, said: tuple[str, str]) -> None:
        case = self._case(which)
        if case:
            field, value = said
            was, by = getattr(case.report, field), self.call_takers[1]
            intake.write_field(case.pk, field, was=was, value=value, by=by, now=self.now)

    @rule()
    def hand_texts_over(self) -> None:
        """No message goes to a victim outside its safe-contact rules: number, hours, words."""
        for message in Message.objects.filter(state="queued"):
            messages.deliver(message.pk, self.now)
            message.refresh_from_db()
            in_force = message.case.safe_contacts.latest("version")
            may_go = in_force.may_text == "yes" and in_force.hours_are_clear
            may_go = may_go and in_force.number == message.number
            may_go = may_go and is_open(text_hours(in_force), self.now, "Europe/London")
            assert message.state == ("delivered" if may_go else "cancelled"), message.trouble
            if may_go:
                assert message.sent_under == in_force
                told = policy().wording(in_force.wording).words.format(link="(link)")
                assert message.words == told

    @rule(which=somebody)
    def check_in(self, which: int) -> None:
        self.hand_texts_over()
        invitation = self._pick(Invitation.objects.filter(ended_at=None), which)
        if invitation:
            self._try(lambda: waitings.check_in(invitation, now=self.now))

    @rule(which=somebody)
    def she_leaves(self, which: int) -> None:
        invitation = self._pick(Invitation.objects.filter(ended_at=None), which)
        if invitation:
            self._try(lambda: waitings.she_left(invitation, now=self.now))

    @rule(who=somebody, on=st.booleans())
    def duty(self, who: int, on: bool) -> None:
        act = waitings.go_on_duty if on else waitings.go_off_duty
        self._try(lambda: act(by=self.officers[who % 3], now=self.now))

    @rule()
    def everybody_on_duty(self) -> None:
        for officer in self.officers:
            waitings.go_on_duty(by=officer, now=self.now)

    @rule(which=somebody, who=somebody)
    def answer(self, which: int, who: int) -> None:
        waiting = self._pick(Waiting.objects.all(), which)
        if waiting:
            self._try(lambda: calls.answer(waiting.pk, by=self.officers[who % 3], now=self.now))

    @rule()
    def answer_the_ring(self) -> None:
        for ring in Ring.objects.filter(ended_at=None).select_related("officer"):
            officer, waiting = ring.officer, ring.waiting_id
            self._try(partial(calls.answer, waiting, by=officer, now=self.now))

    @rule(which=somebody)
    def pass_on(self, which: int) -> None:
        ring = self._pick(Ring.objects.filter(ended_at=None).select_related("officer"), which)
        if ring:
            waitings.pass_on(ring.pk, by=ring.officer, now=self.now)

    @rule(which=somebody, by=st.sampled_from(list(EndedBy)))
    def hang_up(self, which: int, by: EndedBy) -> None:
        call = self._pick(Call.objects.select_related("officer"), which)
        if call:
            calls.hang_up(call.pk, by=call.officer.actor, ended_by=by, now=self.now)

    @rule(which=somebody)
    def ask_for_a_patrol(self, which: int) -> None:
        case = self._case(which)
        if case:
            by = self.officers[0].actor
            self._try(lambda: escalation.ask(case.pk, reason="now", by=by, now=self.now))

    @rule(which=somebody, who=somebody)
    def acknowledge(self, which: int, who: int) -> None:
        asked = self._pick(PhysicalRequest.objects.all(), which)
        if asked:
            by = self.call_takers[who % 2]
            self._try(lambda: escalation.acknowledge(asked.pk, by=by, now=self.now))

    @rule(which=somebody)
    def she_raises_a_silent_alarm(self, which: int) -> None:
        """Also from a phone whose link has ended: the network may have held it back."""
        invitation = self._pick(Invitation.objects.all(), which)
        if invitation:
            self._try(
                lambda: silent.raise_alarm(
                    invitation,
                    key=uuid.uuid4(),
                    ago=timedelta(0),
                    came_by=silent.BY_HER_PAGE,
                    now=self.now,
                )
            )

    @rule(which=somebody, who=somebody, patrol=st.booleans())
    def answer_a_silent_alarm(self, which: int, who: int, patrol: bool) -> None:
        alarm = self._pick(SilentAlarm.objects.all(), which)
        if not alarm:
            return
        by = self.officers[who % 3]
        if patrol:
            self._try(lambda: silent.confirm(alarm.pk, by=by, now=self.now))
        else:
            self._try(lambda: silent.put_aside(alarm.pk, why="a slip", by=by, now=self.now))

    @rule(which=somebody)
    def give_back(self, which: int) -> None:
        case = self._case(which)
        if case:
            by = self.call_takers[1]
            self._try(lambda: offers.give_back(case.pk, reason="", by=by, now=self.now))

    @rule(which=somebody, who=somebody)
    def take_a_promise(self, which: int, who: int) -> None:
        owed = self._pick(Promise.objects.filter(state="open"), which)
        if owed:
            promises.take(owed.pk, by=self.officers[who % 3], now=self.now)

    @rule(which=somebody, who=somebody)
    def keep_a_promise(self, which: int, who: int) -> None:
        owed = self._pick(Promise.objects.filter(state="open"), which)
        if owed:
            by = owed.holder or self.officers[who % 3]
            self._try(lambda: promises.keep_mine(owed.pk, by=by, now=self.now))

    @rule(which=somebody)
    def close(self, which: int) -> None:
        case = self._case(which)
        if case:
            by, now = self.officers[0], self.now
            self._try(
                lambda: closing.write(case.pk, "outcome", was="", value="non_crime", by=by, now=now)
            )
            self._try(lambda: closing.close(case.pk, by=by, now=now))

    @rule(seconds=st.sampled_from([1, 19, 20, 61, 181, 600, 3700]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        sweep_once(self.now)

    @rule()
    def the_clock_jumps_back(self) -> None:
        sweep_once(self.now - timedelta(minutes=10))

    # What always holds ----------------------------------------------------------------------

    @invariant()
    def a_report_that_is_not_closed_has_at_least_one_open_promise(self) -> None:
        commit()  # the database itself refuses anything else, here
        orphans = Case.objects.exclude(state="closed").annotate(
            owed=Count("promises", filter=Q(promises__state="open"))
        )
        assert not orphans.filter(owed=0).exists()

    @invariant()
    def each_open_promise_has_exactly_one_holder(self) -> None:
        for promise in Promise.objects.filter(state="open"):
            assert (promise.holder_id is None) != (promise.desk == "")
            last = Handover.objects.filter(promise=promise).order_by("-id")[0]
            assert last.after == promise.holder_words

    @invariant()
    def a_victim_who_has_accepted_is_never_in_two_calls_and_an_officer_never_in_two(self) -> None:
        live = Call.objects.filter(ended_at=None)
        assert live.count() == live.values("case").distinct().count()
        assert live.count() == live.values("officer").distinct().count()
        engaged = Duty.objects.filter(until=None, engaged=True).values_list("officer", flat=True)
        assert set(engaged) == set(live.values_list("officer", flat=True))

    @invariant()
    def no_report_leaves_for_standard_or_physical_without_an_acknowledgement(self) -> None:
        handed_on = CaseMove.objects.filter(
            before__in=ON_THE_WAY, after__in=("standard", "physical")
        )
        assert not handed_on.filter(acknowledged_by=None).exists()

    @invariant()
    def an_open_silent_alarm_has_its_promise_and_nothing_else_has(self) -> None:
        alarmed = SilentAlarm.objects.filter(settled_at=None).values_list("case", flat=True)
        owed = Promise.objects.filter(kind="silent_alarm", state="open")
        assert sorted(alarmed) == sorted(owed.values_list("case", flat=True))
        assert not Case.objects.filter(pk__in=alarmed, state="closed").exists()

    @invariant()
    def the_states_say_what_is(self) -> None:
        live = set(Call.objects.filter(ended_at=None).values_list("case", flat=True))
        waits = set(Waiting.objects.filter(left_at=None).values_list("case", flat=True))
        assert live == set(Case.objects.filter(state="live").values_list("pk", flat=True))
        assert waits == set(Case.objects.filter(state="waiting").values_list("pk", flat=True))

    @invariant()
    def one_officer_is_rung_at_a_time_and_only_for_who_waits(self) -> None:
        rings = Ring.objects.filter(ended_at=None)
        assert rings.count() == rings.values("officer").distinct().count()
        assert rings.count() == rings.values("waiting").distinct().count()
        assert not rings.exclude(waiting__left_at=None).exists()
        busy = Call.objects.filter(ended_at=None).values("officer")
        assert not rings.filter(officer__in=busy).exists()

    @invariant()
    def no_rung_fires_before_its_time_or_after_its_promise(self) -> None:
        fired = Rung.objects.exclude(fired_at=None)
        assert not fired.filter(fired_at__lt=F("due_at")).exists()
        assert not fired.filter(promise__settled_at__lt=F("fired_at")).exists()

    @invariant()
    def every_action_on_a_case_has_a_line(self) -> None:
        moves = CaseMove.objects.exclude(before="").count()
        assert AuditLine.objects.filter(action="case.moved").count() == moves

    # ------------------------------------------------------------------------------------------

    def _case(self, which: int) -> Case | None:
        return self._pick(Case.objects.exclude(state="closed"), which)

    @staticmethod
    def _pick(rows: QuerySet[M], which: int) -> M | None:
        found = list(rows.order_by("pk"))
        return found[which % len(found)] if found else None

    @staticmethod
    def _try(action: Callable[[], object]) -> None:
        """In a savepoint, as a request would be in a transaction: a refusal leaves nothing."""
        with suppress(Refused), transaction.atomic():
            action()


@pytest.mark.timeout(100)
def test_random_walks(db: None) -> None:
    run_state_machine_as_test(
        Room,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            # Making a failing walk shorter takes minutes with a real database: it is printed whole.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
