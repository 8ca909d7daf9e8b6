"""Whether all pieces together are the file that her phone announced."""

from __future__ import annotations

import hashlib

from openrvr.foundation.refusal import Refused
from openrvr.journey.evidence import masters, vault
from openrvr.journey.evidence.models import Fault, Track, Upload
from openrvr.journey.evidence.screening.kinds import HEAD, PLAIN_TEXT, kind_of


def fault_of(upload: Upload) -> str:
    """A `Fault`; "" where the file is whole and of the kind that it began as.

    Raises MasterDamaged, Shredded.
    """
    track = Track.objects.select_related("exhibit").get(pk=upload.key)
    digest, size = hashlib.sha256(), 0
    # A text is told by all of it: it may go on as a web page where its beginning was read.
    wanted = upload.size if upload.media_type == PLAIN_TEXT.media_type else HEAD
    head = bytearray()
    for piece in masters.content(track, data_key=vault.data_key(track.exhibit)):
        digest.update(piece)
        size += len(piece)
        head += piece[: max(0, wanted - len(head))]
    if size != upload.size or digest.hexdigest() != upload.sha256:
        return Fault.ALTERED
    return "" if _kind(bytes(head), size) == upload.media_type else Fault.KIND


def _kind(head: bytes, size: int) -> str:
    try:
        return kind_of(head, size).media_type
    except Refused:
        return ""
