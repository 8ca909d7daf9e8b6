"""One call on one node: who sends, who receives whom, and what of it the pages have to agree on.

Each page has one connection by which it sends ("up"), and one for each other person by which it
receives ("down"): nobody's coming or going touches what is between two others.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from openrvr.journey.call.media.janus.connection import (
    Handle,
    NodeConnection,
    NodeRefused,
)
from openrvr.journey.call.media.janus.signals import (
    Anew,
    Answered,
    Bye,
    Candidates,
    Key,
    Part,
    Publish,
)

log = logging.getLogger(__name__)

_ROOM_EXISTS = 427
_NO_SUCH_ROOM = 426
# People in a call, and a few page loads that have not been missed yet.
_PUBLISHERS = 12
_number = count(1)

Send = Callable[[str, dict[str, Any]], Awaitable[None]]
Heard = Callable[[str, str, int], None]


@dataclass
class Place:
    """One page load of somebody in the call."""

    seat: str
    page: str
    feed: str
    # What is recorded of it.
    take: str = field(default_factory=lambda: uuid.uuid4().hex)
    up: Handle | None = None
    # Janus hears it: before that it can be offered to nobody.
    is_heard: bool = False
    # By whom is received.
    downs: dict[str, Handle] = field(default_factory=dict)


class Room:
    """`send` brings a signal to a seat's page; `heard` is told what Janus says of a sender.

    That is for `is_told`, in its turn.
    """

    def __init__(
        self,
        call: str,
        on: NodeConnection,
        *,
        owner: str,
        send: Send,
        heard: Heard,
        recordings: str = "",
    ) -> None:
        self.call = call
        self.on = on
        self._owner = owner
        self._send = send
        self._tell = heard
        self._places: dict[str, Place] = {}
        self._recordings = recordings
        self._is_recorded = False
        self._is_made = False

    @property
    def seats(self) -> set[str]:
        return set(self._places)

    async def take(self, by: str, page: str, part: Part) -> None:
        """What the page `page` of the seat `by` says. Raises NodeTrouble."""
        place = self._places.get(by)
        if isinstance(part, Publish):
            await self._publish(by, page, part)
        elif place and place.page == page:
            await self._agree(place, part)
        elif not isinstance(part, Bye):
            # Of a page load that is over, or that a node took with it: it is told to begin again.
            await self._send(by, {"to": page, "anew": True})
        elif place is None:
            # Janus has noticed it first.
            await self._tell_others(by, {"away": by})

    async def _agree(self, place: Place, part: Part) -> None:
        match part:
            case Answered(of, sdp):
                await self._receives(place, of, sdp)
            case Candidates(of, candidates):
                handle = place.downs.get(of) if of else place.up
                if handle:
                    await handle.trickle(candidates)
            case Anew(of):
                await self._offer(place, of)
            case Key(of):
                other = self._places.get(of)
                if other and other.up:
                    await other.up.agree({"request": "configure", "keyframe": True})
            case Bye():
                await self.leave(place.seat)
                await self._tell_others(place.seat, {"away": place.seat})

    async def leave(self, seat: str) -> None:
        """Whoever had this seat neither sends nor receives any more."""
        gone = self._places.pop(seat, None)
        if gone is None:
            return
        for handle in (gone.up, *gone.downs.values()):
            if handle:
                await handle.detach()
        for other in self._places.values():
            if down := other.downs.pop(seat, None):
                await down.detach()

    async def is_told(self, seat: str, what: str, handle: int) -> None:
        """Janus begins to hear a sender (`webrtcup`), or has given her up (`hangup`)."""
        place = self._places.get(seat)
        if place is None or place.up is None or place.up.id != handle:
            return
        if what == "webrtcup":
            place.is_heard = True
            for other in tuple(self._places.values()):
                if other is not place:
                    await self._offer(other, seat)
        elif what == "hangup":
            await self.leave(seat)
            await self._send(seat, {"to": place.page, "anew": True})

    async def record(self) -> None:
        """From now on whatever anybody sends is written to files, each person's to their own."""
        self._is_recorded = True
        for place in self._places.values():
            await self._record(place)

    async def _record(self, place: Place) -> None:
        if not self._is_recorded or not self._recordings or not place.up:
            return
        # The agent knows by the name whose it is: see recording/take.py.
        name = f"{self.call}.{place.seat}.{place.take}"
        try:
            await place.up.agree({"request": "configure", "record": True, "filename": name})
        except NodeRefused as refused:
            # The call comes first: the officer's own recording is there.
            log.warning("call %s is not recorded by %s: %s", self.call, self.on.node.name, refused)

    async def end(self) -> None:
        for seat in tuple(self._places):
            await self.leave(seat)
        if self._is_made:
            await destroy(self.on, self.call)

    async def _publish(self, by: str, page: str, part: Publish) -> None:
        place = self._places.get(by)
        offer = {"type": "offer", "sdp": part.sdp}
        if place and place.page == page and place.up:
            answer = await place.up.agree({"request": "configure"}, offer)
        else:
            await self.leave(by)
            await self._make()
            place = Place(by, page, feed=f"{by}.{next(_number)}")
            self._places[by] = place
            place.up = await self.on.attach(partial(self._heard, by))
            joined = {"request": "joinandconfigure", "ptype": "publisher", "room": self.call}
            answer = await place.up.agree({**joined, "id": place.feed}, offer)
            await self._record(place)
        said = {"published": answer["jsep"]["sdp"], "round": part.round}
        await self._send(by, {"to": page, **said})
        for other in tuple(self._places.values()):
            if other is not place and other.seat not in place.downs:
                await self._offer(place, other.seat)

    async def _offer(self, place: Place, of: str) -> None:
        """Offers this page what the other one sends, on a connection of its own."""
        other = self._places.get(of)
        if other is None or not other.is_heard:
            return
        if old := place.downs.pop(of, None):
            await old.detach()
        down = await self.on.attach(lambda _: None)
        place.downs[of] = down
        joins = {"request": "join", "ptype": "subscriber", "room": self.call}
        try:
            answer = await down.agree({**joins, "streams": [{"feed": other.feed}]})
        except NodeRefused as refused:
            # It has just gone, or comes anew: whoever misses it asks again.
            log.warning("call %s: %s", self.call, refused)
            del place.downs[of]
            await down.detach()
            return
        said = {"of": of, "feed": other.feed, "offered": answer["jsep"]["sdp"]}
        await self._send(place.seat, {"to": place.page, **said})

    async def _receives(self, place: Place, of: str, sdp: str) -> None:
        if down := place.downs.get(of):
            await down.agree({"request": "start"}, {"type": "answer", "sdp": sdp})

    async def _tell_others(self, but: str, said: dict[str, Any]) -> None:
        for other in self._places.values():
            if other.seat != but:
                await self._send(other.seat, {"to": other.page, **said})

    def _heard(self, seat: str, message: dict[str, Any]) -> None:
        self._tell(seat, message["janus"], message["sender"])

    async def _make(self) -> None:
        if self._is_made:
            return
        handle = await self.on.attach(lambda _: None)
        made = {
            "request": "create",
            "room": self.call,
            # Another installation's rooms are not ours to end.
            "description": self._owner,
            "publishers": _PUBLISHERS,
            # A key frame is asked for by whoever begins to receive, and where one is missing.
            "fir_freq": 0,
            **({"rec_dir": self._recordings} if self._recordings else {}),
            "videocodec": "vp8,h264",
        }
        try:
            await handle.ask(made)
        except NodeRefused as refused:
            if refused.code != _ROOM_EXISTS:
                raise
        finally:
            await handle.detach()
        self._is_made = True


async def destroy(on: NodeConnection, call: str) -> None:
    """Ends a room on a node, whoever made it."""
    handle = await on.attach(lambda _: None)
    try:
        await handle.ask({"request": "destroy", "room": call})
    except NodeRefused as refused:
        if refused.code != _NO_SUCH_ROOM:
            raise
    finally:
        await handle.detach()
