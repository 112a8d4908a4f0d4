import type {
  Authority,
  Change,
  ConnectionState,
  Endpoint,
  ExplanationOf,
  Peer,
  Standing,
  Status,
  View,
  ViewSource,
} from "../index.ts";

/*
 * What `--json` prints: one object per line. These shapes belong to the command line and stay as
 * they are when the library's own types grow. Times are ISO 8601 in UTC.
 */

/** One peer. */
export interface PeerOutput {
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  readonly address: string;
  readonly port: number;
  readonly endpoints: readonly Endpoint[];
  readonly standing: Standing;
  readonly status: Status;
  readonly zone: string | null;
  readonly weight: number;
  readonly version: string | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly joinedAt: string;
}

/** A difference of the usable peers, one line of `watch --json`. */
export interface ChangeOutput {
  readonly kind: Change["kind"];
  readonly at: string;
  readonly service: string;
  readonly id: string;
  readonly cause: Change["cause"];
  readonly peer: PeerOutput;
}

/** How far the list can be trusted has changed, one line of `watch --json`. */
interface AuthorityOutput {
  readonly kind: "authority";
  readonly at: string;
  readonly authority: Authority;
}

/** The connection has changed, one line of `watch --json`. */
export interface ConnectionOutput {
  readonly kind: "connection";
  readonly at: string;
  readonly state: ConnectionState["kind"];
  /** Since when the list is stale. */
  readonly since: string | null;
  /** Why no registrar wants us. */
  readonly code: string | null;
}

/** The whole list: what `peers --json` prints, and one line of `watch --json --views`. */
export interface ViewOutput {
  readonly kind: "view";
  readonly at: string;
  readonly service: string;
  /** Counts the views of this command. */
  readonly revision: number;
  readonly authority: Authority;
  /** When a registrar last confirmed it. */
  readonly asOf: string;
  readonly sources: readonly ViewSource[];
  /** Alive and suspect ones, sorted by id. */
  readonly peers: readonly PeerOutput[];
}

/** What the registrar remembers of a peer: `explain --json`. */
export interface ExplanationOutput extends Omit<ExplanationOf, "events" | "registrar"> {
  readonly kind: "explanation";
  /** Oldest first. */
  readonly events: readonly (ExplanationOf["events"][number] & { readonly at: string })[];
  /** What happened to the registrar itself meanwhile. */
  readonly registrar: readonly (ExplanationOf["registrar"][number] & { readonly at: string })[];
}

/** The registrar listens: `serve --json`. */
export interface ServingOutput {
  readonly kind: "serving";
  readonly survey: string;
  readonly roster: string;
  readonly epoch: string;
}

/** The process is listed: `join --json` without a command. */
export interface JoinedOutput {
  readonly kind: "joined";
  readonly service: string;
  readonly id: string;
  readonly instance: string;
}

/** A peer as `--json` shows it. */
function peerOutput(peer: Peer): PeerOutput {
  const { service, id, instance, address, port, endpoints, standing, status } = peer;
  const { zone = null, weight, version = null, tags, metadata, joinedAt } = peer;
  return {
    service,
    id,
    instance,
    address,
    port,
    endpoints,
    standing,
    status,
    zone,
    weight,
    version,
    tags,
    metadata,
    joinedAt: isoTime(joinedAt),
  };
}

/** A change as `--json` shows it. */
export function changeOutput({ kind, peer, cause }: Change, wallMs: number): ChangeOutput {
  const { service, id } = peer;
  return { kind, at: isoTime(wallMs), service, id, cause, peer: peerOutput(peer) };
}

/** An authority as `--json` shows it. */
export function authorityOutput(authority: Authority, wallMs: number): AuthorityOutput {
  return { kind: "authority", at: isoTime(wallMs), authority };
}

/** A connection state as `--json` shows it. */
export function connectionOutput(state: ConnectionState, wallMs: number): ConnectionOutput {
  return {
    kind: "connection",
    at: isoTime(wallMs),
    state: state.kind,
    since: state.kind === "stale" ? isoTime(state.since) : null,
    code: state.kind === "refused" ? state.code : null,
  };
}

/** A view as `--json` shows it. */
export function viewOutput(view: View, wallMs: number): ViewOutput {
  const { service, revision, authority, asOf, sources, peers } = view;
  return {
    kind: "view",
    at: isoTime(wallMs),
    service,
    revision,
    authority,
    asOf: isoTime(asOf),
    sources,
    peers: peers.map(peerOutput),
  };
}

/** What is remembered of a peer as `--json` shows it; ages become times by this clock. */
export function explanationOutput(found: ExplanationOf, wallMs: number): ExplanationOutput {
  const dated = <E extends { readonly agoMs: number }>(event: E): E & { readonly at: string } => {
    return { ...event, at: isoTime(wallMs - event.agoMs) };
  };
  const { events, registrar, ...state } = found;
  return {
    kind: "explanation",
    ...state,
    events: events.map(dated),
    registrar: registrar.map(dated),
  };
}

/** ISO 8601 in UTC. A peer may claim any time; one that no calendar has becomes the nearest. */
function isoTime(wallMs: number): string {
  const limit = 8_640_000_000_000_000;
  return new Date(Math.min(limit, Math.max(-limit, wallMs))).toISOString();
}
