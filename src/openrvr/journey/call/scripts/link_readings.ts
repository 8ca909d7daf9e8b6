// How good the link is, from the browser's own statistics, in words an officer can act on.
import type { LinkStats } from "./plane";

const none: LinkStats = {
  bars: 0,
  roundTripMs: null,
  lost: 0,
  lostThere: 0,
  roomKbps: null,
  bytes: 0,
  inKbps: 0,
  outKbps: 0,
  width: 0,
  height: 0,
  pictures: 0,
  stood: 0,
  route: "unknown",
};

interface Counters {
  at: number;
  received: number;
  sent: number;
  /** With everything that is not picture or sound. */
  transported: number;
  packets: Packets;
  packetsThere: Packets;
  pictures: number;
  stood: number;
}

interface Packets {
  /** Those that were not lost, on the way to us; all that we sent, on the way from us. */
  through: number;
  lost: number;
}

// From the worst upwards: the first line that fits. Round trip in ms, loss as a share.
const scale = [
  { bars: 1, roundTrip: 600, lost: 0.1 },
  { bars: 2, roundTrip: 350, lost: 0.05 },
] as const;

export class LinkReadings {
  private before: Counters | null = null;
  private pc: RTCPeerConnection | null = null;
  private bytes = 0;

  /** `back` is the connection by which we send, where that is another one. */
  async read(pc: RTCPeerConnection | null, back: RTCPeerConnection | null = pc): Promise<LinkStats> {
    if (pc?.connectionState !== "connected" || back?.connectionState !== "connected") return { ...none, bytes: this.bytes };
    const report = await linesOf(pc);
    if (back !== pc) report.push(...(await linesOf(back)));
    const now = countersOf(report);
    const before = this.pc === pc && this.before ? this.before : { ...now, transported: 0 };
    this.before = now;
    this.pc = pc;
    this.bytes += Math.max(0, now.transported - before.transported);
    const seconds = Math.max((now.at - before.at) / 1000, 0.001);
    const lost = shareLost(before.packets, now.packets);
    const pair = pairInUse(report);
    const roundTripMs = pair?.currentRoundTripTime === undefined ? null : Number(pair.currentRoundTripTime) * 1000;
    const video = report.find((line) => line.type === "inbound-rtp" && line.kind === "video");
    const lostThere = shareOf(before.packetsThere, now.packetsThere);
    const room = pair?.availableOutgoingBitrate;
    return {
      bars: grade(roundTripMs ?? 0, Math.max(lost, lostThere)),
      roundTripMs,
      lost,
      lostThere,
      roomKbps: room === undefined ? null : Math.round(Number(room) / 1000),
      bytes: this.bytes,
      inKbps: rate(now.received - before.received, seconds),
      outKbps: rate(now.sent - before.sent, seconds),
      width: Number(video?.frameWidth ?? 0),
      height: Number(video?.frameHeight ?? 0),
      pictures: Math.max(0, now.pictures - before.pictures),
      stood: Math.min(seconds, Math.max(0, now.stood - before.stood)),
      route: routeOf(report, pair),
    };
  }
}

export type Line = Record<string, number | string | boolean>;

export const linesOf = async (pc: RTCPeerConnection): Promise<Line[]> => [...(await pc.getStats()).values()] as Line[];

/** The way that the packets go: others may have been agreed upon, and go unused. Not every browser names it. */
export function pairInUse(lines: Line[]): Line | undefined {
  const used = lines.find((line) => line.type === "transport" && line.selectedCandidatePairId)?.selectedCandidatePairId;
  const pairs = lines.filter((line) => line.type === "candidate-pair");
  return pairs.find(({ id }) => id === used) ?? pairs.find((line) => line.nominated && line.state === "succeeded");
}

const rate = (bytes: number, seconds: number): number => Math.max(0, Math.round((bytes * 8) / 1000 / seconds));

function countersOf(report: Record<string, unknown>[]): Counters {
  const sum = (type: string, name: string): number =>
    report.filter((line) => line.type === type).reduce((total, line) => total + Number(line[name] ?? 0), 0);
  return {
    at: performance.now(),
    received: sum("inbound-rtp", "bytesReceived"),
    sent: sum("outbound-rtp", "bytesSent"),
    transported: sum("transport", "bytesSent") + sum("transport", "bytesReceived"),
    packets: { through: sum("inbound-rtp", "packetsReceived"), lost: sum("inbound-rtp", "packetsLost") },
    packetsThere: { through: sum("outbound-rtp", "packetsSent"), lost: sum("remote-inbound-rtp", "packetsLost") },
    pictures: sum("inbound-rtp", "framesDecoded"),
    stood: sum("inbound-rtp", "totalFreezesDuration"),
  };
}

function shareLost(before: Packets, now: Packets): number {
  const lost = Math.max(0, now.lost - before.lost);
  const received = Math.max(0, now.through - before.through);
  return lost + received ? lost / (lost + received) : 0;
}

// Counted here too, not taken from the other side's last report: that is of a moment, and now and then far out.
function shareOf(before: Packets, now: Packets): number {
  const sent = now.through - before.through;
  return sent > 0 ? Math.min(1, Math.max(0, now.lost - before.lost) / sent) : 0;
}

function grade(roundTrip: number, lost: number): LinkStats["bars"] {
  return scale.find((line) => roundTrip >= line.roundTrip || lost >= line.lost)?.bars ?? 3;
}

const routes = ["relay-udp", "relay-tcp", "relay-tls"] as const;

// Relayed is what either side has at a relay.
function routeOf(report: Record<string, unknown>[], pair: Record<string, unknown> | undefined): LinkStats["route"] {
  const [ours, theirs] = [pair?.localCandidateId, pair?.remoteCandidateId].map((end) => report.find(({ id }) => end && id === end));
  if (ours?.candidateType === "relay") return routes.find((route) => route === `relay-${String(ours.relayProtocol)}`) ?? "relay";
  if (theirs?.candidateType === "relay") return "relay";
  return ours || theirs ? "direct" : "unknown";
}
