"""The officer's desk: duty, ring, answer, call, escalation, wrap-up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openrvr.consoles.officer_desk.queries import (
    desk_state,
    guests_of,
    language_name,
    reference_in_hand,
    ticket,
)
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases.models import Case
from openrvr.foundation.kit.fragments import fragment
from openrvr.foundation.kit.requests import NotUnderstood, flag, json_body, text
from openrvr.foundation.live import queries as live
from openrvr.foundation.live.streams import of_account
from openrvr.foundation.live.tokens import stream_token
from openrvr.foundation.messages.queries import before_ringing
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from openrvr.foundation.policy.queries import policy
from openrvr.foundation.promises import actions as promises
from openrvr.foundation.promises import queries as promised
from openrvr.foundation.promises.models import Promise
from openrvr.journey.call import actions as calls
from openrvr.journey.call.link.actions import note as note_readings
from openrvr.journey.call.link.queries import of_case as carried_on
from openrvr.journey.call.link.readings import read as readings_of
from openrvr.journey.call.models import Call, EndedBy, Side
from openrvr.journey.call.queries import live_of_case
from openrvr.journey.call.relief.queries import asked_of as relief_asked_of
from openrvr.journey.call.relief.queries import could_take_over, who_could
from openrvr.journey.call.relief.queries import open_of as relief_of
from openrvr.journey.chat.queries import lines_of
from openrvr.journey.closing import actions as closing
from openrvr.journey.closing.models import WrapUp
from openrvr.journey.escalation import actions as escalation
from openrvr.journey.evidence.player.page import summaries
from openrvr.journey.evidence.uploads import actions as uploads
from openrvr.journey.evidence.uploads.queries import newest_request, sent_in
from openrvr.journey.evidence.uploads.words import newest
from openrvr.journey.silent.queries import alarms_for, heard_on, told_while_waiting
from openrvr.journey.waiting import actions as waitings
from openrvr.journey.waiting import queries as waiting
from openrvr.journey.waiting.models import Ring

for_officers = needs(Role.OFFICER)


@for_officers
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The whole desk; it never reloads while a call is live."""
    account, now = signed_in(request), timezone.now()
    position = live.position()
    audit.looked("queue.looked", by=account.actor, now=now)
    state = desk_state(account, now, shown=request.GET.get("case", ""))
    context = {
        "state": state,
        "live": {
            "token": stream_token(of_account(account)),
            "position": position,
            "token_url": reverse("live_token"),
        },
        "silent_alarms": alarms_for(account),
        **_queue(account),
        **_case(account, state["reference"]),
    }
    return render(request, "officer_desk/desk.html", context)


@for_officers
@require_GET
def state(request: HttpRequest) -> JsonResponse:
    shown = request.GET.get("case", "")
    return JsonResponse(desk_state(signed_in(request), timezone.now(), shown=shown))


@for_officers
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    account = signed_in(request)
    audit.looked("queue.looked", by=account.actor, now=timezone.now())
    return fragment(request, "officer_desk/queue.html", lambda: _queue(account))


@for_officers
@require_GET
def case(request: HttpRequest) -> HttpResponse:
    """The case in hand, or the one asked for by `?case=`."""
    account = signed_in(request)
    shown = request.GET.get("case", "")
    return case_fragment(request, lambda: shown or reference_in_hand(account))


@for_officers
@require_POST
def duty(request: HttpRequest) -> JsonResponse:
    account, now = signed_in(request), timezone.now()
    if flag(json_body(request), "on"):
        waitings.go_on_duty(by=account, now=now)
    else:
        waitings.go_off_duty(by=account, now=now)
    return JsonResponse(desk_state(account, timezone.now()))


@for_officers
@require_POST
def answer(request: HttpRequest, waiting_id: int) -> JsonResponse:
    now = timezone.now()
    try:
        call = calls.answer(waiting_id, by=signed_in(request), now=now)
    except Case.DoesNotExist:
        raise Http404 from None
    return JsonResponse(ticket(call, signed_in(request), now))


@for_officers
@require_POST
def pass_on(request: HttpRequest, ring_id: int) -> JsonResponse:
    account = signed_in(request)
    get_object_or_404(Ring, pk=ring_id, officer=account)
    waitings.pass_on(ring_id, by=account, now=timezone.now())
    return JsonResponse({})


@for_officers
@require_POST
def seen(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    call = get_object_or_404(Call, pk=call_id, officer=signed_in(request))
    calls.note_first_frame(call.pk, seen_by=EndedBy.OFFICER, now=timezone.now())
    return JsonResponse({})


@for_officers
@require_POST
def readings(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """What the desk has read of its connection."""
    call = get_object_or_404(Call, pk=call_id, officer=signed_in(request))
    given = readings_of(json_body(request).get("readings"))
    note_readings(call.pk, Side.DESK, given, now=timezone.now())
    return JsonResponse({})


@for_officers
@require_POST
def hang_up(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    account = signed_in(request)
    call = get_object_or_404(Call, pk=call_id, officer=account)
    calls.hang_up(call.pk, by=account.actor, ended_by=EndedBy.OFFICER, now=timezone.now())
    return JsonResponse({})


@for_officers
@require_POST
def photograph(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """She is asked for a photograph; what becomes of it stands in the case."""
    account = signed_in(request)
    call = get_object_or_404(Call, pk=call_id, officer=account)
    uploads.ask(call.pk, by=account, now=timezone.now())
    return JsonResponse({})


@for_officers
@require_POST
def physical(request: HttpRequest, reference: str) -> JsonResponse:
    """One press: a patrol, while the call goes on."""
    reason = text(json_body(request), "reason") or "The officer in the call asks for a patrol"
    found = get_object_or_404(Case, reference=reference)
    account = signed_in(request)
    escalation.ask(found.pk, reason=reason, by=account.actor, now=timezone.now())
    return JsonResponse(desk_state(account, timezone.now(), shown=reference))


@for_officers
@require_POST
def write(request: HttpRequest, reference: str) -> JsonResponse:
    """One field of the wrap-up, saved as it is typed."""
    body, now = json_body(request), timezone.now()
    closing.write(
        get_object_or_404(Case, reference=reference).pk,
        text(body, "field", longest=20),
        was=text(body, "was", longest=20_000),
        value=text(body, "now", longest=20_000),
        by=signed_in(request),
        now=now,
    )
    return JsonResponse({"saved": now.isoformat()})


@for_officers
@require_POST
def follow_up(request: HttpRequest, reference: str) -> HttpResponse:
    account = signed_in(request)
    kind, holder_id = request.POST.get("kind", ""), request.POST.get("holder") or account.pk
    if not str(holder_id).isdecimal():
        raise NotUnderstood("Choose who does it.")
    holder = get_object_or_404(Account, pk=holder_id, is_active=True)
    found = get_object_or_404(Case, reference=reference)
    closing.promise_follow_up(found.pk, kind, holder=holder, by=account, now=timezone.now())
    return case_fragment(request, lambda: reference)


@for_officers
@require_POST
def take(request: HttpRequest, reference: str, promise_id: int) -> HttpResponse:
    """The officer answers by name for what a desk alone, or a colleague, answered for."""
    account = signed_in(request)
    found = get_object_or_404(Promise, pk=promise_id, case__reference=reference)
    promises.take(found.pk, by=account, now=timezone.now())
    return case_fragment(request, lambda: reference)


@for_officers
@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    account = signed_in(request)
    found = get_object_or_404(Case, reference=reference)
    closing.close(found.pk, by=account, now=timezone.now())
    return case_fragment(request, lambda: reference)


def case_fragment(request: HttpRequest, shown: Callable[[], str]) -> HttpResponse:
    """The case in hand, drawn again after something was done in it."""
    account = signed_in(request)
    return fragment(request, "officer_desk/case.html", lambda: _case(account, shown()))


def _queue(account: Account) -> dict[str, Any]:
    ring = waiting.ringing_for(account)
    # Whom this officer is rung for stands first, wherever she is in the queue.
    queue = sorted(waiting.queue(), key=lambda each: not ring or each.pk != ring.waiting_id)
    return {
        "queue": queue,
        "told_by": told_while_waiting([each.case_id for each in queue]),
        "ring": ring,
        "relief_asked": relief_asked_of(account),
        "could_take_over": could_take_over(account),
        "duty": waiting.duty_of(account),
        "strength": waiting.strength(),
        "my_promises": promised.answered_for_by(account),
        "policy": policy(),
        "now_at": timezone.now(),
        "language_name": language_name,
    }


def _case(account: Account, reference: str) -> dict[str, Any]:
    """What the right-hand side shows; empty while the officer has no case in hand."""
    if not reference:
        return {"case": None, "reference": ""}
    now = timezone.now()
    found = get_object_or_404(Case.objects.select_related("report"), reference=reference)
    audit.looked("case.looked", by=account.actor, now=now, case_reference=reference)
    call, sent = live_of_case(found), sent_in(found)
    return {
        "case": found,
        "reference": reference,
        "report": found.report,
        "reach": before_ringing(found.safe_contacts.latest("version"), now),
        "offer": found.offers.order_by("-id").first(),
        "grades": found.grades.select_related("by"),
        "call": call,
        **guests_of(found, call, account, now),
        "relief": relief_of(call) if call else None,
        "could_relieve": [(each.pk, each.name) for each in who_could(account)]
        if call and call.officer_id == account.pk
        else [],
        "link": found.invitations.filter(ended_at=None).first(),
        "wrap_up": WrapUp.objects.filter(case=found).first(),
        "heard": heard_on(found),
        "chat_is_there": call is not None or lines_of(found).exists(),
        "carried": [] if call else carried_on(found),
        "sent": sent,
        "sent_words": newest(newest_request(found), sent, in_call=call is not None),
        "exhibits": summaries(found),
        "statements": list(found.statements.order_by("version")),
        "physical": found.physical_requests.order_by("-id").first(),
        "promises": promised.open_on(found),
        "outcomes": [(outcome.id, outcome.name) for outcome in policy().outcomes],
        "follow_ups": [(each.id, each.name) for each in policy().follow_ups],
        "holders": Account.objects.filter(is_active=True)
        .order_by("name")
        .values_list("pk", "name"),
        "policy": policy(),
        "now_at": now,
        "language_name": language_name,
    }
