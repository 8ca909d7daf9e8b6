"""What a page's own connection says of what it carried, as the browser counts it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True)
class Carried:
    """At the second `at`: the seconds that the picture stood, and the pictures decoded, so far.

    `by` is how the page speaks to its relay ("" where it has none in use); `relayed`, whether
    either end is a relay.
    """

    at: float
    stood: float
    pictures: int
    by: str
    relayed: bool


def keep_connections(page: Page) -> None:
    """From now on, and on every page that it goes to, `carried` finds the page's connections."""
    page.add_init_script(_KEEP)
    page.evaluate(_KEEP)


def carried(page: Page) -> Carried:
    return Carried(**page.evaluate(_READ))


_KEEP = """(() => {
  if (window.kept) return;
  window.kept = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) {
      super(...given);
      kept.push(this);
    }
  };
})()"""

_READ = """async () => {
  const pc = kept.findLast((pc) => pc.connectionState === "connected");
  const lines = [...(await pc.getStats()).values()];
  const video = lines.find((line) => line.type === "inbound-rtp" && line.kind === "video");
  const pair = lines.find((line) => line.type === "candidate-pair" && line.nominated);
  const [local, remote] = [pair.localCandidateId, pair.remoteCandidateId].map((id) =>
    lines.find((line) => line.id === id));
  return {
    at: performance.now() / 1000,
    stood: video.totalFreezesDuration,
    pictures: video.framesDecoded,
    by: local.relayProtocol ?? "",
    relayed: [local, remote].some((end) => end.candidateType === "relay"),
  };
}"""
