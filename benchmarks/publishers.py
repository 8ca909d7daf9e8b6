"""People in calls by a node who cost less than the node: what they send was encoded once, and what
they get is counted and thrown away.

What they agree with the node is agreed by OpenRVR's own `Room`, and their connections are aiortc's:
ICE, DTLS, SRTP and RTCP are real. Only the packets of sound and picture take a shorter way.
"""

from __future__ import annotations

import asyncio
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import cycle, islice
from typing import Any, Never

import av
from aioice import ice
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import is_rtcp
from aiortc.sdp import MediaDescription, SessionDescription
from av.video.frame import PictureType

from openrvr.journey.call.media.janus.connection import NodeConnection
from openrvr.journey.call.media.janus.room import Room
from openrvr.journey.call.media.janus.signals import Answered, Publish

# Bits and pictures a second; pixels.
VIDEO_RATE = 500_000
FRAMES_A_SECOND = 25
SIZE = (640, 480)
# Seconds of picture that are sent again and again.
FILM = 4
SOUNDS_A_SECOND = 50
# Of Opus, as long as it is for speech at 48 kbit/s; nobody hears it.
SOUND = bytes([0x78]) + bytes(range(119))

# Seconds between two looks at what is to be sent: far less than a picture takes.
TICK = 0.005
# Seconds that two people may take to have sound and picture of each other.
PATIENCE = 20.0

_HEADER = struct.Struct("!BBHII")
_VERSION = 0x80
_MARKER = 0x80
# Ticks of the RTP clocks from one picture, or one sound, to the next.
_PICTURE_TICKS = 90_000 // FRAMES_A_SECOND
_SOUND_TICKS = 48_000 // SOUNDS_A_SECOND

# The node is on this machine.
_NO_STUN = RTCConfiguration(iceServers=[])

Frames = list[list[bytes]]


class NobodyCame(Exception):
    """Two people did not get each other's sound and picture in time."""


class _Counting(ice.StunProtocol):
    """Counts the sound and picture that arrive; everything else goes where it went before."""

    def __init__(self, receiver: ice.Connection) -> None:
        super().__init__(receiver)
        self.arrived = 0

    def datagram_received(self, data: bytes | str, addr: tuple[Any, ...]) -> None:
        if isinstance(data, bytes) and data[0] & 0xC0 == _VERSION and not is_rtcp(data):
            self.arrived += 1
        else:
            super().datagram_received(data, addr)


class _Silent(MediaStreamTrack):
    """Stands for a track in the agreement: what is sent of it does not pass through it."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    async def recv(self) -> Never:
        await asyncio.get_running_loop().create_future()
        raise AssertionError


@dataclass
class Track:
    """What somebody sends of sound, or of picture: `frames` for ever, each in its packets.

    `due` is when the next one is sent, by the loop's clock; `every` is seconds, `ticks` the same by
    the RTP clock.
    """

    sender: RTCRtpSender
    described: MediaDescription
    frames: Frames
    every: float
    ticks: int
    due: float
    sent: int = 0
    _timestamp: int = 0

    def __post_init__(self) -> None:
        self._coming = cycle(self.frames)
        self._type = self.described.rtp.codecs[0].payloadType or 0
        self._source = self.described.ssrc[0].ssrc

    @property
    def packets_a_second(self) -> float:
        return sum(map(len, self.frames)) / len(self.frames) / self.every

    async def send(self, until: float) -> None:
        while self.due <= until:
            await self._send(next(self._coming))
            self.due += self.every
            self._timestamp += self.ticks

    async def _send(self, frame: list[bytes]) -> None:
        for left, payload in enumerate(frame, 1 - len(frame)):
            header = _HEADER.pack(
                _VERSION,
                self._type | (0 if left else _MARKER),
                self.sent & 0xFFFF,
                self._timestamp & 0xFFFFFFFF,
                self._source,
            )
            # Whom the node has given up goes on: all that she says is lost.
            with suppress(ConnectionError):
                await self.sender.transport._send_rtp(header + payload)
            self.sent += 1


@dataclass
class Person:
    """One page load: a connection by which it sends, and one by which it gets the other person."""

    film: Frames
    seat: str = field(default_factory=lambda: str(uuid.uuid4()))
    page: str = field(default_factory=lambda: str(uuid.uuid4()))
    up: RTCPeerConnection = field(default_factory=lambda: RTCPeerConnection(_NO_STUN))
    down: RTCPeerConnection = field(default_factory=lambda: RTCPeerConnection(_NO_STUN))
    tracks: list[Track] = field(default_factory=list)

    async def offer(self) -> str:
        for kind in ("audio", "video"):
            self.up.addTransceiver(_Silent(kind), "sendonly")
        await self.up.setLocalDescription(await self.up.createOffer())
        return self.up.localDescription.sdp

    async def published(self, answer: str) -> None:
        """What the node answers to the offer; sound and picture can be sent as soon as it hears."""
        await self.up.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await _until_connected(self.up)
        described = SessionDescription.parse(self.up.localDescription.sdp).media
        sound, picture = zip(self.up.getSenders(), described, strict=True)
        now = asyncio.get_running_loop().time()
        self.tracks = [
            Track(*sound, [[SOUND]], 1 / SOUNDS_A_SECOND, _SOUND_TICKS, now),
            Track(*picture, self.film, 1 / FRAMES_A_SECOND, _PICTURE_TICKS, now),
        ]

    async def answer(self, offer: str) -> str:
        await self.down.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.down.setLocalDescription(await self.down.createAnswer())
        return self.down.localDescription.sdp

    @property
    def sent(self) -> int:
        return sum(track.sent for track in self.tracks)

    @property
    def arrived(self) -> int:
        sockets = self.down.getReceivers()[0].transport.transport._connection._protocols
        return sum(each.arrived for each in sockets if isinstance(each, _Counting))

    async def close(self) -> None:
        await asyncio.gather(self.up.close(), self.down.close())


class TwoPeople:
    """A call by the node `on`, which records it in the folder `recordings`."""

    def __init__(self, on: NodeConnection, recordings: str, film: Frames) -> None:
        self.people = (Person(film), Person(film))
        self._steps: asyncio.Queue[tuple[str, str, Answered | int]] = asyncio.Queue()
        self._room = Room(
            str(uuid.uuid4()),
            on,
            owner="benchmarks",
            send=self._told,
            heard=lambda seat, what, handle: self._steps.put_nowait((seat, what, handle)),
            recordings=recordings,
        )

    async def begin(self) -> None:
        """Ends when both send, and are connected with what the other sends.

        Raises NobodyCame, and NodeTrouble.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self._room.record()
                for person in self.people:
                    offer = Publish(await person.offer(), 1)
                    await self._room.take(person.seat, person.page, offer)
                while not all(person.down.getReceivers() for person in self.people):
                    await self._step()
                # What they have answered.
                while not self._steps.empty():
                    await self._step()
                for person in self.people:
                    await _until_connected(person.down)
        except TimeoutError:
            raise NobodyCame from None

    async def end(self) -> None:
        """The recordings are whole. Raises NodeTrouble."""
        await self._room.end()

    async def close(self) -> None:
        await asyncio.gather(*(person.close() for person in self.people))

    async def _told(self, seat: str, said: dict[str, Any]) -> None:
        person = next(each for each in self.people if each.seat == seat)
        if "published" in said:
            await person.published(said["published"])
        elif "offered" in said:
            answered = Answered(said["of"], await person.answer(said["offered"]))
            self._steps.put_nowait((seat, person.page, answered))

    async def _step(self) -> None:
        match await self._steps.get():
            case (seat, what, int() as handle):
                await self._room.is_told(seat, what, handle)
            case (seat, page, Answered() as answered):
                await self._room.take(seat, page, answered)


async def send(calls: list[TwoPeople]) -> None:
    """Sends what everybody in `calls` has to send, for ever; calls may join them meanwhile."""
    clock = asyncio.get_running_loop().time
    while True:
        now = clock()
        for call in calls:
            for person in call.people:
                for track in person.tracks:
                    if track.due <= now:
                        await track.send(now)
        await asyncio.sleep(now + TICK - clock())


def film() -> Frames:
    """A moving picture in VP8 at a steady rate, in packets as they are sent."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height = SIZE
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, FRAMES_A_SECOND)
    encoder.bit_rate = VIDEO_RATE
    # One whole picture, the first.
    encoder.gop_size = FILM * FRAMES_A_SECOND
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "minrate": str(VIDEO_RATE),
        "maxrate": str(VIDEO_RATE),
        "bufsize": str(VIDEO_RATE // 2),
    }
    encoded = [packet for frame in _pictures() for packet in encoder.encode(frame)]
    packer = Vp8Encoder()
    return [packer.pack(packet)[0] for packet in (*encoded, *encoder.encode(None))]


def _pictures() -> Iterator[av.VideoFrame]:
    """What moves, with the noise of a phone's camera."""
    width, height = SIZE
    source = f"testsrc2=size={width}x{height}:rate={FRAMES_A_SECOND},noise=alls=8:allf=t"
    with av.open(source, format="lavfi") as camera:
        for number, frame in enumerate(islice(camera.decode(video=0), FILM * FRAMES_A_SECOND)):
            picture = frame.reformat(format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, FRAMES_A_SECOND)
            # Each of them says that it is a whole picture, and would be encoded as one.
            picture.pict_type = PictureType.NONE
            yield picture


async def _until_connected(connection: RTCPeerConnection) -> None:
    changed = asyncio.Event()
    connection.on("connectionstatechange", changed.set)
    while connection.connectionState != "connected":
        await changed.wait()
        changed.clear()


@contextmanager
def counting() -> Iterator[None]:
    """Connections that are made meanwhile count what arrives."""
    usual, ice.StunProtocol = ice.StunProtocol, _Counting  # type: ignore[misc]
    try:
        yield
    finally:
        ice.StunProtocol = usual  # type: ignore[misc]
