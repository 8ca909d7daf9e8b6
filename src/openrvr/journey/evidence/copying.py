"""Working copies: the same picture and sound in a file that players can seek in.

Nothing is decoded and nothing encoded again: packets are copied from the recorder's stream, which
has neither length nor index, into MP4 (H.264) or WebM (everything else).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer, OutputContainer


class NothingToShow(Exception):
    """A master holds no picture and no sound that can be read."""


@dataclass(frozen=True)
class Copied:
    """What was written: `milliseconds` from its first packet to its end."""

    media_type: str
    extension: str
    milliseconds: int


def copy(master: BinaryIO, target: Path) -> Copied:
    """Copy what can be read of a master to `target`, which must not exist yet.

    A master that breaks off in the middle of a packet is copied up to there. Raises NothingToShow.
    """
    try:
        source = av.open(master, mode="r", format="matroska")
    except (av.error.InvalidDataError, av.error.EOFError) as error:
        raise NothingToShow(str(error)) from None
    with source:
        extension = _extension(source)
        muxer = "mp4" if extension == "mp4" else "webm"
        with av.open(str(target), mode="w", format=muxer) as copied:
            ends = _copy_packets(source, copied)
        kind = "video" if source.streams.video else "audio"
    return Copied(f"{kind}/{extension}", extension, round(ends * 1000))


def _extension(source: InputContainer) -> str:
    names = {stream.codec_context.name for stream in source.streams.video}
    return "mp4" if "h264" in names else "webm"


def _copy_packets(source: InputContainer, target: OutputContainer) -> float:
    """Copies every packet; returns where the last of them ends, in seconds."""
    streams = {s.index: target.add_stream_from_template(s) for s in source.streams}
    reached: dict[int, int] = {}
    ends = 0.0
    packets = source.demux()
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            break
        except av.error.InvalidDataError:
            break  # The recorder was killed in the middle of a packet.
        if packet.dts is None or packet.time_base is None:
            continue  # The flush at the end.
        # Two pictures that a recorder got in the same millisecond have the same time; no container
        # but the recorder's own takes that.
        packet.dts = max(packet.dts, reached.get(packet.stream.index, packet.dts - 1) + 1)
        packet.pts = max(packet.pts or 0, packet.dts)
        reached[packet.stream.index] = packet.dts
        ends = max(ends, float((packet.dts + (packet.duration or 0)) * packet.time_base))
        packet.stream = streams[packet.stream.index]
        target.mux(packet)
    if not ends:
        raise NothingToShow("no packet could be read")
    return ends
