"""Steps that several journeys share, pressed on the real pages."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from playwright.sync_api import Locator, Page, Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from openrvr.config.processes.embedded_postgres import OWNER_ROLE, Cluster
from tests.journeys.given import invited
from tests.journeys.people import Person
from tests.journeys.reading import Seen
from tests.running_demo import PATIENCE, Demo


def rows(demo: Demo, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What the demo's database holds, asked past the service; it is only read."""
    url = Cluster(demo.data / "postgresql").url(OWNER_ROLE)
    with psycopg.connect(url, options="-c default_transaction_read_only=on") as connection:
        return connection.execute(query.encode(), values).fetchall()


def until(
    demo: Demo, query: str, *values: object, holds: Callable[[list[tuple[Any, ...]]], bool]
) -> list[tuple[Any, ...]]:
    """Asks the demo's database until what it answers `holds`, and is something at all."""
    deadline = time.monotonic() + PATIENCE
    while not (found := rows(demo, query, *values)) or not holds(found):
        assert time.monotonic() < deadline, f"{found}\n{demo.logs()}"
    return found


def link_of(demo: Demo, reference: str) -> str:
    """The link in the last text of a report, once the demo's phone has it."""
    deadline = time.monotonic() + PATIENCE
    while not (link := _link_in_text(demo, reference)):
        assert time.monotonic() < deadline, f"no text for {reference}\n{demo.logs()}"
    return link


def _link_in_text(demo: Demo, reference: str) -> str | None:
    [(found,)] = rows(
        demo,
        "SELECT max(substring(t.words from 'http[^ ]+')) FROM messages_demotext t"
        " JOIN messages_message m ON m.id = t.message_id"
        " JOIN cases_case c ON c.id = m.case_id WHERE c.reference = %s AND m.id ="
        " (SELECT message_id FROM invitation_invitation i WHERE i.case_id = c.id"
        " ORDER BY created_at DESC LIMIT 1)",
        reference,
    )
    return str(found) if found else None


def opens_her_link(phone: Person, **fields: str) -> str:
    """She is sent a link, and opens what the text says; returns the report's reference."""
    reference = invited(phone.demo, **fields)
    phone.page.goto(link_of(phone.demo, reference), wait_until="domcontentloaded")
    return reference


def turns_her_camera_on(phone: Person) -> None:
    phone.page.get_by_role("button", name="Continue").click()
    phone.page.get_by_role("button", name="Turn on camera and sound").click()
    expect(phone.page.get_by_role("button", name="I am ready")).to_be_visible()


def checks_in(phone: Person, **fields: str) -> str:
    """From the text to the waiting page; returns the report's reference."""
    reference = opens_her_link(phone, **fields)
    turns_her_camera_on(phone)
    phone.page.get_by_role("button", name="I am ready").click()
    expect(phone.page.get_by_role("heading", name="An officer will appear here")).to_be_visible()
    return reference


def leaves(phone: Person) -> None:
    """By Exit, until the harmless page stands there, whatever page of ours she is at; if any.

    Her address is the last page's before that page is there: a browser that is told to close her
    window on the way to it may never answer.
    """
    exit_link = phone.page.get_by_role("link", name="Exit this page")
    if exit_link.count():
        exit_link.click()
        expect(phone.page.get_by_role("heading")).to_have_text("No appointments")


def opens_before_an_upgrade(page: Page, link: str, changed: str) -> None:
    """Her first page as it was before `changed` (a built script) was: its policy knows another."""
    built = json.loads((settings.DIST / "manifest.json").read_text())
    script = (settings.DIST / built[changed]).read_bytes()
    known = b64encode(hashlib.sha256(script).digest()).decode()

    def as_before(route: Route) -> None:
        if route.request.method != "GET":
            return route.continue_()
        answer = route.fetch()
        policy = answer.headers["content-security-policy"]
        assert known in policy
        before = policy.replace(known, b64encode(bytes(32)).decode())
        return route.fulfill(
            response=answer, headers=answer.headers | {"content-security-policy": before}
        )

    page.route("**/s/*", as_before)
    page.goto(link, wait_until="domcontentloaded")
    page.unroute("**/s/*", as_before)


def answer_button(officer: Person) -> Locator:
    return officer.page.locator("#answer")


def goes_on_duty(officer: Person) -> None:
    if not officer.page.get_by_role("button", name="Go on duty").count():
        goes_home(officer)  # Left where an earlier story broke off.
    officer.page.get_by_role("button", name="Go on duty").click()
    expect(officer.page.get_by_role("button", name="Go off duty")).to_be_visible()
    expect(officer.page.locator("#self-video")).to_be_visible()


def goes_home(officer: Person) -> None:
    """Out of her call and off duty, wherever the story has broken off: the next one begins anew."""
    officer.page.reload(wait_until="domcontentloaded")
    ending = officer.page.get_by_role("button", name="End call")
    if ending.is_enabled():
        # If she has hung up at this very moment, there is nothing left to end.
        with suppress(PlaywrightTimeoutError):
            ends_the_call(officer, patience=3_000)
        expect(ending).to_be_disabled()
    officer.page.get_by_role("button", name="Go off duty").click()
    expect(officer.page.get_by_role("button", name="Go on duty")).to_be_visible()


def in_a_call(phone: Person, officer: Person) -> str:
    """Both see each other; returns the report's reference."""
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    return reference


def ends_the_call(officer: Person, patience: float = 30_000) -> None:
    """With the one button; `patience`, in milliseconds, is how long it may be greyed out."""
    # The desk says so at once; the next thing that is done must find that the server knows it, too.
    with officer.page.expect_response("**/hang-up"):
        officer.page.get_by_role("button", name="End call").click(timeout=patience)
    expect(officer.page.locator("#stage-state")).to_contain_text("The call has ended")


def both_see_each_other(phone: Person, officer: Person) -> None:
    """Pictures go on arriving on both sides, and each is the other's."""
    for_her, for_the_officer = phone.waits_for_picture(), officer.waits_for_picture()
    assert for_her.width > 0
    assert for_the_officer.width > 0
    assert is_the_officers(for_her), for_her
    assert is_hers(for_the_officer), for_the_officer


def is_hers(seen: Seen) -> bool:
    """Her camera's film is green."""
    red, green, blue = seen.colour
    return green > 200 and red < 60 and blue < 60


def is_the_officers(seen: Seen) -> bool:
    """The officer's camera's film is blue."""
    red, green, blue = seen.colour
    return blue > 200 and red < 60 and green < 60
