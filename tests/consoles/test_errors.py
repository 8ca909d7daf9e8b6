"""What the asker is told when the service cannot do its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Never

import pytest
from django.db import OperationalError, connection

from openrvr.foundation.kit.errors import RESTARTING
from openrvr.foundation.people.models import Account
from tests.consoles.conftest import Desk


@pytest.mark.parametrize("at", ["django_session", "cases_case"])
def test_a_database_that_is_away_is_said_wherever_it_is_missed(
    call_taker: Account, at_desk: Callable[[Account], Desk], at: str
) -> None:
    """In a middleware, which reads who is signed in, as well as in a view."""
    desk = at_desk(call_taker)
    desk.raise_request_exception = False

    def away(execute: Any, sql: str, *rest: Any) -> Any:
        return _breaks() if at in sql else execute(sql, *rest)

    with connection.execute_wrapper(away):
        answer = desk.get("/control-room/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json() == {"error": RESTARTING}
    assert answer["Retry-After"] == "2"


def _breaks() -> Never:
    raise OperationalError("the connection is lost")
