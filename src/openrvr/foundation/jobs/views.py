from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from openrvr.foundation.jobs.queries import not_ready
from openrvr.foundation.people.access import open_to_all


@open_to_all("whoever watches the service has no account, and it tells nothing about anybody")
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when the service can do its work, else 503 and what is missing."""
    faults = not_ready(timezone.now())
    return JsonResponse({"ready": not faults, "not_ready": faults}, status=503 if faults else 200)
