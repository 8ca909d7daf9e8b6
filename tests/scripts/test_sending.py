"""What a connection sends of ours is changed one thing after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SCRIPT = "journey/call/scripts/sending.ts"
# As browsers have it (WebRTC, RTCRtpSender.setParameters): what was not read last is refused.
AT_ONCE = """async ({ Sending }, limits) => {
  let set = { active: true }, read = 0;
  const was = [];
  const sender = {
    getParameters: () => ({ transactionId: `${++read}`, encodings: [{ ...set }] }),
    setParameters: async ({ transactionId, encodings: [encoding] }) => {
      await null;
      if (transactionId !== `${read}`) throw new DOMException("stale", "InvalidModificationError");
      set = encoding;
      was.push(encoding.active);
    },
  };
  const pc = { getTransceivers: () => [{ receiver: { track: { kind: "video" } }, sender }] };
  const ours = { videoLimit: 0, tracks: { add: () => null }, limits: { add: () => null } };
  const sending = new Sending(pc, ours);
  const steps = limits.flatMap((limit) => {
    const limited = Promise.resolve().then(() => ((ours.videoLimit = limit), sending.limit()));
    return [sending.beginPictureAnew(), limited];
  });
  await Promise.all(steps);
  return { set, was };
}"""


def test_a_picture_that_begins_anew_is_never_left_turned_off(
    asked: Callable[[str, str, Any], Any],
) -> None:
    done = asked(SCRIPT, AT_ONCE, [100, 200, 300])
    assert done["set"] == {"active": True, "maxBitrate": 300}
    assert False in done["was"]
