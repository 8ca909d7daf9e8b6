"""One node of the media plane, over its WebSocket: requests, their answers, and what it tells.

The protocol is Janus' own: each request has a transaction, and is answered at once ("success"), or
first with an "ack" and later with an "event" of the same transaction.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets as randomness
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from openrvr.journey.call.media.janus.secrets import PLUGIN, token

log = logging.getLogger(__name__)

# Seconds. A node answers within a millisecond; one that hangs is noticed by the second ping.
ANSWERS_WITHIN = 1.0
PING_EVERY = 0.75
CONNECTS_WITHIN = 2.0
# Of sessions, which end after 60 s without a word.
KEEPALIVE_EVERY = 20.0

Told = Callable[[dict[str, Any]], None]


class NodeTrouble(Exception):
    """The node does not answer, or not as it should. The text is for the log."""


class NodeRefused(NodeTrouble):
    """It answered, and said no: `code` is Janus' own, or the plugin's."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{why} ({code})")
        self.code = code


@dataclass(frozen=True)
class Node:
    """Where it is: `ws://10.0.0.5:8188`, by the name that the force gave it."""

    name: str
    url: str


@dataclass
class _Asked:
    answer: asyncio.Future[dict[str, Any]]
    is_slow: bool  # answered by an event


@dataclass(eq=False)
class NodeConnection:
    """An open connection with one session on it. Make it with `connected`."""

    node: Node
    _secret: str
    _socket: ClientConnection
    session: int = 0
    _reading: asyncio.Task[None] = field(init=False)
    _asked: dict[str, _Asked] = field(default_factory=dict)
    _told: dict[int, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def ask(
        self, janus: str, *, slow: bool = False, with_token: str = "", **fields: Any
    ) -> dict[str, Any]:
        """One request and its whole answer. Raises NodeTrouble."""
        transaction = randomness.token_hex(8)
        request = {"janus": janus, "transaction": transaction, **fields}
        request["token"] = with_token or token(self._secret, time.time())
        asked = _Asked(asyncio.get_running_loop().create_future(), slow)
        self._asked[transaction] = asked
        try:
            await self._socket.send(json.dumps(request))
            answer = await asyncio.wait_for(asked.answer, ANSWERS_WITHIN)
        except TimeoutError:
            raise NodeTrouble(f"{self.node.name} did not answer {janus}") from None
        except ConnectionClosed as closed:
            raise NodeTrouble(f"{self.node.name} has gone: {closed}") from None
        finally:
            del self._asked[transaction]
        return _unless_refused(answer)

    async def attach(self, told: Told) -> Handle:
        """A handle of the VideoRoom plugin; `told` hears what Janus says of it by itself."""
        answer = await self.ask("attach", session_id=self.session, plugin=PLUGIN)
        handle = Handle(self, int(answer["data"]["id"]))
        self._told[handle.id] = told
        return handle

    def forget(self, handle: Handle) -> None:
        self._told.pop(handle.id, None)

    async def close(self) -> None:
        self._reading.cancel()
        await self._socket.close()

    async def until_lost(self) -> None:
        """Returns when the node has gone, or does not answer any more."""
        pinging = asyncio.create_task(self._ping())
        try:
            await asyncio.wait((self._reading, pinging), return_when=asyncio.FIRST_COMPLETED)
        finally:
            pinging.cancel()

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for message in self._socket:
                self._take(json.loads(message))

    async def _ping(self) -> None:
        last_word = time.monotonic()
        while True:
            await asyncio.sleep(PING_EVERY)
            try:
                await self.ask("ping")
                if time.monotonic() - last_word > KEEPALIVE_EVERY:
                    last_word = time.monotonic()
                    await self.ask("keepalive", session_id=self.session)
            except NodeTrouble as trouble:
                log.warning("%s", trouble)
                return

    def _take(self, message: dict[str, Any]) -> None:
        asked = self._asked.get(message.get("transaction", ""))
        if asked and not (asked.is_slow and message["janus"] == "ack"):
            if not asked.answer.done():
                asked.answer.set_result(message)
        elif told := self._told.get(message.get("sender", 0)):
            told(message)


@dataclass(frozen=True, eq=False)
class Handle:
    """One person's sending, or receiving of another, on a node."""

    on: NodeConnection
    id: int

    async def ask(self, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        """A request of the plugin that is answered at once. Raises NodeTrouble."""
        return await self._message(body, jsep, slow=False)

    async def agree(
        self, body: dict[str, Any], jsep: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """A request that an event answers: joining, and all that has to do with an agreement."""
        return await self._message(body, jsep, slow=True)

    async def trickle(self, candidates: list[dict[str, Any] | None]) -> None:
        """The browser's candidates, as it gives them; None for the last."""
        given = [each or {"completed": True} for each in candidates]
        await self.on.ask(
            "trickle", candidates=given, session_id=self.on.session, handle_id=self.id
        )

    async def detach(self) -> None:
        """Ends it on the node, as far as that can still be told."""
        self.on.forget(self)
        with suppress(NodeTrouble):
            await self.on.ask("detach", session_id=self.on.session, handle_id=self.id)

    async def _message(
        self, body: dict[str, Any], jsep: dict[str, str] | None, *, slow: bool
    ) -> dict[str, Any]:
        said: dict[str, Any] = {"body": body, **({"jsep": jsep} if jsep else {})}
        return await self.on.ask(
            "message", slow=slow, session_id=self.on.session, handle_id=self.id, **said
        )


@asynccontextmanager
async def connected(node: Node, secret: str) -> AsyncIterator[NodeConnection]:
    """A connection with a session. Raises NodeTrouble."""
    try:
        socket = await connect(
            node.url,
            subprotocols=["janus-protocol"],  # type: ignore[list-item]
            open_timeout=CONNECTS_WITHIN,
            # Its own ping below asks Janus itself, not only the socket.
            ping_interval=None,
            close_timeout=0.2,
            max_size=1024 * 1024,
            proxy=None,
        )
    except (OSError, InvalidHandshake, TimeoutError) as trouble:
        raise NodeTrouble(f"{node.name} is not reached: {trouble}") from None
    connection = NodeConnection(node, secret, socket)
    try:
        answer = await connection.ask("create")
        connection.session = int(answer["data"]["id"])
        yield connection
    finally:
        await connection.close()


def _unless_refused(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["janus"] == "error":
        raise NodeRefused(int(answer["error"]["code"]), str(answer["error"]["reason"]))
    data = answer.get("plugindata", {}).get("data", {})
    if "error_code" in data:
        raise NodeRefused(int(data["error_code"]), str(data["error"]))
    return answer
