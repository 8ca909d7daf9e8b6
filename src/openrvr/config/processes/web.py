"""One web process: `python -m openrvr.config.processes.web DESCRIPTOR`.

It serves a socket that the supervisor opened. So several processes share one port, and while one is
being started again its callers wait in the socket's queue instead of being refused.
"""

from __future__ import annotations

import socket
import sys

import uvicorn

# Seconds. Pages are made in threads beside the loop that carries the live streams: with Python's
# own 5 ms each of them would hold up a call's signals, which all pass through it, by so much.
_THREADS_TAKE_TURNS = 0.0005


def serve(descriptor: int) -> None:
    """Serves until a signal; open streams are given a second to end."""
    sys.setswitchinterval(_THREADS_TAKE_TURNS)
    config = uvicorn.Config(
        "openrvr.config.asgi:application",
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,  # Django's settings say how to log
        access_log=False,  # its lines would hold the links' secrets
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    serve(int(sys.argv[1]))
