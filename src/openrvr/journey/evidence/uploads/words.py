"""The newest thing of photographs and files, in a sentence for the officer."""

from __future__ import annotations

from datetime import datetime

from openrvr.foundation.clock.wording import clock_time
from openrvr.journey.evidence.models import Answer, PhotographRequest
from openrvr.journey.evidence.uploads.queries import Sent


def newest(asked: PhotographRequest | None, sent: list[Sent], *, in_call: bool) -> str:
    """`Photograph received 14:03`; "" where nothing was asked for and nothing sent."""
    if asked and not asked.answered_at:
        coming = asked.exhibit_id and any(each.exhibit.pk == asked.exhibit_id for each in sent)
        return _open(asked, in_call=in_call, coming=bool(coming))
    declined = asked.answered_at if asked and asked.answer == Answer.DECLINED else None
    if sent and not (declined and declined > sent[0].exhibit.made_at):
        return arrived(sent[0])
    return f"She would rather not ({clock_time(declined)})" if declined else ""


def arrived(sent: Sent) -> str:
    """`Photograph received 14:03`, or what stands in its way."""
    if sent.step == "sending":
        return f"{sent.title}: on its way since {clock_time(sent.exhibit.made_at)}"
    if sent.step == "broken":
        return f"{sent.title}: not received whole at {clock_time(sent.exhibit.made_at)}"
    return f"{sent.title} received {clock_time(sent.upload.complete_at)}"


def _open(asked: PhotographRequest, *, in_call: bool, coming: bool) -> str:
    if not in_call:
        return f"A photograph was asked for at {_time(asked)}: the call ended before it came"
    if coming:
        return f"Photograph asked for at {_time(asked)}: it is on its way"
    return f"Photograph asked for at {_time(asked)}: she has not answered yet"


def _time(asked: PhotographRequest) -> str:
    return clock_time(asked.asked_at)


def by_the_camera(moment: str) -> str:
    """ISO 8601 as `21 November 2026, 22:14:03`, in whatever zone the camera's clock is."""
    at = datetime.fromisoformat(moment)
    offset = f"{at:%z}"
    return f"{at.day} {at:%B %Y, %H:%M:%S}{f' (UTC {offset[:3]}:{offset[3:]})' if offset else ''}"
