"""Signed-in people, as Django's own client plays them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from openrvr.foundation.people.models import Account


class Desk(Client):
    """A client at which somebody sits."""

    def presses(self, path: str, **fields: str) -> Any:
        """A press of a button, as htmx sends it."""
        return self.post(path, fields, headers={"HX-Request": "true"})

    def sends(self, path: str, body: Any) -> Any:
        """What a page's script posts."""
        return self.post(path, json.dumps(body), content_type="application/json")


@pytest.fixture
def at_desk() -> Callable[[Account], Desk]:
    def sit(account: Account) -> Desk:
        desk = Desk()
        desk.force_login(account)
        return desk

    return sit
