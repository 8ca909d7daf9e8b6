"""Slowing down whoever guesses passwords, before a guess is checked.

Counted by sign-in name and network address together, and by address alone. Never by name alone:
then anybody could lock every officer out with a list of names.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.people.actors import service
from openrvr.foundation.people.models import Account, SignInGuesses
from openrvr.foundation.refusal import Refused

# Wrong passwords within a minute or two. A whole station may come by one address.
MOST_FOR_A_NAME = 5
MOST_FROM_AN_ADDRESS = 60
REMEMBERED = timedelta(minutes=1)


class TooManyGuesses(Refused):
    """Too many wrong passwords came from one address; the right one has to wait as well."""

    status = 429

    def __init__(self) -> None:
        super().__init__("That was wrong too many times: wait for two minutes, then try again.")


def check(name: str, *, address: str, now: datetime) -> None:
    """Raises TooManyGuesses. Asked first: checking one password keeps a processor busy."""
    since = _minute(now) - REMEMBERED
    for key, most in _limits(name, address):
        recent = SignInGuesses.objects.filter(key_hash=key, minute__gte=since)
        if (recent.aggregate(wrong=Sum("count"))["wrong"] or 0) >= most:
            raise TooManyGuesses


def note_wrong(name: str, *, address: str, now: datetime) -> None:
    """Count a wrong password; where somebody has that name, the access log tells of it."""
    with connection.cursor() as cursor:
        for key, _ in _limits(name, address):
            cursor.execute(
                "INSERT INTO people_signinguesses (key_hash, minute, count) VALUES (%s, %s, 1)"
                " ON CONFLICT (key_hash, minute)"
                " DO UPDATE SET count = people_signinguesses.count + 1",
                [key, _minute(now)],
            )
    account = Account.objects.filter(username=_plain(name)).first()
    if account:
        audit.record("session.refused", by=service("sign-in"), now=now, account=account.pk)


def forget(now: datetime) -> int:
    """Delete the counts that are an hour old; returns how many."""
    return SignInGuesses.objects.filter(minute__lt=now - timedelta(hours=1)).delete()[0]


def _limits(name: str, address: str) -> tuple[tuple[str, int], ...]:
    both = f"{_plain(name).lower()} {address}"
    return (
        (_hash("name", both), MOST_FOR_A_NAME),
        (_hash("address", address), MOST_FROM_AN_ADDRESS),
    )


def _plain(name: str) -> str:
    return name.replace("\x00", "").strip()[:60]


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _hash(kind: str, value: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{kind} {value}".encode(), hashlib.sha256).hexdigest()
