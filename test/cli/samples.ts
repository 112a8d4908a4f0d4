import type { Change, Peer, View } from "../../lib/index.ts";

export const NOW = Date.UTC(2024, 4, 6, 12, 0, 0);

/** A peer with whatever the test cares about. */
export function peer(given: Partial<Peer> = {}): Peer {
  const { address = "10.0.0.1", port = 8080 } = given;
  return {
    id: "c1",
    instance: "0123456789abcdef",
    service: "cache",
    endpoints: [{ protocol: "tcp", host: address, port, scope: "private" }],
    address,
    port,
    weight: 1,
    tags: [],
    metadata: {},
    status: "passing",
    standing: "alive",
    joinedAt: NOW - 65_000,
    ...given,
  };
}

/** A view of these peers. */
export function view(peers: readonly Peer[], given: Partial<View> = {}): View {
  return {
    service: "cache",
    revision: 3,
    asOf: NOW,
    authority: "live",
    peers,
    changes: [],
    sources: [],
    consumer: { kind: "anonymous" },
    ...given,
  };
}

/** A peer that came. */
export function joined(of: Partial<Peer> = {}): Change {
  return { kind: "joined", peer: peer(of), cause: "new" };
}
