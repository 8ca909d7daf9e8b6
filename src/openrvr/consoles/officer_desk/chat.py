"""What she writes, beside her picture: all of it, from before the officer answered too."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openrvr.consoles.officer_desk.views import for_officers
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.cases.models import Case
from openrvr.foundation.people.access import signed_in
from openrvr.foundation.people.models import Account
from openrvr.journey.call.queries import live_of_officer
from openrvr.journey.chat import actions as chat
from openrvr.journey.chat import queries
from openrvr.journey.chat.models import Side
from openrvr.journey.chat.pages import after_of, for_staff, line_for_staff, said_in, until_of


@for_officers
@require_GET
def lines(request: HttpRequest, reference: str) -> JsonResponse:
    """What is new in the case's thread since the line `?after=`."""
    case, account = get_object_or_404(Case, reference=reference), signed_in(request)
    audit.looked("case.looked", by=account.actor, now=timezone.now(), case_reference=reference)
    thread = queries.of_case(case, after=after_of(request))
    closed = "" if _is_in_the_call(account, case) else "Only the officer in the call writes to her."
    return JsonResponse(for_staff(thread, alive=queries.alive_in(case), closed=closed))


@for_officers
@require_POST
def say(request: HttpRequest, reference: str) -> JsonResponse:
    case, account = get_object_or_404(Case, reference=reference), signed_in(request)
    words, key = said_in(request)
    if not _is_in_the_call(account, case):
        raise chat.NotYourTurn(Side.OFFICER)
    line = chat.answer(case.pk, Side.OFFICER, words, key=key, by=account, now=timezone.now())
    return JsonResponse(line_for_staff(line, line.invitation), status=201)


@for_officers
@require_POST
def shown(request: HttpRequest, reference: str) -> JsonResponse:
    """Only on the screen of the officer in the call is it read: a colleague may look it up."""
    case, account = get_object_or_404(Case, reference=reference), signed_in(request)
    until = until_of(request)
    if _is_in_the_call(account, case):
        chat.note_shown(case.pk, Side.OFFICER, until=until, now=timezone.now())
    return JsonResponse({})


def _is_in_the_call(account: Account, case: Case) -> bool:
    call = live_of_officer(account)
    return call is not None and call.case_id == case.pk
