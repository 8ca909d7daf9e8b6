"""Working copies that are missing, or are older than what is kept: asked for by who looks."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from openrvr.journey.evidence import jobs
from openrvr.journey.evidence.models import Exhibit, Track, WorkingCopy
from openrvr.journey.evidence.queries import tracks_to_play


def newest_of(track: Track) -> WorkingCopy | None:
    """The track's newest copy, of a track that was read by `tracks_to_play`."""
    made = list(track.copies.all())
    return made[-1] if made else None


def is_whole(track: Track) -> bool:
    """Whether the newest copy has every slice that is kept."""
    made = newest_of(track)
    return made is not None and made.slices == len(track.slices.all())


def ask_for_copies(exhibit: Exhibit) -> None:
    """Let the worker make what is missing. Asked for by several, each is made once."""
    for track in tracks_to_play(exhibit):
        if is_whole(track):
            continue
        job = jobs.copy.configure(queueing_lock=f"copy of {track.pk}")
        with suppress(AlreadyEnqueued), transaction.atomic():
            job.defer(track_id=str(track.pk))


def to_play_now(exhibit: Exhibit) -> list[dict[str, Any]]:
    """`to_play` of each track."""
    in_hand, has_captions = _in_hand(exhibit), exhibit.captions.exists()
    return [
        to_play(track, is_being_made=str(track.pk) in in_hand, has_captions=has_captions)
        for track in tracks_to_play(exhibit)
    ]


def _in_hand(exhibit: Exhibit) -> set[str]:
    """The tracks whose copy the worker has yet to make, by their ids."""
    tracks = [str(pk) for pk in exhibit.tracks.values_list("pk", flat=True)]
    unfinished = ProcrastinateJob.objects.filter(
        task_name=jobs.copy.name, status__in=("todo", "doing"), args__track_id__in=tracks
    )
    return {args["track_id"] for args in unfinished.values_list("args", flat=True)}


def to_play(track: Track, *, is_being_made: bool, has_captions: bool) -> dict[str, Any]:
    """What a player needs to know of a track's copy: `url` is None while there is none.

    One that is not there and not being made never will be: the track holds nothing that can be
    shown. The address names the copy, for its bytes and a later one's must not be mixed.
    `captions` is the address of a WebVTT file on the clock of this track.
    """
    made = newest_of(track)
    address = reverse("evidence_copy", args=[track.pk])
    return {
        "id": str(track.pk),
        "url": f"{address}?slices={made.slices}" if made else None,
        "isWhole": is_whole(track),
        "isBeingMade": is_being_made,
        # Hers alone: the same words twice, under both pictures, would be read twice.
        "captions": reverse("evidence_captions", args=[track.pk])
        if has_captions and track.person == "victim"
        else None,
    }
