"""An exhibit looked at: its page, its working copies, and the making of those."""

from __future__ import annotations

import uuid

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.journey.evidence import copies, masters, vault
from openrvr.journey.evidence.models import Captions, Exhibit, Kind, Track, WorkingCopy
from openrvr.journey.evidence.player import captions, looking, making
from openrvr.journey.evidence.player.files import send
from openrvr.journey.evidence.player.page import exhibit_page
from openrvr.journey.evidence.rules import Recorder
from openrvr.journey.evidence.screening.kinds import kind_named
from openrvr.journey.evidence.vault import Shredded

for_viewers = needs(Role.OFFICER, Role.SUPERVISOR, Role.SPECIALIST, Role.INFORMATION_MANAGER)


@for_viewers
@require_GET
def exhibit(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """The exhibit's page, with the player where it is a recording."""
    return _page(request, exhibit_id)


def _page(
    request: HttpRequest, exhibit_id: uuid.UUID, *, refused: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    found = get_object_or_404(Exhibit.objects.select_related("case", "call"), pk=exhibit_id)
    looking.note_opened(found, by=signed_in(request), now=now)
    # This look belongs to what the page shows.
    found.refresh_from_db(fields=["length", "head"])
    asked = request.GET.get("recorder", "")
    recorder = Recorder(asked) if asked in set(Recorder) else None
    context = {**exhibit_page(found, now=now, recorder=recorder), "refused": refused}
    return render(request, "evidence/exhibit.html", context, status=status)


@for_viewers
@require_GET
def paper(request: HttpRequest, exhibit_id: uuid.UUID) -> StreamingHttpResponse:
    """A signed statement, or a thread, as it was frozen. Each time it is opened is logged."""
    frozen = Exhibit.objects.select_related("case").filter(kind__in=(Kind.STATEMENT, Kind.THREAD))
    found = get_object_or_404(frozen, pk=exhibit_id)
    key = vault.data_key(found)
    track = get_object_or_404(Track.objects.select_related("exhibit"), exhibit=found)
    looking.note_downloaded(found.pk, by=signed_in(request), now=timezone.now())
    charset = "; charset=utf-8" if track.media_type.startswith("text/") else ""
    response = StreamingHttpResponse(
        masters.content(track, data_key=key), content_type=f"{track.media_type}{charset}"
    )
    name = f"{found.reference.replace('/', '-')}.{kind_named(track.media_type).extension}"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Encoding"] = "identity"
    return response


@for_viewers
@require_http_methods(["GET", "POST"])
def copies_of(request: HttpRequest, exhibit_id: uuid.UUID) -> JsonResponse:
    """What there is to play now; POST asks for what there is not."""
    found = get_object_or_404(Exhibit, pk=exhibit_id)
    if found.wrapped_key is None:
        raise Shredded(found)
    if request.method == "POST":
        making.ask_for_copies(found)
    return JsonResponse({"takes": making.to_play_now(found)})


@for_viewers
@require_GET
def track_copy(request: HttpRequest, track_id: uuid.UUID) -> HttpResponseBase:
    """Picture and sound of one track: its newest working copy, or the one of `?slices=`."""
    track = get_object_or_404(Track.objects.select_related("exhibit__case"), pk=track_id)
    if track.exhibit.wrapped_key is None:
        raise Shredded(track.exhibit)
    made = _copy_asked_for(track, request.GET.get("slices", ""))
    answer = send(request, made, copies.sealed(made))
    if answer.status_code < 400:
        looking.note_played(track, by=signed_in(request), now=timezone.now())
    return answer


@for_viewers
@require_POST
def add_captions(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """A WebVTT file to the recording."""
    found = get_object_or_404(Exhibit, pk=exhibit_id)
    file = request.FILES.get("captions")
    content = file.read(captions.LARGEST + 1) if file else b""
    try:
        captions.add(found, content, by=signed_in(request), now=timezone.now())
    except captions.NoCaptions as refusal:
        return _page(request, found.pk, refused=str(refusal), status=refusal.status)
    return redirect("evidence_exhibit", exhibit_id=found.pk)


@for_viewers
@require_GET
def track_captions(request: HttpRequest, track_id: uuid.UUID) -> HttpResponse:
    """The captions on the clock of one track."""
    track = get_object_or_404(
        Track.objects.select_related("exhibit__call", "exhibit__case"), pk=track_id
    )
    try:
        words = captions.of_track(track)
    except Captions.DoesNotExist:
        raise Http404 from None
    looking.note_played(track, by=signed_in(request), now=timezone.now())
    return HttpResponse(words, content_type="text/vtt; charset=utf-8")


def _copy_asked_for(track: Track, slices: str) -> WorkingCopy:
    wanted = int(slices) if slices.isdecimal() and len(slices) < 9 else None
    made = track.copies.filter(slices=wanted).first() if wanted else copies.newest(track)
    if made is None:
        raise Http404("The working copy has not been made yet.")
    return made
