"""What the control room's page shows, read anew for each refresh."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery

from openrvr.consoles.control_room import progress
from openrvr.consoles.control_room.languages import LANGUAGES
from openrvr.foundation.cases.models import Case
from openrvr.foundation.cases.states import State
from openrvr.foundation.messages.models import SafeContact
from openrvr.foundation.messages.queries import before_ringing
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk, Role
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import queries as promised
from openrvr.journey.call.models import Call
from openrvr.journey.chat.queries import unread_by_staff
from openrvr.journey.closing.models import WrapUp
from openrvr.journey.intake.models import (
    GradeEntry,
    Injuries,
    Report,
    ReportEdit,
    Whereabouts,
    YesNo,
)
from openrvr.journey.invitation.models import Invitation
from openrvr.journey.offer.queries import eligibility
from openrvr.journey.offer.rules import Eligibility, Judged, Verdict
from openrvr.journey.silent.queries import heard_on
from openrvr.journey.waiting.models import Ring, Waiting
from openrvr.journey.waiting.queries import is_an_officer_free, phone_words, strength

LONGEST_LIST = 60
# Somebody else who wrote here so recently is probably still at it.
JUST_NOW = timedelta(minutes=10)
# The same answers as the report's own, in the words that fit on one line of the form.
_WHEREABOUTS = (
    (Whereabouts.GONE, "Gone"),
    (Whereabouts.IN_CUSTODY, "In custody"),
    (Whereabouts.EXPECTED, "Expected back"),
    (Whereabouts.NEAR, "Near"),
    (Whereabouts.HERE, "There now"),
    (Whereabouts.UNKNOWN, "Not known"),
)
_INJURIES = (
    (Injuries.NONE, "None"),
    (Injuries.MINOR, "Minor"),
    (Injuries.SERIOUS, "Ambulance"),
    (Injuries.UNKNOWN, "Not known"),
)
_YES_NO = ((YesNo.YES, "Yes"), (YesNo.NO, "No"), (YesNo.UNKNOWN, "Not asked"))
# Where video can still be offered, or offered again.
_OFFERABLE = (State.REPORTED, State.GRADED, State.STANDARD, State.APPOINTMENT)
_SENDABLE = (State.OFFERED, State.INVITED, State.WAITING, State.APPOINTMENT, State.WRAP_UP)
_GIVEABLE = (State.OFFERED, State.INVITED, State.WAITING, State.APPOINTMENT, State.WRAP_UP)
_CLOSABLE = (State.STANDARD, State.PHYSICAL)


def room(account: Account, now: datetime) -> dict[str, Any]:
    """The left-hand side: what this call-taker answers for, and the reports that are open."""
    return {
        "promises": list(promised.answered_for_by(account)[:LONGEST_LIST]),
        "reports": _open_reports(),
        "unread": unread_by_staff(),
        "colleagues": _colleagues(account),
        "desks": [Desk.SUPERVISOR, Desk.CONTROL_ROOM],
        "strength": strength(),
        "policy": policy(),
        "now_at": now,
    }


def desk_of(case: Case, account: Account, now: datetime) -> dict[str, Any]:
    """All of one report: form, grade, offer, and the link's strip."""
    report: Report = case.report
    officer_free = is_an_officer_free()
    judged = eligibility(case, officer_free=officer_free)
    way = _way_of(case, now)
    # Every report has them from its opening on.
    contact = case.safe_contacts.latest("version")
    state = State(case.state)
    return {
        "case": case,
        "report": report,
        "reach": before_ringing(contact, now),
        "number_trouble": _number_trouble(report, contact),
        "hours_trouble": "" if contact.hours_are_clear else "Not clear. Write “9-15”.",
        "wordings": [(each.id, each.name) for each in policy().wordings],
        "others_edit": _others_edit(report, account, now),
        "languages": LANGUAGES,
        "whereabouts": _WHEREABOUTS,
        "injuries": _INJURIES,
        "yes_no": _YES_NO,
        "grades": list(case.grades.select_related("by").order_by("-id")),
        "judged": judged,
        "next_question": _next_question(judged),
        "answers": dict(case.criterion_answers.values_list("criterion", "answer")),
        "officer_free": officer_free,
        "way": way,
        "chat_is_there": way.invitation is not None and way.invitation.opened_at is not None,
        "steps": progress.steps(way),
        "phone_words": phone_words(way.invitation),
        "verdict": progress.verdict(way),
        "case_promises": list(promised.open_on(case)),
        "can_offer": state in _OFFERABLE,
        "can_send": state in _SENDABLE,
        "can_give_back": state in _GIVEABLE,
        "can_close": state in _CLOSABLE,
        "heard": heard_on(case),
        "wrap_up": WrapUp.objects.filter(case=case).first(),
        "policy": policy(),
        "now_at": now,
    }


def _way_of(case: Case, now: datetime) -> progress.Way:
    links = Invitation.objects.filter(case=case).select_related("message")
    link = links.order_by("-created_at").first()
    waitings, calls = Waiting.objects.filter(invitation=link), Call.objects.filter(invitation=link)
    waiting = waitings.order_by("-id").first() if link else None
    owed = case.promises.filter(kind="call_back_or_visit", state="open")
    rings = Ring.objects.filter(waiting=waiting, ended_at=None).select_related("officer")
    return progress.Way(
        case=case,
        invitation=link,
        waiting=waiting,
        ring=rings.first() if waiting else None,
        call=calls.select_related("officer").order_by("-started_at").first() if link else None,
        physical=case.physical_requests.select_related("acknowledged_by").order_by("-id").first(),
        offer=case.offers.order_by("-id").first(),
        ring_back_by=owed.values_list("due_at", flat=True).first(),
        now=now,
    )


def _open_reports() -> list[Case]:
    """Open reports, newest first, each with its grade in force as `grade_now`."""
    grade = GradeEntry.objects.filter(case=OuterRef("pk")).order_by("-id").values("grade")[:1]
    open_ones = (
        Case.objects.exclude(state=State.CLOSED)
        .annotate(grade_now=Subquery(grade))
        .select_related("report")
        .order_by("-opened_at", "-pk")
    )
    return list(open_ones[:LONGEST_LIST])


def _colleagues(account: Account) -> list[Account]:
    """Who could answer for a promise instead: everybody who works at one of this room's desks."""
    roles = {Role.CALL_TAKER, Role.OFFICER, Role.SUPERVISOR}
    others = Account.objects.filter(is_active=True).exclude(pk=account.pk).order_by("name")
    return [other for other in others if other.has_any(*roles)]


def _number_trouble(report: Report, contact: SafeContact) -> str:
    """Why the number in the report cannot be used, in words."""
    unusable = report.number and not contact.number
    return "Not a telephone number: check the digits." if unusable else ""


def _others_edit(report: Report, account: Account, now: datetime) -> ReportEdit | None:
    """The last change, where a colleague made it just now: two are writing this report."""
    return (
        report.edits.filter(at__gt=now - JUST_NOW)
        .exclude(by=account)
        .select_related("by")
        .order_by("-id")
        .first()
    )


def _next_question(judged: Eligibility) -> Judged | None:
    """The question that the keys yes and no answer: the first that is still open."""
    return next((j for j in judged.judged if j.is_asked and j.verdict is Verdict.UNKNOWN), None)
