"""Steps that several journeys begin with, pressed on the real pages."""

from __future__ import annotations

import psycopg
from playwright.sync_api import expect

from openrvr.config.processes.embedded_postgres import OWNER_ROLE, Cluster
from tests.journeys.people import Person, Seen
from tests.running_demo import Demo


def asks(demo: Demo, query: str, *values: object) -> tuple[object, ...]:
    """The first row of an answer by the demo's own database, read only."""
    url = Cluster(demo.data / "postgresql").url(OWNER_ROLE)
    with psycopg.connect(url, options="-c default_transaction_read_only=on") as connection:
        row = connection.execute(query.encode(), values).fetchone()
    assert row, query
    return tuple(row)


def link_of(demo: Demo, reference: str) -> str:
    """The link in the last text of a report, once the demo's phone has it."""
    found = None
    while not found:
        (found,) = asks(
            demo,
            "SELECT max(substring(t.words from 'http[^ ]+')) FROM messages_demotext t"
            " JOIN messages_message m ON m.id = t.message_id"
            " JOIN cases_case c ON c.id = m.case_id WHERE c.reference = %s AND m.id ="
            " (SELECT message_id FROM invitation_invitation i WHERE i.case_id = c.id"
            " ORDER BY created_at DESC LIMIT 1)",
            reference,
        )
    return str(found)


def opens(phone: Person, link: str) -> None:
    phone.page.goto(link, wait_until="domcontentloaded")
    phone.page.get_by_role("button", name="Continue").click()
    expect(phone.page.locator("#open-camera")).to_be_visible()


def checks_in(phone: Person) -> None:
    phone.page.locator("#open-camera").click()
    phone.page.locator("#ready").click()
    expect(phone.page.locator('[data-step="waiting"]')).to_be_visible()


def goes_on_duty(officer: Person) -> None:
    officer.page.get_by_role("button", name="Go on duty").click()
    expect(officer.page.locator("#self-video")).to_be_visible()


def both_see_each_other(phone: Person, officer: Person, *, within: float = 45) -> None:
    """Pictures go on arriving on both sides, and each is the other's."""
    for_her = phone.waits_for_picture(within=within)
    for_the_officer = officer.waits_for_picture(within=within)
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
