"""The everyday page that she is left at: another site, which notes what it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class EverydaySite:
    """Its address, and the `Referer` of each request for its page ("" where none was sent)."""

    address: str
    referers: list[str] = field(default_factory=list)


@contextmanager
def everyday_site() -> Iterator[EverydaySite]:
    """Serves one page until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/weather"):
                site.referers.append(self.headers.get("Referer", ""))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Weather</title><h1>Dry and bright</h1>")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = EverydaySite(f"http://127.0.0.1:{server.server_port}/weather")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
