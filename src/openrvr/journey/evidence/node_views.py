"""Where the agents beside the nodes hand over what Janus has recorded."""

from __future__ import annotations

import time
import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openrvr.foundation.kit.requests import NotUnderstood, flag, json_body
from openrvr.foundation.live.models import LiveSeat
from openrvr.foundation.live.streams import of_person, of_phone
from openrvr.foundation.people.access import open_to_all
from openrvr.foundation.people.actors import service
from openrvr.journey.call.guests.queries import among
from openrvr.journey.call.media import actions as media
from openrvr.journey.call.media.recording.passes import of_which_node
from openrvr.journey.call.media.recording.take import MEDIA_TYPE
from openrvr.journey.call.models import Call
from openrvr.journey.evidence import actions
from openrvr.journey.evidence.pieces import HEADER, read_piece

_PROOF = "The agent beside a node proves itself by a word that it signs for a minute"
# Bytes, as the database counts.
_MOST_ROOM = 2**62
# A take has no name of its own in the database: this makes one of the node's.
_TAKES = uuid.UUID("5b1f0c3e-6a55-4a8e-9f0e-7f2b8a1d4c90")


@csrf_exempt
@open_to_all(_PROOF)
@require_POST
def state(request: HttpRequest) -> JsonResponse:
    """How much room is left beside a node.

    The answer is what time it is, in milliseconds since 1970: a node's clock is its own.
    """
    node = _node(request)
    if not node:
        return _unknown()
    said = json_body(request)
    free, is_full = said.get("free"), flag(said, "full")
    if not isinstance(free, int) or not 0 <= free <= _MOST_ROOM:
        raise NotUnderstood("free: bytes.")
    media.note_room(node, free, is_full=is_full, now=timezone.now())
    return JsonResponse({"now": round(time.time() * 1000)})


@csrf_exempt
@open_to_all(_PROOF)
@require_GET
def call(request: HttpRequest, call_id: uuid.UUID) -> JsonResponse:
    """Whether a call is over: then nothing more comes of it."""
    if not _node(request):
        return _unknown()
    found = get_object_or_404(Call, pk=call_id)
    return JsonResponse({"over": int(found.ended_at is not None)})


@csrf_exempt
@open_to_all(_PROOF)
@require_http_methods(["PUT"])
def piece(
    request: HttpRequest, call_id: uuid.UUID, seat_id: uuid.UUID, number: str, index: int
) -> JsonResponse:
    """One slice; the answer is its receipt, the same however often it is sent."""
    node = _node(request)
    if not node:
        return _unknown()
    found = get_object_or_404(Call, pk=call_id, recorded_since__isnull=False)
    seat = get_object_or_404(LiveSeat, pk=seat_id, channel_id=call_id)
    track = uuid.uuid5(_TAKES, f"{node}/{call_id}.{seat_id}.{number}")
    described = read_piece(
        request.headers.get(HEADER, ""),
        track=track,
        index=index,
        person=_person(found, seat),
        media_type=MEDIA_TYPE,
    )
    by = service(f"media node {node}")
    receipt = actions.keep(call_id, described, request.read(), by=by, now=timezone.now())
    return JsonResponse(receipt.as_json(), status=201)


def _node(request: HttpRequest) -> str | None:
    scheme, _, word = request.headers.get("Authorization", "").partition(" ")
    given = word if scheme == "Bearer" else ""
    node = of_which_node(given, settings.JANUS_SECRET, time.time())
    known = {each.partition("=")[0] for each in settings.JANUS_NODES}
    return node if node in known else None


def _unknown() -> JsonResponse:
    return JsonResponse({"error": "The word of this agent is wrong, or too old."}, status=401)


def _person(call: Call, seat: LiveSeat) -> str:
    """Whose seat it is. Raises Http404 where nobody in it is recorded."""
    if seat.stream == of_phone(call.invitation_id):
        return "victim"
    # Of every officer who has had the call.
    if seat.stream.startswith(of_person("")):
        return "officer"
    guest = among([seat]).get(seat.stream)
    if guest is None:
        raise Http404
    return guest.person
