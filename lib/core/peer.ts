/** Where a peer can be reached by one protocol. */
export interface Endpoint {
  /** What is spoken there, such as `http`, `grpc`, `tcp`. Default `tcp`. */
  readonly protocol: string;
  /** Name or address, without brackets for IPv6. */
  readonly host: string;
  /** 0 where the protocol has no ports, otherwise up to 65535. */
  readonly port: number;
  /** Who can reach it, by convention `private` (default) or `public`. */
  readonly scope: string;
}

/** What a peer or a health check says of it. `draining` and `critical` ones take no new work. */
export type Status = "passing" | "warning" | "critical" | "unknown" | "draining";

/** What the registrar judges. `suspect` ones are out of `peers$` but still in `view$`. */
export type Standing = "alive" | "suspect" | "gone";

/** Why a peer went away. */
export type LeftCause =
  | "goodbye"
  | "draining"
  | "critical"
  | "connection-lost"
  | "missed-surveys"
  | "lease-expired"
  | "health-check"
  | "replaced"
  | "not-returned"
  | "unknown";

/** Why a peer came: there when we looked first, new, or back after it was out. */
export type JoinedCause = "present" | "new" | "returned";

/** What a peer says about itself, numbered by its `edition`. */
export interface Card {
  readonly endpoints: readonly Endpoint[];
  readonly version?: string;
  readonly zone?: string;
  /** Share of the work relative to others, 0 to 1,000,000. Default 1. */
  readonly weight: number;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: Status;
  /** When it joined first in this run, by its own clock, in milliseconds since 1970. */
  readonly joinedAt: number;
}

/** One living process listed under a service, as consumers see it: plain readonly data. */
export interface Peer extends Card {
  /** Names it in its service. */
  readonly id: string;
  /** Random per run, so that a restart is visible. */
  readonly instance: string;
  readonly service: string;
  /** Short for `endpoints[0].host`; empty without endpoints. */
  readonly address: string;
  /** Short for `endpoints[0].port`; 0 without endpoints. */
  readonly port: number;
  readonly standing: Standing;
  /** Its event loop stood still for so many milliseconds a moment ago; then `passing` is `warning`. */
  readonly stalledMs?: number;
}

/** One line of a roster: a card, who showed it, and how the registrar judges it. */
export interface Entry {
  readonly id: string;
  readonly instance: string;
  /** Counts the cards of one instance; the highest wins. */
  readonly edition: number;
  readonly standing: "alive" | "suspect";
  /** Why it is suspect. */
  readonly cause: LeftCause | null;
  /** How long its event loop stood still a moment ago, in milliseconds; 0 where it did not. */
  readonly stalledMs: number;
  readonly card: Card;
}

/** A departure that is remembered, so that its cause survives a gap. */
export interface Tombstone {
  readonly id: string;
  readonly instance: string;
  readonly cause: LeftCause;
  /** The revision in which it left. */
  readonly revision: number;
}

/** A peer's name over all services, whoever runs under it; neither part can contain NUL. */
export function keyOf(service: string, id: string): string {
  return `${service}\0${id}`;
}

/** Names one run of a peer: a restart has another key. */
export function runKey(run: Pick<Peer, "service" | "id" | "instance">): string {
  return `${keyOf(run.service, run.id)}\0${run.instance}`;
}

/** The shapes of entries that were shown. */
const shapes = new WeakMap<Entry, Peer>();

/**
 * The public shape of an entry: made once, however many handles of a process are shown the entry,
 * because each message is read once for all of them.
 */
export function peerOf(service: string, entry: Entry): Peer {
  const known = shapes.get(entry);
  if (known?.service === service) return known;
  const peer = toPeer(service, entry);
  shapes.set(entry, peer);
  return peer;
}

/** The public shape of an entry, made anew. */
export function toPeer(service: string, entry: Entry): Peer {
  const { id, instance, standing, stalledMs, card } = entry;
  const first = card.endpoints[0];
  const peer: Peer = {
    id,
    instance,
    service,
    ...card,
    address: first?.host ?? "",
    port: first?.port ?? 0,
    standing,
  };
  if (stalledMs === 0) return peer;
  return { ...peer, status: card.status === "passing" ? "warning" : card.status, stalledMs };
}

/** True where a peer may be given work: alive, and neither draining nor critical. */
export function isUsable(peer: Pick<Peer, "standing" | "status">): boolean {
  return peer.standing === "alive" && peer.status !== "draining" && peer.status !== "critical";
}

/** Why an unusable peer is unusable; `suspicion` is the cause its standing was given with. */
export function causeOf(
  peer: Pick<Peer, "standing" | "status">,
  suspicion: LeftCause | null,
): LeftCause {
  if (peer.standing === "suspect") return suspicion ?? "unknown";
  return peer.status === "draining" || peer.status === "critical" ? peer.status : "unknown";
}
