// When picture or sound last arrived on a connection: to the millisecond where a beat says it to the second.

/** performance.now() of it; -Infinity where nothing arrived within the last ten seconds. */
export function lastArrival(pc: RTCPeerConnection): number {
  const sources = pc.getReceivers().flatMap((receiver) => receiver.getSynchronizationSources());
  const now = performance.now();
  // Browsers do not agree on where these times begin: what cannot be is not believed.
  const times = sources.map(({ timestamp }) => timestamp - performance.timeOrigin).filter((at) => at <= now + 1 && at > 0);
  return Math.max(-Infinity, ...times);
}
