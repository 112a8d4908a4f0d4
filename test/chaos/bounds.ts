import { silenceMs, lossyFreezeBoundMs, pauseToleratedMs } from "../../lib/core/options.ts";
import { tuneClient, tuneRegistrar } from "../../lib/index.ts";
import { boundsOf } from "../../lib/testing/bounds.ts";
import { NETWORK } from "../../lib/testing/network.ts";

/** What scheduler and pipes of a busy machine may add to a bound that is a matter of seconds. */
const SLACK_MS = 500;
/** A pause this much shorter than the documented one may be as long when it is felt. */
const PAUSE_SLACK_MS = 150;
/**
 * After a cut of a few seconds TCP sends again up to as long after it as the cut lasted (RFC 6298 doubles the
 * timer); a client that hears nothing gives the connection up before it gets longer.
 */
const RETRANSMIT_MS = 3200;
/** How late a timer of a process fires here. */
const TIMER_MS = 50;

/** How long things may take at most, in milliseconds. All follow from the documented formulas. */
export interface Bounds {
  /** A shorter silence of a member changes nothing. */
  readonly toleratedMs: number;
  /** A longer standstill of a registrar makes it learn. */
  readonly stallMs: number;
  /** From a death to the last list, where nothing else is wrong. */
  readonly plainMs: number;
  /**
   * The same while other registrars are in trouble: one that is cut off from the dead one takes it for
   * alive until it has missed its surveys, and a watcher that is cut off from that one believes it
   * until it is stale.
   */
  readonly troubledMs: number;
  /** From the end of a trouble of somebody until everybody lists it again. */
  readonly returnMs: number;
  /** From the end of all troubles until all lists are the truth. */
  readonly healMs: number;
}

/** The bounds for default options and a network without distance. */
export function defaultBounds(): Bounds {
  const registrar = tuneRegistrar();
  const client = tuneClient();
  const network = { ...NETWORK, retransmitMs: [0, RETRANSMIT_MS], timerMs: [0, TIMER_MS] } as const;
  const derived = boundsOf({ registrar, client, network, consumers: 100 });
  const staleMs = silenceMs(registrar.announceIntervalMs, registrar.announceIntervalMs);
  return {
    toleratedMs: pauseToleratedMs(registrar) - PAUSE_SLACK_MS,
    stallMs: registrar.stallMs - PAUSE_SLACK_MS,
    plainMs: lossyFreezeBoundMs(registrar) + SLACK_MS,
    troubledMs: lossyFreezeBoundMs(registrar) + staleMs + SLACK_MS,
    returnMs: derived.returnMs,
    // A mass loss that is held ends when its members are back, so its ceiling does not count here.
    healMs: derived.convergenceMs - registrar.holdMaxMs,
  };
}
