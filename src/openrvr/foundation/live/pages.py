"""What a staff page needs to hear its streams: the `live` of `kit/console.html`."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from openrvr.foundation.live.queries import position
from openrvr.foundation.live.streams import of_account
from openrvr.foundation.live.tokens import stream_token
from openrvr.foundation.people.models import Account


@dataclass(frozen=True)
class PageStream:
    token: str
    position: int
    token_url: str


def stream_of(account: Account) -> PageStream:
    """The streams of whoever is signed in, from the position that the page is made at.

    Call it before reading what the page shows.
    """
    return PageStream(stream_token(of_account(account)), position(), reverse("live_token"))
