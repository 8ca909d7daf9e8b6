"""What a call-taker can press: each press is one action, safe twice, and shows what came of it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from openrvr.consoles.control_room import queries
from openrvr.consoles.control_room.views import case_of, desk_fragment, for_the_room
from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.foundation.people.access import signed_in
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Desk
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises.models import Promise
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.closing import actions as closing
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.intake import actions as intake
from openrvr.journey.invitation import actions as invitations
from openrvr.journey.offer import actions as offers
from openrvr.journey.waiting.queries import is_an_officer_free


@for_the_room
@require_POST
def grade(request: HttpRequest, reference: str) -> HttpResponse:
    wanted = _one_of(request, "grade", [each.id for each in policy().grades])
    intake.grade(
        case_of(reference).pk,
        wanted,
        reason=_line(request, "reason"),
        by=signed_in(request),
        now=timezone.now(),
    )
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def criterion(request: HttpRequest, reference: str) -> HttpResponse:
    """Yes or no to a question that the policy has the call-taker ask."""
    offers.answer_criterion(
        case_of(reference).pk,
        _line(request, "criterion"),
        _line(request, "answer"),
        by=signed_in(request),
        now=timezone.now(),
    )
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """She accepts: the offer and the text with the link, both or neither."""
    account, now, pk = signed_in(request), timezone.now(), case_of(reference).pk
    key_word = _line(request, "key_word", longest=60)
    with unit_of_work():
        free = is_an_officer_free()
        offers.accept(pk, officer_free=free, key_word=key_word, by=account, now=now)
        invitations.send(pk, by=account, now=now)
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    reason = _line(request, "reason")
    offers.decline(case_of(reference).pk, reason=reason, by=signed_in(request), now=timezone.now())
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def appointment(request: HttpRequest, reference: str) -> HttpResponse:
    offers.agree_appointment(
        case_of(reference).pk,
        at=_local_instant(request, "at"),
        key_word=_line(request, "key_word", longest=60),
        by=signed_in(request),
        now=timezone.now(),
    )
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def not_eligible(request: HttpRequest, reference: str) -> HttpResponse:
    offers.not_eligible(
        case_of(reference).pk,
        officer_free=is_an_officer_free(),
        reason=_line(request, "reason") or "Not eligible for video",
        by=signed_in(request),
        now=timezone.now(),
    )
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def send(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the link, again where the page says that one was sent before.

    The page names the link that it saw: pressed twice, the second press finds another one and
    sends nothing.
    """
    case = case_of(reference)
    alive = case.invitations.filter(ended_at=None).first()
    seen = request.POST.get("seen", "")
    again = alive is not None and str(alive.pk) == seen
    if again or alive is None:
        invitations.send(case.pk, again=again, by=signed_in(request), now=timezone.now())
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def revoke(request: HttpRequest, reference: str) -> HttpResponse:
    invitations.revoke(case_of(reference).pk, by=signed_in(request), now=timezone.now())
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def give_back(request: HttpRequest, reference: str) -> HttpResponse:
    reason = _line(request, "reason") or "Given back to the normal service"
    now = timezone.now()
    offers.give_back(case_of(reference).pk, reason=reason, by=signed_in(request), now=now)
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def physical(request: HttpRequest, reference: str) -> HttpResponse:
    """One press: a patrol. The reason may be typed before it, or told on the radio after it."""
    reason = _line(request, "reason") or "The call-taker asks for a patrol"
    now = timezone.now()
    escalation.ask(case_of(reference).pk, reason=reason, by=signed_in(request).actor, now=now)
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """She was rung back, visited, or the patrol is with her: the outcome, and the end."""
    outcome = _one_of(request, "outcome", [each.id for each in policy().outcomes])
    closing.close_with(case_of(reference).pk, outcome, by=signed_in(request), now=timezone.now())
    return desk_fragment(request, reference)


@for_the_room
@require_POST
def take(request: HttpRequest, promise_id: int) -> HttpResponse:
    get_object_or_404(Promise, pk=promise_id)
    promises.take(promise_id, by=signed_in(request), now=timezone.now())
    return _room_fragment(request)


@for_the_room
@require_POST
def keep(request: HttpRequest, promise_id: int) -> HttpResponse:
    get_object_or_404(Promise, pk=promise_id)
    promises.keep_mine(promise_id, by=signed_in(request), now=timezone.now())
    return _room_fragment(request)


@for_the_room
@require_POST
def hand_over(request: HttpRequest, promise_id: int) -> HttpResponse:
    get_object_or_404(Promise, pk=promise_id)
    promises.hand_over_mine(
        promise_id,
        _whom(request.POST.get("to", "")),
        why=_line(request, "why"),
        by=signed_in(request),
        now=timezone.now(),
    )
    return _room_fragment(request)


def _room_fragment(request: HttpRequest) -> HttpResponse:
    if "HX-Request" not in request.headers:
        return redirect("control_room")
    context = {
        "reference": request.GET.get("at", ""),
        **queries.room(signed_in(request), timezone.now()),
    }
    return render(request, "control_room/room.html", context)


def _whom(chosen: str) -> Account | Desk:
    """A desk by its name, or a colleague by number. Raises NobodyToHandTo."""
    if chosen in Desk.values:
        return Desk(chosen)
    found = (
        Account.objects.filter(pk=chosen, is_active=True).first() if chosen.isdecimal() else None
    )
    if found is None:
        raise promises.NobodyToHandTo
    return found


def _line(request: HttpRequest, name: str, longest: int = 300) -> str:
    value = request.POST.get(name, "").replace("\x00", "").strip()
    if len(value) > longest:
        raise NotUnderstood(f"That is longer than {longest} characters: shorten it.")
    return value


def _one_of(request: HttpRequest, name: str, known: list[str]) -> str:
    value = request.POST.get(name, "")
    if value not in known:
        raise NotUnderstood("Choose one of those that the page shows.")
    return value


def _local_instant(request: HttpRequest, name: str) -> datetime:
    """`2026-11-22T14:30` in the force's own time zone. Raises NotATimeToMeet."""
    try:
        local = parse_datetime(request.POST.get(name, ""))
    except ValueError:
        local = None
    if local is None:
        raise offers.NotATimeToMeet
    return timezone.make_aware(local) if timezone.is_naive(local) else local
