"""In which language her pages, and the answers to her phone, are drawn."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from openrvr.foundation.languages import ENGLISH, Language, is_spoken, language_of

HER_ADDRESSES = ("/s/", "/p/")
_WHOLE_PAGES = ("phone_plain", "phone_write", "phone_trouble")


class HerLanguage:
    """Until it is known who she is, the language of her phone; staff pages are English.

    A useless link says nothing of whose it was, its language included: what is drawn for it follows
    the browser that asks, and nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(_django_code(ENGLISH)):
            if request.path_info.startswith(HER_ADDRESSES):
                speak_as_the_phone_does(request)
            return self.get_response(request)


def speak(code: str) -> None:
    """From here to the end of the request."""
    translation.activate(_django_code(language_of(code)))


def speak_as_the_phone_does(request: HttpRequest) -> None:
    translation.activate(translation.get_language_from_request(request))


def asked_for(code: str | None, *, otherwise: str) -> str:
    """The language that a request asks for by its code, where her pages speak it."""
    return code if code and is_spoken(code) else otherwise


def came_from(request: HttpRequest) -> str:
    """The address of the page on which she chose: one of hers that is a whole page by itself."""
    back = request.POST.get("back", "")
    try:
        is_hers = resolve(back).url_name in _WHOLE_PAGES
    except Resolver404:
        is_hers = False
    return back if is_hers else reverse("phone")


def _django_code(language: Language) -> str:
    return "en-gb" if language is ENGLISH else language.code
