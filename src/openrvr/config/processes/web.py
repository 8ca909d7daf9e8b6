"""One web process: `python -m openrvr.config.processes.web DESCRIPTOR...`.

It serves sockets that the supervisor opened. So several processes share one port, and while one is
being started again its callers wait in the sockets' queues instead of being refused.
"""

from __future__ import annotations

import socket
import sys
from argparse import ArgumentParser

import uvicorn

# Seconds. Pages are made in threads beside the loop that carries the live streams: with Python's
# own 5 ms each of them would hold up a call's signals, which all pass through it, by so much.
_THREADS_TAKE_TURNS = 0.0005


def serve(descriptors: list[int], certificate: str | None, key: str | None) -> None:
    """Serves until a signal; open streams are given a second to end. With a certificate: TLS."""
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
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=each) for each in descriptors])


if __name__ == "__main__":
    told = ArgumentParser()
    told.add_argument("descriptors", type=int, nargs="+")
    told.add_argument("--certificate")
    told.add_argument("--key")
    chosen = told.parse_args()
    serve(chosen.descriptors, chosen.certificate, chosen.key)
