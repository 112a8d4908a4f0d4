import type {
  Authority,
  Delta,
  Join,
  RosterChange,
  ServiceSnapshot,
  Snapshot,
  ToRegistrar,
  Watch,
  Welcome,
} from "../../lib/core/messages.ts";
import { tuneClient, tuneRegistrar } from "../../lib/core/options.ts";
import { toPeer } from "../../lib/core/peer.ts";
import type { Card, Entry, Peer } from "../../lib/core/peer.ts";

/* Plain values for tests that change one thing at a time. */

export const EPOCH = "00112233445566778899aabbccddeeff";
export const OTHER_EPOCH = "ffeeddccbbaa99887766554433221100";
export const TOKEN = "0123456789abcdef0123456789abcdef";

/** The default numbers. */
export const LAN = tuneRegistrar();
export const CLIENT_LAN = tuneClient();

export const CARD: Card = {
  endpoints: [{ protocol: "http", host: "10.0.0.1", port: 8080, scope: "private" }],
  version: "1.2.0",
  zone: "a",
  weight: 1,
  tags: ["blue"],
  metadata: { rack: "7" },
  status: "passing",
  joinedAt: 1_700_000_000_000,
};

export function cardOf(change: Partial<Card> = {}): Card {
  return { ...CARD, ...change };
}

export function entryOf(id: string, change: Partial<Entry> = {}): Entry {
  return {
    id,
    instance: `${id}-1`,
    edition: 1,
    standing: "alive",
    cause: null,
    stalledMs: 0,
    card: CARD,
    ...change,
  };
}

export function peerOf(id: string, change: Partial<Peer> = {}): Peer {
  return { ...toPeer("cache", entryOf(id)), ...change };
}

/** What instances are the fingerprints of; only a whole registrar compares the two. */
export const SECRET = "5e".repeat(16);

export function joinOf(id: string, change: Partial<Join> = {}): Join {
  return {
    kind: "join",
    version: 1,
    epoch: EPOCH,
    service: "cache",
    id,
    instance: `${id}-1`,
    edition: 1,
    card: CARD,
    previous: null,
    sequence: 1,
    secret: SECRET,
    proof: null,
    bytes: 100,
    ...change,
  };
}

export function watchOf(services: readonly string[], change: Partial<Watch> = {}): Watch {
  return {
    kind: "watch",
    version: 1,
    epoch: EPOCH,
    instance: "w-1",
    services,
    ordinal: null,
    proof: null,
    sequence: 1,
    secret: SECRET,
    ...change,
  };
}

export function answerOf(round: number, stalledMs = 0): ToRegistrar {
  return { kind: "answer", epoch: EPOCH, round, stalledMs };
}

export function welcomeOf(change: Partial<Welcome> = {}): Welcome {
  return {
    kind: "welcome",
    versionMin: 1,
    versionMax: 1,
    epoch: EPOCH,
    nonce: TOKEN,
    roster: "tcp://127.0.0.1:5571",
    timing: {
      surveyIntervalMs: 1000,
      answerWindowMs: 500,
      announceIntervalMs: 1000,
      reconnectMaxMs: 2000,
      rejoinJitterMs: 200,
    },
    ...change,
  };
}

export const ACCEPTED = { kind: "accepted", edition: 1, ordinal: null } as const;

export function listOf(
  service: string,
  revision: number,
  change: Partial<ServiceSnapshot> = {},
): ServiceSnapshot {
  return { service, revision, entries: [], tombstones: [], ...change };
}

export function snapshotOf(
  services: readonly ServiceSnapshot[],
  change: Partial<Snapshot> = {},
): Snapshot {
  return { kind: "snapshot", epoch: EPOCH, authority: "live", all: false, services, ...change };
}

export function deltaOf(
  revision: number,
  changes: readonly RosterChange[],
  change: Partial<Delta> = {},
): Delta {
  return {
    kind: "delta",
    service: "cache",
    epoch: EPOCH,
    revision,
    authority: "live",
    fence: false,
    changes,
    ...change,
  };
}

export function announceOf(revision: number, authority: Authority = "live", epoch = EPOCH) {
  return { kind: "announce", service: "cache", epoch, revision, authority, fence: false } as const;
}

export function pulseOf(authority: Authority = "live", epoch = EPOCH) {
  return { kind: "pulse", epoch, authority, intervalMs: 1000 } as const;
}

export function putOf(entry: Entry, returned = false): RosterChange {
  return { kind: "put", entry, returned };
}

export function goneOf(id: string, instance = `${id}-1`) {
  return { kind: "gone", id, instance, cause: "goodbye" } as const;
}

/** Deterministic and plausible, for those who want a number in [0, 1). */
export function randomOf(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
