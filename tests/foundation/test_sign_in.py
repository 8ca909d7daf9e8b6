"""Signing in and out, the way home, and the token of the live streams."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from openrvr.foundation.audit.models import AuditLine
from openrvr.foundation.live.tokens import streams_of
from openrvr.foundation.people import guesses
from openrvr.foundation.people.models import Account, SignInGuesses
from openrvr.foundation.people.roles import Role

PASSWORD = "correct horse battery"


@pytest.fixture
def account(call_taker: Account) -> Account:
    call_taker.set_password(PASSWORD)
    call_taker.save()
    return call_taker


def _sign_in(client: Client, **fields: str) -> int:
    body = {"username": "carol", "password": PASSWORD, **fields}
    return client.post("/sign-in/", body).status_code


def test_in_to_the_console_and_out_again(client: Client, account: Account) -> None:
    response = client.post("/sign-in/", {"username": "carol", "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == "/control-room/"
    assert client.get("/sign-in/").status_code == 302
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/control-room/").status_code == 302
    assert client.post("/sign-out/").status_code == 302
    actions = list(AuditLine.objects.filter(action__startswith="session").order_by("at"))
    assert [line.action for line in actions] == ["session.began", "session.ended"]


@pytest.mark.parametrize(
    "fields",
    [{"password": "wrong"}, {"username": "nobody"}, {"username": ""}, {"password": ""}],
    ids=["password", "name", "no name", "no password"],
)
def test_what_is_wrong_is_not_told(
    client: Client, account: Account, fields: dict[str, str]
) -> None:
    assert _sign_in(client, **fields) == 422
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_told_the_same(client: Client, account: Account) -> None:
    Account.objects.update(is_active=False)
    response = client.post("/sign-in/", {"username": "carol", "password": PASSWORD})
    assert "Check your sign-in name and password." in response.content.decode()


def test_a_name_with_a_null_in_it_is_wrong_and_no_fault(client: Client, account: Account) -> None:
    assert _sign_in(client, username="carol\x00") == 422


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/control-room/?a=1", "/control-room/?a=1"),
        ("https://elsewhere.example/", "/home/"),
        ("//elsewhere.example", "/home/"),
        ("javascript:alert(1)", "/home/"),
    ],
)
def test_only_to_pages_of_ours(
    client: Client, account: Account, wanted: str, leads_to: str
) -> None:
    body = {"username": "carol", "password": PASSWORD, "next": wanted}
    assert client.post("/sign-in/", body)["Location"] == leads_to


def test_forms_from_elsewhere_are_refused(account: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert _sign_in(strict) == 403


@pytest.mark.parametrize(
    ("role", "console"),
    [
        (Role.CALL_TAKER, "/control-room/"),
        (Role.OFFICER, "/desk/"),
        (Role.SUPERVISOR, "/supervisor/"),
    ],
)
def test_home_is_the_console_of_the_role(
    db: None, client: Client, role: Role, console: str
) -> None:
    client.force_login(
        Account.objects.create(username="a", name="A", shown_as="A", roles=[role.value])
    )
    assert client.get("/home/")["Location"] == console


def test_who_has_no_console_is_told_so(db: None, client: Client) -> None:
    client.force_login(
        Account.objects.create(username="a", name="A", shown_as="A", roles=[Role.PARTNER.value])
    )
    answer = client.get("/home/")
    assert answer.status_code == 403
    assert "no page for the partner yet" in answer.content.decode()


def test_a_page_that_stays_open_renews_its_token(client: Client, account: Account) -> None:
    client.force_login(account)
    answer = client.post("/live-token/").json()
    assert streams_of(answer["token"]) == [f"person.{account.pk}", "desk.control_room"]
    assert answer["position"] >= 0


def test_guessing_is_stopped_before_the_password_is_looked_at(
    client: Client, account: Account
) -> None:
    for _ in range(guesses.MOST_FOR_A_NAME):
        assert _sign_in(client, password="wrong") == 422
    assert _sign_in(client) == 429
    assert _sign_in(client, username=" CAROL ") == 429
    assert "_auth_user_id" not in client.session
    # Somebody else at the same address, and she herself elsewhere, are not kept out.
    assert _sign_in(client, username="colin") == 422
    elsewhere = Client(REMOTE_ADDR="192.0.2.9")
    assert _sign_in(elsewhere) == 302


def test_every_name_together_is_limited_by_address(db: None, now: datetime) -> None:
    address = "192.0.2.1"
    for number in range(guesses.MOST_FROM_AN_ADDRESS):
        guesses.check(f"name{number}", address=address, now=now)
        guesses.note_wrong(f"name{number}", address=address, now=now)
    with pytest.raises(guesses.TooManyGuesses):
        guesses.check("carol", address=address, now=now)
    # Over the turn of the minute it is still so; two minutes later it is forgiven.
    with pytest.raises(guesses.TooManyGuesses):
        guesses.check("carol", address=address, now=now + timedelta(seconds=61))
    guesses.check("carol", address=address, now=now + timedelta(minutes=2))
    assert guesses.forget(now + timedelta(hours=2)) == guesses.MOST_FROM_AN_ADDRESS + 1
    assert not SignInGuesses.objects.exists()


def test_the_access_log_tells_of_wrong_passwords_but_not_what_was_typed(
    client: Client, account: Account
) -> None:
    _sign_in(client, password="wrong")
    _sign_in(client, username="my secret, in the wrong field")
    line = AuditLine.objects.get(action="session.refused")
    assert line.details == {"account": account.pk}
    assert "secret" not in str(list(AuditLine.objects.values()))
