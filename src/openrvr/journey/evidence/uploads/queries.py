"""What she was asked for and what she has sent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum

from openrvr.foundation.cases.models import Case
from openrvr.journey.call.models import Call
from openrvr.journey.evidence.models import (
    Exhibit,
    Kind,
    PhotographRequest,
    Slice,
    Upload,
    WorkingCopy,
)
from openrvr.journey.evidence.screening.kinds import kind_named


@dataclass(frozen=True)
class Sent:
    """A photograph or a file as the officer's pages show it."""

    upload: Upload
    copy: WorkingCopy | None

    @property
    def exhibit(self) -> Exhibit:
        return self.upload.exhibit

    @property
    def title(self) -> str:
        """`Photograph`; of what she chose herself its kind."""
        if self.exhibit.kind == Kind.PHOTOGRAPH:
            return "Photograph"
        name = kind_named(self.upload.media_type).name
        return name[0].upper() + name[1:]

    @property
    def step(self) -> str:
        """destroyed, sending, broken, checking, infected, unscanned or clean."""
        if self.exhibit.wrapped_key is None:
            return "destroyed"
        if self.upload.fault:
            return "broken"
        if not self.upload.complete_at:
            return "sending"
        return self.upload.finding or "checking"

    @property
    def picture(self) -> WorkingCopy | None:
        """What may be looked at."""
        return self.copy if self.step in {"clean", "unscanned"} else None


def phone_request(asked: PhotographRequest) -> dict[str, Any]:
    """What her page needs to know of a request."""
    return {"request": asked.pk, "call": str(asked.call_id)}


def asked_in(call: Call) -> PhotographRequest | None:
    """What she has been asked for and has not answered."""
    return call.photograph_requests.filter(answered_at=None).first()


def newest_request(case: Case) -> PhotographRequest | None:
    """The last time that a photograph was asked for, whatever became of it."""
    return PhotographRequest.objects.filter(call__case=case).order_by("-pk").first()


def sent_in(case: Case) -> list[Sent]:
    """Everything that she has sent, the newest first."""
    found = Upload.objects.filter(exhibit__case=case).select_related("exhibit__case")
    uploads = list(found.order_by("-exhibit__number"))
    return _with_copies(uploads) if uploads else []


def sent_as(exhibit_id: uuid.UUID) -> Sent:
    """Raises Upload.DoesNotExist where the exhibit is something else."""
    return _with_copies([Upload.objects.select_related("exhibit__case").get(pk=exhibit_id)])[0]


def _with_copies(uploads: list[Upload]) -> list[Sent]:
    copies = WorkingCopy.objects.filter(track__in=[upload.key for upload in uploads])
    newest = {copy.track_id: copy for copy in copies.order_by("slices")}
    return [Sent(upload, newest.get(upload.key)) for upload in uploads]


def progress(upload: Upload) -> tuple[int, int]:
    """How many pieces are kept, and how many bytes they have."""
    kept = Slice.objects.filter(track=upload.key).aggregate(pieces=Count("pk"), bytes=Sum("size"))
    return kept["pieces"], kept["bytes"] or 0
