"""Promises about every address at once: a new one is covered the moment it exists."""

from __future__ import annotations

import importlib
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from openrvr.foundation.people.access import Access, declared
from openrvr.foundation.people.models import Account
from openrvr.foundation.people.roles import Role
from tests.consoles.conftest import Desk
from tests.story import Story

pytestmark = [pytest.mark.urls("tests.consoles.demo_urls")]

NOBODYS = {"slug": "RVR-26-999999", "int": "999999999", "uuid": str(uuid.UUID(int=7))}
METHODS = ("get", "head", "post", "put", "delete", "options")
GARBAGE: tuple[dict[str, Any], ...] = (
    {"data": b"[1, 2", "content_type": "application/json"},
    {"data": b'{"field": [], "on": "perhaps", "call": 1}', "content_type": "application/json"},
    {"data": b"\xff\x00=%zz&&&", "content_type": "application/x-www-form-urlencoded"},
    {"data": b"key=&grade=&to=&at=\x00&criterion=x", "content_type": "text/plain"},
)


@dataclass(frozen=True)
class Route:
    path: str
    view: Callable[..., Any]

    @property
    def access(self) -> Access | None:
        return declared(self.view)

    def filled(self, values: dict[str, str]) -> str:
        return "/" + re.sub(r"<(\w+):\w+>", lambda found: values[found[1]], self.path)


def _walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[Route]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield Route(path, pattern.callback)


ROUTES = list(_walk(importlib.import_module("tests.consoles.demo_urls").urlpatterns))
FOR_ROLES = [route for route in ROUTES if route.access and route.access.roles]


@pytest.fixture
def everybody(db: None) -> Account:
    """Somebody with every role: what is refused is refused for what was sent."""
    return Account.objects.create(
        username="everybody", name="Everybody", shown_as="Everybody", roles=Role.values
    )


def test_every_view_declares_who_may_use_it() -> None:
    assert len(ROUTES) > 40
    assert [route.path for route in ROUTES if not route.access] == []


def test_without_signing_in_nobody_passes(db: None, client: Client) -> None:
    for route in FOR_ROLES:
        path = route.filled(NOBODYS)
        for ask in (client.get, client.post):
            answer = ask(path)
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/sign-in/")
            assert ask(path, headers={"HX-Request": "true"}).status_code == 401, path


def test_the_wrong_role_passes_nowhere(db: None) -> None:
    for role in Role:
        account = Account.objects.create(username=role, name="W", shown_as="W", roles=[role.value])
        client = Client()
        client.force_login(account)
        for route in FOR_ROLES:
            if route.access and role not in route.access.roles:
                path = route.filled(NOBODYS)
                assert client.get(path).status_code == 403, (role, path)
                assert client.post(path).status_code == 403, (role, path)


def test_an_account_that_was_closed_passes_nowhere(everybody: Account) -> None:
    client = Client()
    client.force_login(everybody)
    Account.objects.update(is_active=False)
    for route in FOR_ROLES:
        assert client.get(route.filled(NOBODYS)).status_code in (302, 403), route.path


def test_what_people_are_shown_stays_out_of_caches(everybody: Account) -> None:
    desk = Desk()
    for route in ROUTES:
        desk.force_login(everybody)  # one of the addresses signs out
        answer = desk.get(route.filled(NOBODYS))
        assert "no-store" in answer.get("Cache-Control", ""), route.path


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path or "start")
def test_wrong_methods_and_garbage_are_never_a_fault(
    story: Story, everybody: Account, route: Route
) -> None:
    """Whatever is sent to whatever address: an answer, and not that of a fault."""
    story.now = timezone.now()
    story.reported()
    promise = story.case.promises.filter(state="open").values_list("pk", flat=True)[0]
    there = {**NOBODYS, "slug": story.case.reference, "int": str(promise)}
    desk = Desk(raise_request_exception=False)
    desk.force_login(everybody)
    for method in METHODS:
        _is_answered(getattr(desk, method)(route.filled(NOBODYS)))
    for garbage in GARBAGE:
        desk.force_login(everybody)
        _is_answered(desk.post(route.filled(there), **garbage))
    _is_answered(desk.get(route.filled(there)))


def _is_answered(answer: Any) -> None:
    is_honest = answer.request["PATH_INFO"] == "/healthz"  # there is no worker in these tests
    assert answer.status_code < 500 or is_honest, (answer.request, answer.content[:300])


def test_an_address_that_does_not_exist_is_told_in_a_sentence(db: None, client: Client) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.content.decode()
    assert "URLconf" not in answer.content.decode()
