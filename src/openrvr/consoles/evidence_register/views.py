"""The information managers' pages: what is kept, for how long, and what becomes of it."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openrvr.consoles.evidence_register import queries
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.journey.evidence.models import DisposalRequest, Exhibit, Hold
from openrvr.journey.evidence.retention import actions as retention

for_information_managers = needs(Role.INFORMATION_MANAGER)
_LONGEST = 300


@for_information_managers
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """What is not destroyed, the soonest deadline first."""
    audit.looked("register.looked", by=signed_in(request).actor, now=timezone.now())
    number = request.GET.get("page", "1")
    page, entries = queries.entries(int(number) if number.isdecimal() else 1)
    context = {"page": page, "entries": entries, "waiting": queries.how_many_wait()}
    return render(request, "evidence_register/register.html", context)


@for_information_managers
@require_GET
def exhibit(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """One exhibit: its categories, reviews, holds, and what can be decided now."""
    found = queries.found(exhibit_id)
    if found is None:
        raise Http404
    account, now = signed_in(request), timezone.now()
    audit.looked("register.looked", by=account.actor, now=now, case_reference=found.case.reference)
    context = {
        "entry": queries.entry(found),
        "exhibit": found,
        "disposal": getattr(found, "disposal", None),
        "other_categories": queries.other_categories(found),
        "account": account,
    }
    return render(request, "evidence_register/exhibit.html", context)


@for_information_managers
@require_POST
def add_category(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Exhibit, pk=exhibit_id)
    category = request.POST.get("category", "")
    retention.add_category(found.pk, category, by=signed_in(request), now=timezone.now())
    return _back(found.pk)


@for_information_managers
@require_POST
def review(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """Whether it is still needed, in a person's judgement."""
    found = get_object_or_404(Exhibit, pk=exhibit_id)
    needed = request.POST.get("needed")
    if needed not in ("yes", "no"):
        raise NotUnderstood("Choose whether it is still needed as evidence.")
    retention.review(
        found.pk,
        needed=needed == "yes",
        reason=_reason(request),
        by=signed_in(request),
        now=timezone.now(),
    )
    return _back(found.pk)


@for_information_managers
@require_POST
def hold(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Exhibit, pk=exhibit_id)
    retention.hold(found.pk, reason=_reason(request), by=signed_in(request), now=timezone.now())
    return _back(found.pk)


@for_information_managers
@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    found = get_object_or_404(Hold, pk=hold_id)
    retention.lift(hold_id, reason=_reason(request), by=signed_in(request), now=timezone.now())
    return _back(found.exhibit_id)


@for_information_managers
@require_POST
def ask_disposal(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
    """The first of two people."""
    found = get_object_or_404(Exhibit, pk=exhibit_id)
    retention.ask_disposal(
        found.pk, reason=_reason(request), by=signed_in(request), now=timezone.now()
    )
    return _back(found.pk)


@for_information_managers
@require_POST
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """The second of two people."""
    asked = get_object_or_404(DisposalRequest, pk=request_id)
    account, now = signed_in(request), timezone.now()
    if request.POST.get("decision") == "destroy":
        retention.approve_disposal(asked.pk, by=account, now=now)
    else:
        retention.refuse_disposal(asked.pk, by=account, now=now)
    return _back(asked.exhibit_id)


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if len(reason) > _LONGEST:
        raise NotUnderstood(f"That is longer than {_LONGEST} characters: shorten it.")
    return reason


def _back(exhibit_id: uuid.UUID) -> HttpResponse:
    return redirect("register_exhibit", exhibit_id=exhibit_id)
