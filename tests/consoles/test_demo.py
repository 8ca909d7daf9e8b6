"""The demo: seats, the phone, and the morning that it begins with."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from openrvr.consoles.demo.seats import SEATS
from openrvr.foundation.audit import queries as audit
from openrvr.foundation.cases.models import Case
from openrvr.foundation.messages.models import DemoText
from openrvr.foundation.people.models import Account
from openrvr.foundation.promises.models import Promise
from openrvr.journey.offer.queries import eligibility
from openrvr.journey.waiting.models import Duty
from tests.committed import commit

OWN = {"host": "localhost:8000"}

pytestmark = [pytest.mark.urls("tests.consoles.demo_urls")]


@pytest.fixture
def demo(db: None, settings: Settings) -> None:
    settings.DEMO = True
    settings.BASE_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, ".localhost"]


def test_the_morning_is_told_by_the_real_actions(
    demo: None, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2500):  # under 2 s on an idle machine
        call_command("seed_demo")
    commit()
    states = sorted(Case.objects.values_list("state", flat=True))
    assert states == [
        "appointment",
        "closed",
        "graded",
        "physical",
        "reported",
        "standard",
        "wrap_up",
    ]
    assert audit.verify().is_whole
    assert not DemoText.objects.exists()
    assert not Duty.objects.filter(until=None).exists()
    assert not Promise.objects.filter(state="open", due_at__lt=timezone.now()).exists()


def test_a_second_start_keeps_what_is_there(demo: None) -> None:
    call_command("seed_demo")
    cases, accounts = Case.objects.count(), Account.objects.count()
    call_command("seed_demo")
    assert (Case.objects.count(), Account.objects.count()) == (cases, accounts)


def test_nobody_seeds_a_real_force(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("seed_demo")
    assert not Account.objects.exists()


@pytest.mark.parametrize("seat", SEATS, ids=lambda seat: seat.slug)
def test_one_click_leads_to_the_console(demo: None, client: Client, seat: Any) -> None:
    host = {"host": f"{seat.slug}.localhost:8000"}
    response = client.get(f"/demo/as/{seat.slug}", follow=True, headers=host)
    assert response.status_code == 200
    assert seat.name in response.content.decode()
    # The start page leads whoever is signed in to the console, except at the demo's own address:
    # somebody may have taken a seat there, and still wants the phone.
    assert client.get("/", headers=host)["Location"] == "/home/"


def test_a_seat_at_the_demos_own_address_leaves_the_start_page_there(
    demo: None, client: Client
) -> None:
    client.get("/demo/as/officer", follow=True, headers=OWN)
    assert client.get("/", headers=OWN).status_code == 200


def test_one_report_needs_only_her_yes(demo: None) -> None:
    call_command("seed_demo")
    case = Case.objects.get(report__caller_name="Demo Caller F")
    assert eligibility(case, officer_free=True).can_be_offered


def test_an_unknown_seat_is_nobodys(demo: None, client: Client) -> None:
    assert client.get("/demo/as/somebody-else").status_code == 404
    assert not Account.objects.exists()


def test_on_a_local_network_the_seats_are_this_computers(
    demo: None, client: Client, settings: Settings
) -> None:
    settings.DEMO_LAN = True
    assert client.get("/demo/as/officer", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get("/demo/as/officer", REMOTE_ADDR="127.0.0.1").status_code == 302


def test_addresses_are_those_of_the_seats(demo: None, client: Client) -> None:
    text = client.get("/demo/addresses").content.decode()
    assert "http://localhost:8000\n" in text
    assert "http://officer.localhost:8000/demo/as/officer\n" in text


def test_one_address_for_all_where_the_demo_is_not_on_this_machine(
    demo: None, client: Client, settings: Settings
) -> None:
    settings.BASE_URL = "https://demo.example"
    text = client.get("/demo/addresses").content.decode()
    assert "https://demo.example/demo/as/officer\n" in text


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "officer.localhost:8000"])
def test_the_start_page_and_the_phone_have_one_address(
    demo: None, client: Client, host: str
) -> None:
    for path in ("/", "/demo/phone/"):
        answer = client.get(path, headers={"host": host})
        assert answer["Location"] == f"http://localhost:8000{path}"


def test_the_phone_shows_its_texts_with_links(demo: None, client: Client, story: Any) -> None:
    story.invited()
    words = story.invitation.message.words
    DemoText.objects.create(
        message=story.invitation.message,
        number="+447700900123",
        words=words,
        at=story.now,
    )
    for path in ("/demo/phone/", "/demo/phone/texts"):
        page = client.get(path, HTTP_HOST="localhost:8000").content.decode()
        assert "07700 900123" in page
        assert f"/s/{story.token()}" in page
