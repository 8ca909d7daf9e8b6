"""Her statement on her phone: she signs it, or says that something is not right."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openrvr.consoles.phone.access import invitation_of
from openrvr.foundation.kit.requests import NotUnderstood, json_body, text
from openrvr.foundation.people.access import open_to_all
from openrvr.journey.evidence.models import Statement
from openrvr.journey.evidence.statement import actions as statements
from openrvr.journey.evidence.statement.pdf import Drawn, TypedName

her_phone = open_to_all("the cookie that is bound to her phone is the key")

_HASH = re.compile(r"[0-9a-f]{64}")
_MOST_POINTS = 4000


@her_phone
@require_POST
def sign(request: HttpRequest, statement_id: int) -> JsonResponse:
    """She has read it, declares that it is true, and signs."""
    invitation, body = invitation_of(request), json_body(request)
    read = text(body, "read", longest=64)
    if not _HASH.fullmatch(read):
        raise NotUnderstood
    statements.sign(
        invitation, statement_id, read=read, signature=_signature(body), now=timezone.now()
    )
    return JsonResponse({})


@her_phone
@require_POST
def object_to(request: HttpRequest, statement_id: int) -> JsonResponse:
    """Something in it is not right: the officer goes on writing."""
    statements.object_to(invitation_of(request), statement_id, now=timezone.now())
    return JsonResponse({})


def shown(statement: Statement | None) -> dict[str, Any] | None:
    """What her page shows of it."""
    if statement is None:
        return None
    return {
        "id": statement.pk,
        "witness": statement.witness,
        "beginning": statements.beginning(statement),
        "text": statement.text,
        "declaration": statement.declaration,
        "declarationLanguage": statement.declaration_language,
        "language": statement.language,
    }


def _signature(body: dict[str, Any]) -> TypedName | Drawn:
    strokes = body.get("strokes")
    if strokes is None:
        name = text(body, "name", longest=120).strip()
        if not name:
            raise NotUnderstood(_("Type your name."))
        return TypedName(name)
    try:
        drawn = tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in strokes)
        if sum(len(stroke) for stroke in drawn) > _MOST_POINTS:
            raise NotUnderstood(_("The signature could not be read. Please sign again."))
        return Drawn(drawn)
    except (TypeError, ValueError):
        raise NotUnderstood(_("The signature could not be read. Please sign again.")) from None
