"""Physical response: from the officer's press in a call to the alarm in the control room."""

from __future__ import annotations

from playwright.sync_api import Browser

from benchmarks.call import A_HAND, OurDesk
from tests.journeys.browsers import phone_context


def alarms_seen(her: Browser, desk: OurDesk, reference: str, times: int) -> list[float]:
    """Milliseconds, one for each press in one call; each is acknowledged before the next."""
    link, _ = desk.consent(reference)
    context = phone_context(her)
    try:
        phone = context.new_page()
        phone.goto(link, wait_until="domcontentloaded")
        phone.get_by_role("button", name="Continue").click()
        desk.rung_by(phone)
        desk.page.locator("#answer").click()
        seen = [_seen(desk, reference) for _ in range(times)]
        desk.hang_up()
    finally:
        context.close()
    return seen


def _seen(desk: OurDesk, reference: str) -> float:
    ask = desk.page.locator("#ask-physical:enabled:not([aria-disabled])")
    ask.wait_for()
    desk.page.wait_for_timeout(A_HAND)
    desk.room.evaluate("(reference) => awaitAlarm(reference)", reference)
    ask.click()
    seen = float(desk.room.wait_for_function("() => window.alarmAt").json_value())
    pressed = float(desk.page.evaluate("() => window.pressedAt"))
    desk.room.get_by_role("button", name="I have it").first.click()
    return seen - pressed
