"""What she and the call-taker write to each other, in the strip of her report."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openrvr.consoles.control_room.views import case_of, for_the_room
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.access import signed_in
from openrvr.journey.chat import actions as chat
from openrvr.journey.chat import queries
from openrvr.journey.chat.models import Side
from openrvr.journey.chat.pages import after_of, for_staff, line_for_staff, said_in, until_of


@for_the_room
@require_GET
def lines(request: HttpRequest, reference: str) -> JsonResponse:
    """What is new in the report's thread since the line `?after=`."""
    case, now = case_of(reference), timezone.now()
    audit.looked("case.looked", by=signed_in(request).actor, now=now, case_reference=reference)
    thread = queries.of_case(case, after=after_of(request))
    alive = queries.alive_in(case)
    return JsonResponse(for_staff(thread, alive=alive, closed=_closed(case)))


@for_the_room
@require_POST
def say(request: HttpRequest, reference: str) -> JsonResponse:
    case, (words, key) = case_of(reference), said_in(request)
    account, now = signed_in(request), timezone.now()
    line = chat.answer(case.pk, Side.CALL_TAKER, words, key=key, by=account, now=now)
    return JsonResponse(line_for_staff(line, line.invitation), status=201)


@for_the_room
@require_POST
def shown(request: HttpRequest, reference: str) -> JsonResponse:
    case, until = case_of(reference), until_of(request)
    chat.note_shown(case.pk, Side.CALL_TAKER, until=until, now=timezone.now())
    return JsonResponse({})


def _closed(case: Case) -> str:
    if queries.alive_in(case) is None:
        return "Her page is not open."
    return "" if chat.may_write(case, Side.CALL_TAKER) else "The officer in the call writes now."
