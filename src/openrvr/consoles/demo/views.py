"""The demo: its start page, its phone, and one-click seats. Mounted only where settings.DEMO is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from ipaddress import ip_address
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe
from markupsafe import Markup

from openrvr.consoles.demo.seats import SEATS, seat
from openrvr.foundation.messages.models import DemoText
from openrvr.foundation.messages.phone_numbers import readable
from openrvr.foundation.people.access import open_to_all
from openrvr.foundation.people.sessions import begin_session

View = Callable[..., HttpResponse]
in_the_demo = open_to_all("the demo alone: nobody in it exists")


def at_the_demos_own_address(view: View) -> View:
    """Send `http://127.0.0.1:8000`, or a seat's own host, to `http://localhost:8000`.

    The links in the texts name that address, and the phone's frame shows no other.
    """

    @wraps(view)
    def elsewhere(request: HttpRequest, *args: str) -> HttpResponse:
        if _is_at_its_own_address(request) or request.user.is_authenticated:
            return view(request, *args)
        return HttpResponseRedirect(f"{settings.BASE_URL}{request.get_full_path()}")

    return elsewhere


def _is_at_its_own_address(request: HttpRequest) -> bool:
    return request.get_host() == urlsplit(settings.BASE_URL).netloc


@in_the_demo
@require_safe
@at_the_demos_own_address
def start(request: HttpRequest) -> HttpResponse:
    """The start page; whoever has signed in at a seat's own host goes to the seat's console."""
    if request.user.is_authenticated and not _is_at_its_own_address(request):
        return redirect("home")
    context = {"seats": {each.slug: each for each in SEATS}, "code": _code_of_the_phone()}
    return render(request, "demo/start.html", context)


def _code_of_the_phone() -> dict[str, str] | None:
    """The phone's address, and the drawing of it that a camera reads; on the local network only."""
    if not settings.DEMO_LAN:
        return None
    address = f"{settings.BASE_URL}{reverse('demo_phone')}"
    drawing = segno.make_qr(address, error="m").svg_inline(scale=5, border=2, light="#fff")
    # Made of squares and numbers alone.
    return {"address": address, "drawing": Markup(drawing)}  # noqa: S704


@in_the_demo
@require_GET
def take_seat(request: HttpRequest, slug: str) -> HttpResponse:
    """Sign in as one of the demo force.

    By GET, so that the address in the terminal works: there is nothing here that somebody could
    gain by making another browser sign in. On a local network it is for this computer alone.
    """
    if settings.DEMO_LAN and not ip_address(request.META["REMOTE_ADDR"]).is_loopback:
        raise Http404("The seats are on the computer that runs the demo.")
    taken = seat(slug)
    if taken is None:
        raise Http404("Nobody in the demo force sits there.")
    begin_session(request, taken.account())
    return redirect("home")


@in_the_demo
@require_safe
def addresses(_request: HttpRequest) -> HttpResponse:
    """What `openrvr demo` prints when it is ready."""
    lines = [("Start page", settings.BASE_URL)]
    lines += [(f"{each.role_name}, {each.name}", each.address) for each in SEATS]
    text = "".join(f"  {who:<28} {address}\n" for who, address in lines)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@in_the_demo
@require_safe
@at_the_demos_own_address
def phone(request: HttpRequest) -> HttpResponse:
    """The victim's phone, as its text messages show it."""
    return render(request, "demo/phone.html", {"texts": _texts()})


@in_the_demo
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """The texts alone: the phone's page asks for them each second."""
    return render(request, "demo/texts.html", {"texts": _texts()})


@dataclass(frozen=True)
class Text:
    """A text as the phone shows it: whatever number it was sent to."""

    pk: int
    to: str
    words: str
    at: datetime


def _texts() -> list[Text]:
    newest = DemoText.objects.order_by("-at", "-pk")[:20]
    return [Text(each.pk, readable(each.number), each.words, each.at) for each in reversed(newest)]
