"""The web process: `/live/` in native ASGI, everything else Django in threads.

Django's ORM in threads costs a third to a half of its asynchronous views, and `async with
atomic()` does not exist; a stream that stays open for hours must not hold a thread.
"""

from __future__ import annotations

import os
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openrvr.config.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from starlette.types import Receive, Scope, Send

from openrvr.config.bodies import WholeBodies
from openrvr.foundation.live.app import make_app
from openrvr.journey.call.media.beside import driving
from openrvr.journey.evidence.rules import LARGEST_FORM, LARGEST_PIECE, LARGEST_SLICE

_threads = WSGIMiddleware(get_wsgi_application(), workers=12)  # type: ignore[arg-type]
_taking = partial(WholeBodies, _threads)  # type: ignore[arg-type]
_pages = _taking(
    largest=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    # What is recorded comes in slices, what she sends in pieces; a little more than the largest, so
    # that it is told why.
    others={
        "/evidence/calls/": _taking(LARGEST_SLICE + 1024),
        "/p/uploads/": _taking(LARGEST_PIECE + 1024),
        # A whole photograph from a page without a script, over whatever link she has.
        "/p/plain/photo": _taking(LARGEST_FORM + 8192, seconds=300, at_once=12),
    },
)
_live = make_app(settings.DATABASE_URL, beside=driving)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan" or scope.get("path", "").startswith("/live/"):
        await _live(scope, receive, send)
    else:
        await _pages(scope, receive, send)
