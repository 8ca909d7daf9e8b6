"""Her first pages on a poor link and an old phone, as Chromium emulates both.

The link is the one that Chromium's developer tools call "3G", and once called "Slow 3G": 500 kbit/s
less a fifth, each way, and 400 ms there and back (`Slow3GConditions` in devtools-frontend,
front_end/core/sdk/NetworkManager.ts). The tools hold each request back by five times those, to
make up for what they cannot slow down. Here it is said what a request waits for: a phone that was
never here before finds the name, connects and encrypts once, before its first request, and then
goes on using the connection that it has.
"""

from __future__ import annotations

from playwright.sync_api import Browser, CDPSession

from benchmarks.call import A_HAND, WATCH, after
from tests.journeys.browsers import phone_context

BYTES_A_SECOND = 500_000 / 8 * 0.8
ROUND_TRIP = 400  # milliseconds
# The name (DNS), the connection (TCP), its encryption (TLS 1.3), the request.
ROUND_TRIPS_AT_FIRST = 4
# An old phone beside this machine, as Chromium's tools slow it down for a mid-tier one.
CPU_SLOWDOWN = 4


def first_pages(her: Browser, link: str) -> tuple[float, float]:
    """Milliseconds on a phone that was never here before: from the tap on the link to a page whose
    button works, and from the press on that button to the next page's.
    """
    context = phone_context(her)
    context.add_init_script(path=WATCH)
    try:
        phone = context.new_page()
        tools = context.new_cdp_session(phone)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        _link(tools, ROUND_TRIP * ROUND_TRIPS_AT_FIRST)
        phone.goto(link, wait_until="commit")
        _link(tools, ROUND_TRIP)
        first = after(phone, "firstUsableAfter")
        phone.wait_for_timeout(A_HAND)
        phone.get_by_role("button", name="Continue").click()
        phone.locator("#open-camera").wait_for()
        return first, after(phone, "nextUsableAfter")
    finally:
        context.close()


def _link(tools: CDPSession, latency: float) -> None:
    tools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": latency,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
