import type { PeerEvent, RegistrarEvent } from "../../lib/core/record-event.ts";
import type { Recording } from "../../lib/core/recording.ts";
import { EPOCH, LAN } from "./samples.ts";

type Samples<E extends { readonly kind: string }> = {
  readonly [K in E["kind"]]: Extract<E, { kind: K }>;
};

/** One event of each kind; the compiler keeps both complete. */
export const PEER_EVENTS: Samples<PeerEvent> = {
  joined: {
    kind: "joined",
    instance: "i1",
    edition: 1,
    address: "10.0.0.1:8080",
    isReturning: true,
  },
  reconnected: { kind: "reconnected", wasOpen: true },
  updated: { kind: "updated", edition: 2, status: "warning" },
  late: { kind: "late", round: 17, missed: 2, isProbed: true },
  answered: { kind: "answered", round: 18, missed: 2, stalledMs: 900 },
  suspect: { kind: "suspect", cause: "missed-surveys" },
  alive: { kind: "alive", by: "answered" },
  spared: { kind: "spared", sighting: "connectionLost" },
  held: { kind: "held", sighting: "fellSilent", lost: 20, of: 40 },
  released: { kind: "released" },
  stalled: { kind: "stalled", stalledMs: 1700 },
  reported: { kind: "reported", what: "unreachable", reporters: 1, needed: 2 },
  challenged: { kind: "challenged", by: "i2" },
  kept: { kind: "kept", against: "i2" },
  refused: { kind: "refused", code: "ERR_LIMIT", instance: "i3" },
  fenced: { kind: "fenced", edition: null, atRevision: 9, named: 3, anonymous: 1 },
  proved: {
    kind: "proved",
    edition: 3,
    atRevision: 9,
    acknowledged: ["w1", "w2"],
    acknowledgedCount: 4,
    missing: ["w9"],
    missingCount: 1,
    anonymous: 1,
  },
  gone: { kind: "gone", cause: "goodbye" },
};

export const REGISTRAR_EVENTS: Samples<RegistrarEvent> = {
  started: { kind: "started" },
  stalled: { kind: "stalled", lateMs: 6000 },
  learned: { kind: "learned" },
  path: { kind: "path", isLossy: true, late: 2, of: 30 },
  holding: { kind: "holding", by: "closing", lost: 28, of: 30 },
  released: { kind: "released", judged: 2, isCeiling: false },
};

/** A recording in which everything happens once. */
export const RECORDING: Recording = {
  version: 1,
  service: "*",
  epoch: EPOCH,
  authority: "live",
  tuning: LAN,
  ranMs: 60_000,
  takenAt: 1_700_000_000_000,
  registrar: Object.values(REGISTRAR_EVENTS).map((event, at) => ({ atMs: at * 1000, ...event })),
  peers: [
    {
      service: "cache",
      id: "c1",
      instance: null,
      standing: "gone",
      cause: null,
      status: null,
      edition: null,
      connected: false,
      dropped: 3,
      events: Object.values(PEER_EVENTS).map((event, at) => {
        return { atMs: at * 100, revision: null, ...event };
      }),
    },
  ],
};
