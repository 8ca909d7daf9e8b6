"""Every reaction in one table: what is told below, and what answers to it above."""

from __future__ import annotations

from openrvr.foundation import news
from openrvr.foundation.jobs import sweeping
from openrvr.foundation.news import News, Reaction


def subscribe() -> None:
    """Wire the reactions and the sweeps. Called once, when Django is ready."""
    from openrvr.foundation.live import actions as live
    from openrvr.foundation.messages.news import MessageMoved
    from openrvr.foundation.people import guesses
    from openrvr.foundation.promises import actions as promises
    from openrvr.foundation.promises.news import RungFired
    from openrvr.journey.call import actions as call
    from openrvr.journey.call.guests import actions as guests
    from openrvr.journey.call.news import CallAnswered, CallEnded
    from openrvr.journey.call.relief import actions as relief
    from openrvr.journey.escalation import actions as escalation
    from openrvr.journey.escalation.news import PhysicalAcknowledged, PhysicalAsked
    from openrvr.journey.evidence import actions as evidence
    from openrvr.journey.evidence import threads
    from openrvr.journey.evidence.retention import actions as retention
    from openrvr.journey.intake.news import ReportGraded
    from openrvr.journey.invitation import actions as invitation
    from openrvr.journey.invitation.news import LinkTakenBack, RungTaken
    from openrvr.journey.offer.news import HandedToStandard
    from openrvr.journey.silent import actions as silent
    from openrvr.journey.waiting import actions as waiting
    from openrvr.journey.waiting.news import CheckedIn, OfficerRung, PhoneChanged, RingOver
    from openrvr.journey.waiting.phones import actions as phones

    # What a rung of a promise's ladder does, by the name that the policy file uses.
    rungs: dict[str, Reaction] = {
        "holder": promises.tell_holder,
        "supervisor": promises.pass_to_supervisors,
        "physical": escalation.ask_when_nobody_answered,
    }

    def climb(fired: RungFired) -> None:
        rungs[fired.rung.does](fired)

    table: dict[type[News], tuple[Reaction, ...]] = {
        RungFired: (climb, silent.tell_of_rung),
        ReportGraded: (escalation.ask_when_immediate,),
        MessageMoved: (invitation.tell_progress,),
        PhysicalAsked: (silent.settle_when_asked,),
        PhysicalAcknowledged: (
            silent.settle_when_physical,
            waiting.leave_when_physical,
            invitation.finish_when_physical,
        ),
        RungTaken: (call.tell_rung,),
        LinkTakenBack: (
            waiting.leave_when_link_is_taken_back,
            call.end_when_link_is_taken_back,
        ),
        CheckedIn: (silent.ask_at_start,),
        CallAnswered: (silent.pass_to_officer, evidence.have_nodes_record),
        CallEnded: (
            evidence.note_end,
            threads.freeze,
            guests.end_with_the_call,
            relief.end_with_the_call,
        ),
        OfficerRung: (call.bring_near,),
        RingOver: (call.part,),
        PhoneChanged: (call.tell_officer_of_phone,),
        HandedToStandard: (waiting.leave_when_standard, invitation.finish_when_standard),
    }
    news.subscribe(table)

    sweeping.use(
        first=(retention.destroy_again,),
        often=(
            promises.fire_due,
            waiting.pass_on_unanswered,
            waiting.ring_whoever_came_free,
            phones.notice_silence,
        ),
        rarely=(
            retention.destroy_what_is_due,
            retention.promise_disposals,
            retention.clear_away,
            live.forget_old,
            guesses.forget,
            invitation.forget_attempts,
        ),
    )
