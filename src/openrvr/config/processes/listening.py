"""The one socket that all web processes serve."""

from __future__ import annotations

import errno
import socket

from openrvr.config.processes.errors import CannotRun

# A reader that takes nothing for so long is gone, or means harm: the kernel ends its connection.
# Nobody above can: what is written to it waits, and a closed connection waits for what is written.
SLOWEST_READER = 20_000  # milliseconds


class PortTaken(CannotRun):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken by another program. Stop that one, or choose another port with "
            "--port (make demo PORT=...)."
        )


class CannotListen(CannotRun):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"OpenRVR cannot listen on {host} port {port}: {reason}.")


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that children may inherit; port 0 is any that is free."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port that was in use a moment ago may be taken again at once.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Each connection inherits it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SLOWEST_READER)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port) from None
        raise CannotListen(host, port, error.strerror or str(error)) from None
    return listener
