"""The information managers' pages: what is kept, for how long, and what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from openrvr.consoles.evidence_register import queries
from openrvr.foundation.audit import actions as audit
from openrvr.foundation.kit.requests import NotUnderstood
from openrvr.foundation.people.access import needs, signed_in
from openrvr.foundation.people.roles import Role
from openrvr.foundation.refusal import Refused
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
    return _page(request, exhibit_id, done=DONE.get(request.GET.get("done", ""), ""))


def _page(
    request: HttpRequest,
    exhibit_id: uuid.UUID,
    *,
    done: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
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
        "done": done,
        "refused": refused,
    }
    return render(request, "evidence_register/exhibit.html", context, status=status)


# What was done, in words, to whoever has done it.
DONE = {
    "category": "It is kept as that, too.",
    "review": "The review is recorded.",
    "hold": "It is held.",
    "lift": "The hold is lifted.",
    "ask": "Asked. Another person has to agree before it is destroyed.",
    "destroy": "It is destroyed.",
    "keep": "It is not destroyed.",
}

Decision = Callable[[HttpRequest, Exhibit], str]


def decision(decide: Decision) -> Callable[..., HttpResponse]:
    """A press about one exhibit: it leads back to its page, which says what was done, or why not.

    `decide` returns a key of DONE.
    """

    @for_information_managers
    @require_POST
    @wraps(decide)
    def press(request: HttpRequest, exhibit_id: uuid.UUID) -> HttpResponse:
        found = get_object_or_404(Exhibit, pk=exhibit_id)
        try:
            done = decide(request, found)
        except Refused as refusal:
            return _page(request, found.pk, refused=str(refusal), status=refusal.status)
        return redirect(f"{reverse('register_exhibit', args=[found.pk])}?done={done}")

    return press


@decision
def add_category(request: HttpRequest, exhibit: Exhibit) -> str:
    category = request.POST.get("category", "")
    retention.add_category(exhibit.pk, category, by=signed_in(request), now=timezone.now())
    return "category"


@decision
def review(request: HttpRequest, exhibit: Exhibit) -> str:
    """Whether it is still needed, in a person's judgement."""
    needed = request.POST.get("needed")
    if needed not in ("yes", "no"):
        raise NotUnderstood("Choose whether it is still needed as evidence.")
    by, now = signed_in(request), timezone.now()
    retention.review(exhibit.pk, needed=needed == "yes", reason=_reason(request), by=by, now=now)
    return "review"


@decision
def hold(request: HttpRequest, exhibit: Exhibit) -> str:
    retention.hold(exhibit.pk, reason=_reason(request), by=signed_in(request), now=timezone.now())
    return "hold"


@decision
def lift(request: HttpRequest, exhibit: Exhibit) -> str:
    found = get_object_or_404(Hold, pk=_number(request, "hold"), exhibit=exhibit)
    retention.lift(found.pk, reason=_reason(request), by=signed_in(request), now=timezone.now())
    return "lift"


@decision
def ask_disposal(request: HttpRequest, exhibit: Exhibit) -> str:
    """The first of two people."""
    by, now = signed_in(request), timezone.now()
    retention.ask_disposal(exhibit.pk, reason=_reason(request), by=by, now=now)
    return "ask"


@decision
def decide(request: HttpRequest, exhibit: Exhibit) -> str:
    """The second of two people."""
    asked = get_object_or_404(DisposalRequest, pk=_number(request, "asked"), exhibit=exhibit)
    account, now = signed_in(request), timezone.now()
    if request.POST.get("decision") != "destroy":
        retention.refuse_disposal(asked.pk, by=account, now=now)
        return "keep"
    if request.POST.get("sure") != "yes":
        raise NotUnderstood("Tick the box first: what is destroyed cannot be brought back.")
    retention.approve_disposal(asked.pk, by=account, now=now)
    return "destroy"


def _number(request: HttpRequest, name: str) -> int:
    number = request.POST.get(name, "")
    if not number.isdecimal() or len(number) > 18:
        raise NotUnderstood
    return int(number)


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    if len(reason) > _LONGEST:
        raise NotUnderstood(f"That is longer than {_LONGEST} characters: shorten it.")
    return reason
