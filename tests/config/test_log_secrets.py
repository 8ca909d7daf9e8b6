from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from openrvr.journey.invitation.tokens import new_token


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service's own handler writes, as the settings have it."""
    (handler,) = (each for each in logging.getLogger().handlers if each.name == "stderr")
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    if before:
        handler.setStream(before)


def test_a_link_that_is_refused_is_not_told_to_the_log(
    db: None, client: Client, log: io.StringIO
) -> None:
    token = new_token()
    for way in ("s", "g"):
        assert client.get(f"/{way}/{token}").status_code == 404
        assert f"/{way}/…" in log.getvalue()
    assert token not in log.getvalue()


def test_nor_is_the_token_of_a_stream_nor_what_a_stack_trace_shows(log: io.StringIO) -> None:
    try:
        int("/live/stream?t=WyJkZXNrLmEiXQ:1x:abc&last=3")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("GET %s", "/s/ABCDEFGHJKMN?a=1")
    assert "WyJ" not in log.getvalue()
    assert "ABCDEF" not in log.getvalue()
    assert "&last=3" in log.getvalue()
