"""A stand-in for a clamd in trouble: it answers what a test tells it to, on loopback.

A clamd that is well is tested for real; this one says what the real one cannot be brought to say.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

ENDS = (bytes(4), b"zPING\0", b"zVERSION\0")


@dataclass
class ClamdStandIn:
    """`answer` is said once the first bytes of a question are there; None says nothing at all.

    `listens` has it read the question to its end first; else it hangs up at once.
    """

    answer: bytes | None
    listens: bool = True
    address: str = ""
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def clamd_stand_in(answer: bytes | None, listens: bool = True) -> Iterator[ClamdStandIn]:
    stand_in = ClamdStandIn(answer, listens)
    with socket.create_server(("127.0.0.1", 0)) as door:
        stand_in.address = f"127.0.0.1:{door.getsockname()[1]}"
        thread = threading.Thread(target=_converse, args=(door, stand_in), daemon=True)
        thread.start()
        try:
            yield stand_in
        finally:
            stand_in.over.set()
            thread.join(10)


def _converse(door: socket.socket, stand_in: ClamdStandIn) -> None:
    plug, _ = door.accept()
    with plug, suppress(ConnectionError):  # a client that has given up is no trouble here
        heard = more = plug.recv(4096)
        while stand_in.listens and more and not heard.endswith(ENDS):
            more = plug.recv(4096)
            heard += more
        if stand_in.answer is None:
            stand_in.over.wait(30)
            return
        plug.sendall(stand_in.answer)
