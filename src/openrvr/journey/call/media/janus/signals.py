"""What a page says to the media plane: read with suspicion, since any phone may have written it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Characters. A browser's offers have about 6,000.
_LONGEST_DESCRIPTION = 30_000
_LONGEST_NAME = 100


class NotASignal(Exception):
    """No page of ours would say this."""


@dataclass(frozen=True)
class Publish:
    """What the page will send; again, with another `round`, when its network has changed."""

    sdp: str
    round: int


@dataclass(frozen=True)
class Answered:
    """The page takes what it was offered of the seat `of`."""

    of: str
    sdp: str


@dataclass(frozen=True)
class Candidates:
    """Of the connection that receives `of`; of the one that sends, where that is empty."""

    of: str
    candidates: list[dict[str, Any] | None]


@dataclass(frozen=True)
class Anew:
    """The page hears nothing of `of`: it wants another connection."""

    of: str


@dataclass(frozen=True)
class Key:
    """The page cannot make a picture of what comes of `of`: it wants a whole one."""

    of: str


@dataclass(frozen=True)
class Bye:
    """The page closes."""


Part = Publish | Answered | Candidates | Anew | Key | Bye


def read(data: Any) -> tuple[str, list[Part]]:
    """The page load that says it, and what it says. Raises NotASignal."""
    try:
        parts = data.get("parts", [data])
        return _name(data["from"]), [_part(each) for each in parts]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise NotASignal from None


def _part(said: dict[str, Any]) -> Part:
    if "publish" in said:
        return Publish(_description(said["publish"]), int(said["round"]))
    if "answered" in said:
        return Answered(_name(said["of"]), _description(said["answered"]))
    if "candidate" in said:
        return Candidates(str(said.get("of") or "")[:_LONGEST_NAME], [_candidate(said)])
    if "anew" in said:
        return Anew(_name(said["anew"]))
    if "key" in said:
        return Key(_name(said["key"]))
    if "bye" in said:
        return Bye()
    raise ValueError


def _candidate(said: dict[str, Any]) -> dict[str, Any] | None:
    given = said["candidate"]
    if given is None:
        return None
    return {
        "candidate": str(given["candidate"])[:1000],
        "sdpMid": str(given["sdpMid"]),
        "sdpMLineIndex": int(given["sdpMLineIndex"]),
    }


def _description(sdp: Any) -> str:
    if not isinstance(sdp, str) or len(sdp) > _LONGEST_DESCRIPTION:
        raise ValueError
    return sdp


def _name(given: Any) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= _LONGEST_NAME:
        raise ValueError
    return given
