import type { Card, Entry } from "../../lib/core/peer.ts";
import type { Join, Snapshot, ServiceSnapshot } from "../../lib/core/messages.ts";
import { snapshotTopic } from "../../lib/core/topics.ts";

/** Plain values for tests that change one thing at a time. */
export const EPOCH = "00112233445566778899aabbccddeeff";
const TOKEN = "0123456789abcdef0123456789abcdef";

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

export const JOIN: Join = {
  kind: "join",
  version: 1,
  epoch: EPOCH,
  service: "cache",
  id: "c1",
  instance: "i1",
  edition: 1,
  card: CARD,
  previous: null,
  sequence: 1,
  secret: "5e".repeat(16),
  proof: null,
  bytes: 0,
};

/** An entry of its own object, so that no cache knows it. */
export function entryOf(id: string, change: Partial<Entry> = {}): Entry {
  return {
    id,
    instance: "i1",
    edition: 1,
    standing: "alive",
    cause: null,
    stalledMs: 0,
    card: CARD,
    ...change,
  };
}

export function listOf(service: string, ids: readonly string[]): ServiceSnapshot {
  return { service, revision: 7, entries: ids.map((id) => entryOf(id)), tombstones: [] };
}

export function snapshotOf(...services: readonly ServiceSnapshot[]): Snapshot {
  return { kind: "snapshot", epoch: EPOCH, authority: "live", all: false, services };
}

export const CACHE_TOPIC = snapshotTopic(TOKEN, "cache");
export const ALL_TOPIC = snapshotTopic(TOKEN, "*");
