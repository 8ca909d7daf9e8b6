"""What gathers while a signal is on its way goes together, as much as the service takes at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from openrvr.foundation.live.app import LARGEST_SIGNAL

SCRIPT = "journey/call/scripts/signals.ts"
# The requests that become of parts of these sizes, the first of which is held up for a while.
REQUESTS = """async ({ ServerSignals }, { sizes }) => {
  const sent = [];
  let release;
  const held = new Promise((resolve) => (release = resolve));
  globalThis.fetch = async (_, { body }) => {
    sent.push(JSON.parse(body));
    if (sent.length === 1) await held;
    return { status: 202 };
  };
  const signals = new ServerSignals({ call: "c", pass: "p", live: { on: () => () => {} } });
  for (const size of sizes) signals.send({ from: "a", to: "b", key: "x".repeat(size) }, "seat");
  release();
  while (sent.flatMap(({ data }) => data.parts ?? [data]).length < sizes.length) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  return sent;
}"""


@pytest.mark.parametrize("sizes", [[100] * 12, [6000] * 12, [100, 20_000, 100, 20_000]])
def test_no_request_is_larger_than_the_service_takes(
    asked: Callable[[str, str, Any], Any], sizes: list[int]
) -> None:
    sent = asked(SCRIPT, REQUESTS, {"sizes": sizes})
    parts = [part for each in sent for part in each["data"].get("parts", [each["data"]])]
    assert [len(part["key"]) for part in parts] == sizes
    for each in sent:
        assert len(str(each)) < LARGEST_SIGNAL


def test_what_is_small_goes_together(asked: Callable[[str, str, Any], Any]) -> None:
    sent = asked(SCRIPT, REQUESTS, {"sizes": [100] * 12})
    assert [len(each["data"].get("parts", [0])) for each in sent] == [1, 11]
