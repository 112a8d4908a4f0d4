import { toPeer, type Card, type Peer } from "../../lib/core/peer.ts";

/** A card of everyday size, the same number of bytes in every edition below 128. */
export function cardOf(edition: number): Card {
  return {
    endpoints: [{ protocol: "tcp", host: "10.0.0.1", port: 8080, scope: "private" }],
    version: "1.2.0",
    zone: "zone-a",
    weight: edition % 100,
    tags: ["blue"],
    metadata: { rack: "7" },
    status: "passing",
    joinedAt: 1_700_000_000_000,
  };
}

/** 32 digits, as long as the random ones. */
export function instanceOf(id: string): string {
  return Buffer.from(id.padStart(16, "0").slice(-16)).toString("hex");
}

/** The ids of a fleet in order. */
export function idsOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(5, "0")}`);
}

/** A living peer of a service over HTTP. */
export function peerOf(
  id: string,
  { weight = 1, port = 8080 }: { weight?: number; port?: number },
): Peer {
  const endpoints = [{ protocol: "http", host: "127.0.0.1", port, scope: "private" }];
  const card = { ...cardOf(1), weight, endpoints };
  const instance = instanceOf(id);
  const [standing, cause, stalledMs] = ["alive", null, 0] as const;
  return toPeer("orders", { id, instance, edition: 1, standing, cause, card, stalledMs });
}
