"""What she tells from her phone without a sound. No answer of these says anything to anybody."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from openrvr.consoles.phone.access import COOKIE, invitation_of
from openrvr.foundation.kit.requests import NotUnderstood, identifier, json_body, text
from openrvr.foundation.people.access import open_to_all
from openrvr.journey.intake.actions import CaseIsClosed
from openrvr.journey.invitation.actions import lately_of_device
from openrvr.journey.silent import actions as silent

her_phone = open_to_all("the cookie that is bound to her phone is the key")


@her_phone
@require_POST
def alarm(request: HttpRequest) -> JsonResponse:
    """She asks for help without a sound; `ago` is how many milliseconds ago she pressed.

    Also from a phone whose call has ended meanwhile: the network may have held her press back.
    """
    body = json_body(request)
    now = timezone.now()
    invitation = lately_of_device(request.COOKIES.get(COOKIE, ""), since=now - silent.LONGEST_AGO)
    with suppress(CaseIsClosed):  # Whoever closed it spoke with her: there is nothing to tell.
        silent.raise_alarm(
            invitation,
            key=identifier(body, "key"),
            ago=timedelta(milliseconds=_number(body.get("ago", 0))),
            came_by=silent.BY_HER_PAGE,
            now=now,
        )
    return JsonResponse({})


@her_phone
@require_POST
def hearing(request: HttpRequest) -> JsonResponse:
    """“Can anyone hear you?”: what she tapped."""
    invitation, body = invitation_of(request), json_body(request)
    silent.answer_hearing(
        invitation,
        _number(body.get("question")),
        text(body, "answer", longest=10),
        now=timezone.now(),
    )
    return JsonResponse({})


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise NotUnderstood
    return value
