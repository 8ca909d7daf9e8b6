"""What a page tells its browser of a node's addresses when the way to it is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SCRIPT = "journey/call/scripts/janus/holding_on.ts"
ANSWER = """v=0\r
o=- 1 1 IN IP4 198.51.100.7\r
m=audio 9 UDP/TLS/RTP/SAVPF 111\r
a=mid:0\r
a=candidate:1 1 udp 2015363327 198.51.100.7 21000 typ host\r
a=candidate:2 1 udp 2015363326 2001:db8::7 21001 typ host\r
a=end-of-candidates\r
m=video 9 UDP/TLS/RTP/SAVPF 96\r
a=mid:1\r
a=candidate:1 1 udp 2015363327 198.51.100.7 21000 typ host\r
"""
# A browser keeps what it was told; of one that it knows already by its name it takes no notice.
TRIES = """({ HoldingOn }, { sdp, states }) => {
  let clock = 0;
  performance.now = () => clock;
  const told = [];
  const pc = { currentRemoteDescription: { sdp }, connectionState: "connected",
    addIceCandidate: async (candidate) => {
      told.push({ at: clock, ...candidate });
      pc.currentRemoteDescription.sdp =
        pc.currentRemoteDescription.sdp.replace("a=end", `a=${candidate.candidate}\\r\\na=end`);
    } };
  const holding = new HoldingOn(pc);
  for (const state of states) {
    pc.connectionState = state;
    holding.look();
    clock += 250;
  }
  return told;
}"""


def _told(asked: Callable[[str, str, Any], Any], states: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked(SCRIPT, TRIES, {"sdp": ANSWER, "states": states})
    return found


def test_each_address_is_told_again_under_a_name_of_its_own(
    asked: Callable[[str, str, Any], Any],
) -> None:
    told = _told(asked, ["connected"] * 4 + ["disconnected"] * 9 + ["failed"] * 8)
    assert {each["at"] for each in told} == {1000, 3000, 5000}
    assert {each["sdpMid"] for each in told} == {"0"}
    names = [each["candidate"].split()[0] for each in told]
    assert len(set(names)) == len(names) == 6
    assert {each["candidate"].split()[4] for each in told} == {"198.51.100.7", "2001:db8::7"}


def test_nothing_is_told_while_there_is_a_way(asked: Callable[[str, str, Any], Any]) -> None:
    assert _told(asked, ["new", "connecting", "connected", "closed"] * 10) == []
