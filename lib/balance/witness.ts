import { RollcallError } from "../core/errors.ts";
import { runKey } from "../core/peer.ts";
import type { Endpoint, Peer } from "../core/peer.ts";
import { knock } from "./knock.ts";
import type { PeerSource } from "./source.ts";

/**
 * Pause after the first knock at one door; it doubles up to the longest, which is far below the time
 * for which a registrar believes a report (`reportTtlMs`, 30,000, and 10,000 with the preset `local`).
 */
const PAUSE_MIN_MS = 1000;
const PAUSE_MAX_MS = 4000;
/** So much longer at most a pause is, so that many witnesses do not knock at one time. */
const JITTER = 0.25;
/** Peers that are looked at together; others are not looked at. */
const CASES_MAX = 256;

/** One run of a peer that is looked at. */
interface Case {
  readonly key: string;
  peer: Peer;
  pauseMs: number;
  isReported: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Tells the registrars of peers to which no connection can be made, and of those that can be reached
 * again. Believes nobody: it makes a connection of its own first, so that what was a fault of a
 * request, a name or a certificate is no report. Nobody sends requests to a peer that is out for
 * all, so it goes on knocking until it gets in or the peer is gone.
 */
export class Witness {
  readonly #source: PeerSource;
  readonly #endpointOf: (peer: Peer) => Endpoint | undefined;
  readonly #cases = new Map<string, Case>();
  readonly #end = new AbortController();

  /** `endpointOf` says where requests to a peer go. */
  constructor(source: PeerSource, endpointOf: (peer: Peer) => Endpoint | undefined) {
    this.#source = source;
    this.#endpointOf = endpointOf;
  }

  /** Requests to this peer cannot connect, it seems. */
  doubt(peer: Peer): void {
    const key = runKey(peer);
    if (this.#end.signal.aborted || this.#source.report === undefined) return;
    if (this.#cases.has(key) || this.#cases.size >= CASES_MAX) return;
    const one = { key, peer, pauseMs: PAUSE_MIN_MS, isReported: false, timer: undefined };
    this.#cases.set(key, one);
    void this.#look(one);
  }

  /** Withdraws what it has said. */
  close(): void {
    this.#end.abort();
    for (const one of this.#cases.values()) this.#drop(one);
  }

  async #look(one: Case): Promise<void> {
    const now = this.#source.view?.peers.find((peer) => runKey(peer) === one.key);
    // Gone, or another run: what was said of it is forgotten by the registrars too.
    if (now === undefined) return void this.#cases.delete(one.key);
    one.peer = now;
    const endpoint = this.#endpointOf(now);
    if (endpoint === undefined) return this.#drop(one);
    const finding = await knock(endpoint, this.#end.signal);
    if (this.#end.signal.aborted) return;
    if (finding === "reached" || (finding === "unknown" && !one.isReported)) return this.#drop(one);
    if (finding === "unreachable") this.#report(one, true);
    this.#wait(one);
  }

  #wait(one: Case): void {
    const pauseMs = one.pauseMs * (1 + JITTER * Math.random());
    one.pauseMs = Math.min(PAUSE_MAX_MS, one.pauseMs * 2);
    one.timer = setTimeout(() => void this.#look(one), pauseMs).unref();
  }

  #drop(one: Case): void {
    clearTimeout(one.timer);
    this.#cases.delete(one.key);
    if (one.isReported) this.#report(one, false);
  }

  /** Repeated as long as it holds: reports expire, and a registrar that is new has heard none. */
  #report(one: Case, isUnreachable: boolean): void {
    one.isReported = isUnreachable;
    try {
      this.#source.report?.(one.peer, isUnreachable);
    } catch (error) {
      // A watcher without survey connection can tell nobody.
      if (error instanceof RollcallError && error.code === "ERR_NEEDS_SURVEY") this.#end.abort();
      else throw error;
    }
  }
}
