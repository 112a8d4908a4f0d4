import { runKey } from "../core/peer.ts";
import type { Peer } from "../core/peer.ts";

/**
 * How work ended. `failed`: the peer took it and failed. `unreachable`: no connection could be made.
 * `cancelled`: nothing is to be learned from it.
 */
export type Outcome = "ok" | "failed" | "unreachable" | "cancelled";

/** What learns from an outcome. */
export interface Settler {
  settle(seat: Seat, outcome: Outcome, startedMs: number): void;
}

/** What is known of one run of one peer, and what was learned by giving it work. */
export class Seat {
  /** Who is told how its work ended. */
  readonly settler: Settler;
  /** Names one run: service, id and instance. */
  readonly key: string;
  /** As it was listed last. */
  peer: Peer;
  /** False once it has left the list; its work may still be under way. */
  isListed = true;
  /** Its place among those that may be picked; -1 where it is not one of them. */
  slot = -1;
  /** Leases that are not done; out of date while it may be picked, when the picker counts them. */
  pending = 0;
  /** Moving average of the latency; 0 before the first outcome. */
  latencyMs = 0;
  /** When the average was changed last. */
  observedMs = 0;
  /** Failures without a success between them. */
  failures = 0;
  /** How many of those failures were connections that could not be made. */
  refusals = 0;
  /** Work that ended in the present interval, and how much of it failed. */
  finished = 0;
  lost = 0;
  /** Until when it is ejected; 0 where it is not. */
  ejectedUntilMs = 0;
  /** Ejections in a row, which double the time of the next. */
  ejections = 0;
  /** When its last ejection ended. */
  returnedMs = 0;
  /** So long after its return success ends the row of ejections. */
  rowMs = 0;
  /** True where the user was told that it cannot be reached. */
  isReported = false;
  /** Until when it gets less than its share. */
  warmAtMs: number;

  constructor(settler: Settler, peer: Peer, warmAtMs: number) {
    this.settler = settler;
    this.key = runKey(peer);
    this.peer = peer;
    this.warmAtMs = warmAtMs;
  }
}

/** A latency below which there is none. */
const FORGOTTEN_MS = 0.001;

/**
 * Takes a latency into the peak-sensitive moving average (as Finagle's Peak EWMA does): a higher one
 * counts at once, lower ones wear it down with the time constant `decayMs`.
 */
export function observe(
  seat: Seat,
  latencyMs: number,
  { nowMs, decayMs }: { nowMs: number; decayMs: number },
): void {
  if (latencyMs >= seat.latencyMs) {
    seat.latencyMs = latencyMs;
  } else {
    const kept = Math.exp(-Math.max(0, nowMs - seat.observedMs) / decayMs);
    const average = seat.latencyMs * kept + latencyMs * (1 - kept);
    // What is all but forgotten must not decide for ever.
    seat.latencyMs = average < FORGOTTEN_MS ? 0 : average;
  }
  seat.observedMs = nowMs;
}
