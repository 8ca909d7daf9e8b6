"""What the officer sees of the photographs and files that she has sent."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.foundation.refusal import Refused
from openrvr.journey.evidence import copies, masters, vault
from openrvr.journey.evidence.models import Track, Upload
from openrvr.journey.evidence.player.looking import note_downloaded, note_opened
from openrvr.journey.evidence.screening.kinds import Family, kind_named
from openrvr.journey.evidence.screening.stripping import particulars
from openrvr.journey.evidence.uploads.queries import Sent, sent_as
from openrvr.journey.evidence.uploads.words import by_the_camera

for_staff = needs(Role.OFFICER, Role.SUPERVISOR, Role.SPECIALIST, Role.INFORMATION_MANAGER)


class NotShown(Refused):
    """Not whole, not looked at yet, or infected."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            "This file is kept as evidence and not shown: it did not arrive whole, is still being"
            " checked, or a virus was found in it. It goes out in the evidence package only."
        )


@for_staff
@require_GET
def page(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """One photograph or file, large, with what is known of it."""
    account, sent = signed_in(request), _sent(exhibit_id)
    note_opened(sent.exhibit, by=account, now=timezone.now())
    context = {"sent": sent, "particulars": _particulars(sent)}
    return render(request, "evidence/upload.html", context)


@for_staff
@require_GET
def picture(request: HttpRequest, exhibit_id: uuid.UUID) -> StreamingHttpResponse:
    """The working copy of a photograph."""
    sent = _sent(exhibit_id)
    copy = sent.picture
    if copy is None:
        raise NotShown
    note_opened(sent.exhibit, by=signed_in(request), now=timezone.now())
    response = StreamingHttpResponse(
        copies.sealed(copy).read(0, copy.size), content_type=copy.media_type
    )
    response["Content-Length"] = str(copy.size)
    # What is compressed already is not compressed again.
    response["Content-Encoding"] = "identity"
    return response


@for_staff
@require_GET
def original(request: HttpRequest, exhibit_id: uuid.UUID) -> StreamingHttpResponse:
    """The master as she sent it, to be saved and never opened by the browser itself."""
    sent = _sent(exhibit_id)
    upload = sent.upload
    if not upload.may_be_shown:
        raise NotShown
    key = vault.data_key(sent.exhibit)
    note_downloaded(sent.exhibit.pk, by=signed_in(request), now=timezone.now())
    response = StreamingHttpResponse(
        masters.content(_track(upload), data_key=key), content_type=upload.media_type
    )
    # Not by the name that she, or somebody on her phone, gave it.
    extension = kind_named(upload.media_type).extension
    name = f"{sent.exhibit.reference.replace('/', '-')}.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(upload.size)
    response["Content-Encoding"] = "identity"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _sent(exhibit_id: uuid.UUID) -> Sent:
    try:
        return sent_as(exhibit_id)
    except Upload.DoesNotExist:
        raise Http404("There is no such photograph or file.") from None


def _track(upload: Upload) -> Track:
    return Track.objects.select_related("exhibit").get(pk=upload.key)


def _particulars(sent: Sent) -> dict[str, str] | None:
    """What the camera wrote, read from the master each time: it is stored nowhere in clear.

    None where no camera writes, or where the file is not shown.
    """
    upload = sent.upload
    is_picture = kind_named(upload.media_type).family is Family.PHOTOGRAPH
    if not upload.may_be_shown or not is_picture:
        return None
    content = masters.content(_track(upload), data_key=vault.data_key(sent.exhibit))
    found = particulars(b"".join(content))
    if "taken_at" in found:
        found["taken_at"] = by_the_camera(found["taken_at"])
    return found
