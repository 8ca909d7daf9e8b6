"""Working copies of what a node recorded.

Janus' own tool puts the packets in their order and takes sound and picture out of them
(`janus-pp-rec`, of Debian's janus-tools); nothing is decoded and nothing encoded again.
"""

from __future__ import annotations

import heapq
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from openrvr.journey.call.media.recording.mjr import NotAnMjr, head
from openrvr.journey.call.media.recording.take import KINDS
from openrvr.journey.evidence.copying import Copied, NothingToShow

TOOL = "janus-pp-rec"
_WITHIN = 300  # seconds, for an hour of a call
_CONTAINERS = {"vp8": "webm", "vp9": "webm", "h264": "mp4", "opus": "opus"}


class ToolMissing(NothingToShow):
    """This machine cannot make such copies yet; the masters wait."""

    def __init__(self) -> None:
        super().__init__(f"{TOOL} is missing: apt-get install janus-tools")


@dataclass(frozen=True)
class _Part:
    """One medium, as the tool has written it."""

    path: Path
    began: datetime


def copy(master: BinaryIO, target: Path) -> Copied:
    """Copy what can be read of a master to `target`, which must not exist yet.

    Raises NothingToShow, ToolMissing.
    """
    if not shutil.which(TOOL):
        raise ToolMissing
    try:
        return _copy(master, target)
    except (av.error.FFmpegError, subprocess.TimeoutExpired) as error:
        raise NothingToShow(str(error)) from None


def _copy(master: BinaryIO, target: Path) -> Copied:
    with tempfile.TemporaryDirectory() as directory, ExitStack() as opened:
        parts = [part for path in _unpacked(master, Path(directory)) if (part := _part(path))]
        if not parts:
            raise NothingToShow("no packet could be read")
        began = min(part.began for part in parts)
        sources = [
            (opened.enter_context(av.open(str(part.path))), part.began - began) for part in parts
        ]
        extension = "mp4" if any(part.path.suffix == ".mp4" for part in parts) else "webm"
        with av.open(str(target), mode="w", format=extension) as copied:
            packets = [
                _packets(source, copied.add_stream_from_template(source.streams[0]), later=later)
                for source, later in sources
            ]
            ends = 0.0
            for packet in heapq.merge(*packets, key=_time):
                ends = max(ends, _time(packet))
                copied.mux(packet)
    kind = "video" if any(part.path.suffix != ".opus" for part in parts) else "audio"
    return Copied(f"{kind}/{extension}", extension, round(ends * 1000))


def _unpacked(master: BinaryIO, directory: Path) -> list[Path]:
    """Janus' files as Janus wrote them, as far as they can be read."""
    with (
        suppress(tarfile.TarError),
        tarfile.open(fileobj=master, mode="r|", ignore_zeros=True) as tar,
    ):
        for member in tar:
            kind = member.name.partition("/")[0]
            content = tar.extractfile(member) if member.isfile() else None
            if kind in KINDS and content:
                with (directory / f"{kind}.mjr").open("ab") as file:
                    shutil.copyfileobj(content, file)
    return sorted(directory.glob("*.mjr"))


def _part(path: Path) -> _Part | None:
    """None where there is nothing of it that can be shown."""
    with path.open("rb") as file:
        try:
            said = head(file.read(4096))
        except NotAnMjr:
            return None
    if said is None or said.codec not in _CONTAINERS:
        return None
    made = path.with_suffix(f".{_CONTAINERS[said.codec]}")
    subprocess.run((TOOL, str(path), str(made)), capture_output=True, timeout=_WITHIN, check=False)
    return _Part(made, said.began) if made.exists() and made.stat().st_size else None


def _packets(source: InputContainer, target: Stream, *, later: timedelta) -> Iterator[Packet[Any]]:
    """Each packet for `target`, `later` than it stands in its own file."""
    reached = -1
    for packet in source.demux():
        if packet.dts is None or packet.time_base is None:
            continue  # The flush at the end.
        shift = round(later.total_seconds() / float(packet.time_base))
        packet.dts = max(packet.dts + shift, reached + 1)
        packet.pts = max((packet.pts or 0) + shift, packet.dts)
        reached = packet.dts
        packet.stream = target
        yield packet


def _time(packet: Packet[Any]) -> float:
    return float((packet.dts or 0) * (packet.time_base or 0))
