"""That somebody opened an exhibit, played it, or saved it is itself a part of its custody."""

from __future__ import annotations

import uuid
from datetime import datetime

from openrvr.foundation.audit import actions as audit
from openrvr.foundation.people.models import Account
from openrvr.foundation.unit_of_work import unit_of_work
from openrvr.journey.evidence import custody_log
from openrvr.journey.evidence.models import CustodyEntry, Exhibit, Track

OPENED, PLAYED = "opened", "played"


def note_opened(exhibit: Exhibit, *, by: Account, now: datetime) -> None:
    """Log that `by` looks at the exhibit's page."""
    _note(exhibit, OPENED, by=by, now=now)


def note_played(track: Track, *, by: Account, now: datetime) -> None:
    """Log that `by` is sent picture and sound of the exhibit.

    Of all its tracks once: they are played together, and each is asked for in many parts.
    """
    _note(track.exhibit, PLAYED, by=by, now=now)


@unit_of_work()
def note_downloaded(exhibit_id: uuid.UUID, *, by: Account, now: datetime) -> None:
    """The master leaves the service as a file: each time is logged."""
    exhibit = custody_log.lock(exhibit_id)
    custody_log.note(exhibit, "downloaded", by=by.actor, now=now)


def _note(exhibit: Exhibit, what: str, *, by: Account, now: datetime) -> None:
    """Not again within five minutes for the same person, as `audit.looked` has it."""
    # Asked without the lock first: a player sends a request for every few seconds of film.
    if not _noted_just_now(exhibit, what, by=by, now=now):
        _add(exhibit, what, by=by, now=now)


@unit_of_work()
def _add(exhibit: Exhibit, what: str, *, by: Account, now: datetime) -> None:
    locked = custody_log.lock(exhibit.pk)
    if _noted_just_now(locked, what, by=by, now=now):
        return
    custody_log.note(locked, what, by=by.actor, now=now)


def _noted_just_now(exhibit: Exhibit, what: str, *, by: Account, now: datetime) -> bool:
    return CustodyEntry.objects.filter(
        exhibit=exhibit, what=what, by_id=str(by.pk), at__gt=now - audit.LOOK_AGAIN, at__lte=now
    ).exists()
