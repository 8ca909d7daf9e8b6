"""Killed in every state: nothing is lost, nobody is in two calls, promises fire once.

Each kill is a SIGKILL of one supervised process in the middle of the story; the supervisor starts
it again and the people go on from where they were, on the pages that they had open.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.demos import ORDINARY, second_start
from tests.journeys.given import eligible
from tests.journeys.people import Person
from tests.journeys.planes import on_both_planes, whichever_plane
from tests.journeys.steps import (
    answer_button,
    both_see_each_other,
    checks_in,
    ends_the_call,
    goes_on_duty,
    link_of,
    rows,
    turns_her_camera_on,
)
from tests.running_demo import Demo

pytestmark = on_both_planes
Seat = Callable[[str], Person]
RING_SECONDS, PROMISED_SECONDS, PATROL_AFTER = 4, 6, 3


@pytest.fixture(scope="module")
def demo(started_before: Path, plane: dict[str, str]) -> Iterator[Demo]:
    """A demo of a force that promises an officer in seconds, so that a test can see it fail."""
    with second_start(started_before, _quick(ORDINARY), **plane) as started:
        yield started


def _quick(policy: str) -> str:
    policy = policy.replace("ring_seconds = 20", f"ring_seconds = {RING_SECONDS}")
    head, mark, rest = policy.partition("[promise.officer_on_video]")
    rest = rest.replace("seconds = 180", f"seconds = {PROMISED_SECONDS}", 1)
    return head + mark + rest.replace("after_seconds = 120", f"after_seconds = {PATROL_AFTER}", 1)


def _stands(demo: Demo, reference: str) -> dict[str, Any]:
    """All that a kill could lose of one case, or do twice."""
    [(pk, state)] = rows(demo, "SELECT id, state FROM cases_case WHERE reference = %s", reference)
    counted = {
        table: rows(demo, f"SELECT count(*) FROM {table} WHERE case_id = %s", pk)[0][0]
        for table in (
            "cases_casemove",
            "invitation_invitation",
            "messages_message",
            "waiting_waiting",
            "call_call",
            "promises_promise",
        )
    }
    owed = rows(
        demo,
        "SELECT kind, holder_id, desk FROM promises_promise"
        " WHERE case_id = %s AND state = 'open' ORDER BY kind",
        pk,
    )
    return {"state": state, "owed": owed, **counted}


def _invariants(demo: Demo) -> None:
    assert not rows(
        demo,
        "SELECT officer_id FROM call_call WHERE ended_at IS NULL"
        " GROUP BY officer_id HAVING count(*) > 1",
    )
    assert not rows(
        demo,
        "SELECT reference FROM cases_case c WHERE state <> 'closed' AND NOT EXISTS"
        " (SELECT 1 FROM promises_promise p WHERE p.case_id = c.id AND p.state = 'open')",
    )
    lines, seals = rows(
        demo, "SELECT count(*) FROM audit_auditline UNION ALL SELECT count(*) FROM audit_auditseal"
    )
    assert lines == seals


def test_the_web_process_is_killed_in_every_state(phone: Person, seat: Seat, demo: Demo) -> None:
    def killed_at(state: str, reference: str) -> None:
        before = _stands(demo, reference)
        assert before["state"] == state
        demo.kill("web")
        demo.recovers()
        assert _stands(demo, reference) == before

    room, officer = seat("control-room"), seat("officer")
    goes_on_duty(officer)
    page = room.page

    page.keyboard.press("F2")
    page.wait_for_url("**/reports/RVR-*/", wait_until="domcontentloaded")
    reported = re.search(r"RVR-\d\d-\d{6}", page.url)
    assert reported
    page.get_by_label("Where the caller is").fill("5 Example Street")
    expect(page.locator("body")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    killed_at("reported", reported[0])
    expect(page.get_by_label("Where the caller is")).to_have_value("5 Example Street")

    reference = eligible(demo, 1)[0]
    killed_at("graded", reference)
    page.goto(f"http://localhost:{demo.port}/control-room/reports/{reference}/")
    page.get_by_role("button", name="Accepts").click()
    expect(page.locator(".kit-progress li").nth(2)).to_have_attribute("data-step", "done")
    killed_at("invited", reference)

    phone.page.goto(link_of(demo, reference), wait_until="domcontentloaded")
    turns_her_camera_on(phone)
    killed_at("invited", reference)

    phone.page.get_by_role("button", name="I am ready").click()
    expect(answer_button(officer)).to_be_visible()
    demo.kill("web")
    demo.recovers()
    stands = _stands(demo, reference)
    assert (stands["state"], stands["waiting_waiting"]) == ("waiting", 1)

    answer_button(officer).click(timeout=20_000)
    both_see_each_other(phone, officer)
    killed_at("live", reference)
    both_see_each_other(phone, officer)

    # What happens afterwards reaches the pages that were open all the time.
    officer.page.keyboard.press("F12")
    expect(page.locator("#alarms")).to_contain_text("1 Example Street")
    page.locator("#alarms").get_by_role("button").first.click()
    expect(officer.page.locator("#physical-words")).to_contain_text("acknowledged")
    both_see_each_other(phone, officer)
    ends_the_call(officer)
    expect(phone.page.get_by_role("heading", name="Thank you")).to_be_visible()
    killed_at("physical", reference)

    officer.page.get_by_label("Crime recorded").check()
    officer.page.get_by_role("button", name="Close case").click()
    expect(officer.page.locator("#case")).to_contain_text("Closed at")
    killed_at("closed", reference)
    _invariants(demo)


@whichever_plane
def test_a_killed_worker_fires_every_rung_once(phone: Person, seat: Seat, demo: Demo) -> None:
    """She waits and nobody answers: ring, pass on, supervisors, patrol, with kills in between."""
    room = seat("control-room").page
    officer = seat("officer-2")
    goes_on_duty(officer)
    reference = checks_in(phone, location="6 Example Street")
    demo.kill("worker")
    expect(room.locator("#alarms")).to_contain_text("6 Example Street", timeout=40_000)
    demo.kill("worker")
    demo.recovers()
    fired = rows(
        demo,
        "SELECT r.does, count(l.id) FROM promises_rung r JOIN promises_promise p"
        " ON p.id = r.promise_id JOIN cases_case c ON c.id = p.case_id LEFT JOIN audit_auditline l"
        " ON l.action = 'promise.rung_fired' AND l.case_reference = c.reference"
        " AND l.details ->> 'does' = r.does AND l.details ->> 'kind' = p.kind"
        " WHERE c.reference = %s AND p.kind = 'officer_on_video' GROUP BY r.id ORDER BY r.number",
        reference,
    )
    assert fired == [("supervisor", 1), ("physical", 1)]
    [(asked,)] = rows(
        demo,
        "SELECT count(*) FROM escalation_physicalrequest e JOIN cases_case c ON c.id = e.case_id"
        " WHERE c.reference = %s",
        reference,
    )
    assert asked == 1
    [(rings, open_now)] = rows(
        demo,
        "SELECT count(*), count(*) FILTER (WHERE r.ended_at IS NULL) FROM waiting_ring r"
        " JOIN waiting_waiting w ON w.id = r.waiting_id JOIN cases_case c ON c.id = w.case_id"
        " WHERE c.reference = %s",
        reference,
    )
    assert rings >= 2
    assert open_now <= 1
    _invariants(demo)
    # She is still there, and is answered all the same.
    answer_button(officer).click()
    both_see_each_other(phone, officer)
    room.locator("#alarms").get_by_role("button").first.click()
    ends_the_call(officer)
    officer.page.get_by_role("button", name="Go off duty").click()


def test_a_restart_of_the_database_under_load_loses_nothing(
    phone: Person, seat: Seat, demo: Demo
) -> None:
    officer, room = seat("officer-3"), seat("control-room-2")
    goes_on_duty(officer)
    reference = checks_in(phone)
    answer_button(officer).click()
    both_see_each_other(phone, officer)

    page = room.page
    page.goto(
        f"http://localhost:{demo.port}/control-room/reports/{reference}/",
        wait_until="domcontentloaded",
    )
    killer = threading.Timer(0.5, demo.kill, args=("postgresql",))
    killer.start()
    answers = page.evaluate(_WRITE_WITHOUT_PAUSE, f"/control-room/reports/{reference}/write")
    killer.join()
    demo.recovers()

    statuses = {answer["status"] for answer in answers}
    assert statuses <= {200, 503}, demo.logs()
    assert 200 in statuses
    for answer in answers:
        if answer["status"] == 503:
            assert "Nothing is lost" in answer["said"], answer
    acknowledged = [answer["value"] for answer in answers if answer["status"] == 200]
    kept = {
        value
        for (value,) in rows(
            demo,
            "SELECT e.after FROM intake_reportedit e JOIN intake_report r ON r.id = e.report_id"
            " JOIN cases_case c ON c.id = r.case_id WHERE c.reference = %s AND field = 'weapons'",
            reference,
        )
    }
    assert set(acknowledged) <= kept
    # The call never noticed, and the open pages hear of what comes after.
    both_see_each_other(phone, officer)
    page.get_by_label("Children").fill("One, asleep")
    expect(page.locator("body")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    expect(officer.page.locator("#case")).to_contain_text("One, asleep", timeout=15_000)
    ends_the_call(officer)
    officer.page.get_by_role("button", name="Go off duty").click()
    _invariants(demo)


# Writes one field again and again for some seconds, and says what was answered to each.
_WRITE_WITHOUT_PAUSE = """async (path) => {
  const token = document.querySelector("meta[name=csrftoken]").content;
  const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
  const answers = [];
  let was = "";
  const isBack = () => answers.slice(-5).every((answer) => answer.status === 200);
  for (let number = 0; number < 500 && (number < 40 || !isBack()); number++) {
    const value = `write ${number}`;
    const body = JSON.stringify({field: "weapons", was, now: value});
    // A hang, not a slow machine.
    const signal = AbortSignal.timeout(45000);
    const answer = await fetch(path, {method: "POST", headers, body, signal});
    const said = await answer.text();
    answers.push({status: answer.status, said, value});
    if (answer.status === 200) was = value;
  }
  return answers;
}"""
