"""A stand-in for GOV.UK Notify: an HTTP server on loopback that answers as Notify documents.

It stands for a service that is not ours and cannot be reached from a test; the client that talks
to it is Notify's own.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = f"test-{uuid.UUID(int=1)}-{uuid.UUID(int=2)}"


@dataclass
class StandIn:
    """`answers` are used one a request, in order; None hangs until the client gives up."""

    answers: list[int | None] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def notify_stand_in() -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            stand_in.requests += 1
            status = stand_in.answers.pop(0) if stand_in.answers else 201
            if status is None:
                # Notify has the text, but its answer is lost.
                stand_in.texts.append({**body, "id": str(uuid.uuid4())})
                stand_in.over.wait(30)
                return
            if status != 201:
                error = {"error": "BadRequestError", "message": "phone_number Not a mobile number"}
                self._answer(status, {"status_code": status, "errors": [error]})
                return
            text = {**body, "id": str(uuid.uuid4())}
            stand_in.texts.append(text)
            self._answer(201, {"id": text["id"], "reference": body.get("reference")})

        def do_GET(self) -> None:
            reference = parse_qs(urlsplit(self.path).query).get("reference", [""])[0]
            found = [t for t in stand_in.texts if t.get("reference") == reference]
            self._answer(200, {"notifications": found})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet: a test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.over.set()
        server.shutdown()
        server.server_close()
