import { RollcallError } from "../core/errors.ts";
import { checkOptions } from "../host/check.ts";
import { numberOf, TIME_MAX_MS } from "./number.ts";
import type { RateNumbers } from "./success-rate.ts";

/**
 * When a peer that succeeds less often than the others is left out: mean - `deviations` x standard
 * deviation, as Envoy's success rate outlier detection, of which the defaults are. By that rule alone
 * a single outlier is never found among fewer than five peers.
 */
export interface SuccessRateOptions {
  /** How long work is counted before it is judged, 100 ms to a day. Default 10,000. */
  readonly intervalMs?: number | undefined;
  /** Peers with enough work that are needed to compare, 2 to 100,000. Default 5. */
  readonly peersMin?: number | undefined;
  /** Requests in an interval that are enough work, 1 to 1,000,000. Default 100. */
  readonly requestsMin?: number | undefined;
  /** So many standard deviations below the mean are too few successes, 0 to 10. Default 1.9. */
  readonly deviations?: number | undefined;
  /** A rate this close to the mean ejects nobody, 0 to 1. Default 0.05; Envoy has no such bound. */
  readonly differenceMin?: number | undefined;
}

/** When a peer that fails is left out, and for how long; the idea is Envoy's outlier detection. */
export interface EjectionOptions {
  /** Also ejects those that succeed less often than the others; false for never. */
  readonly successRate?: SuccessRateOptions | false | undefined;
  /** So many failures in a row eject a peer, 1 to 1,000. Default 5, as in Envoy. */
  readonly failures?: number | undefined;
  /** Time of the first ejection; each further one in a row lasts twice as long. Default 5,000. */
  readonly baseMs?: number | undefined;
  /** The longest ejection. Default 300,000, as in Envoy. */
  readonly maxMs?: number | undefined;
  /** The largest share of all peers that is ejected at one time, 0 to 1; never all. Default 0.5. */
  readonly maxShare?: number | undefined;
}

/** Numbers of ejections. */
export interface EjectionNumbers {
  readonly failures: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly maxShare: number;
  readonly successRate: RateNumbers | null;
}

const FAILURES_MAX = 1000;
const INTERVAL_MIN_MS = 100;
const PEERS_MAX = 100_000;
const REQUESTS_MAX = 1_000_000;
const DEVIATIONS_MAX = 10;

const EJECTION = {
  failures: true,
  baseMs: true,
  maxMs: true,
  maxShare: true,
  successRate: true,
} satisfies Record<keyof EjectionOptions, true>;

const RATES = {
  intervalMs: true,
  peersMin: true,
  requestsMin: true,
  deviations: true,
  differenceMin: true,
} satisfies Record<keyof SuccessRateOptions, true>;

/** Checks the options of ejections and adds the defaults; null for never. */
export function ejectionOf(options: EjectionOptions | false): EjectionNumbers | null {
  if (options === false) return null;
  checkOptions("ejection", options, EJECTION);
  const { failures = 5, baseMs = 5000, maxMs = 300_000, maxShare = 0.5 } = options;
  if (!Number.isInteger(failures)) {
    throw new RollcallError("ERR_OPTION", `ejection.failures is ${failures}, no whole number`);
  }
  return {
    failures: numberOf("ejection.failures", failures, [1, FAILURES_MAX]),
    baseMs: numberOf("ejection.baseMs", baseMs, [1, TIME_MAX_MS]),
    maxMs: numberOf("ejection.maxMs", maxMs, [1, TIME_MAX_MS]),
    maxShare: numberOf("ejection.maxShare", maxShare, [0, 1]),
    successRate: ratesOf(options.successRate ?? {}),
  };
}

function ratesOf(options: SuccessRateOptions | false): RateNumbers | null {
  if (options === false) return null;
  checkOptions("ejection.successRate", options, RATES);
  const { intervalMs = 10_000, peersMin = 5, requestsMin = 100 } = options;
  const { deviations = 1.9, differenceMin = 0.05 } = options;
  const of = (name: string, value: number, range: readonly [number, number]): number => {
    return numberOf(`ejection.successRate.${name}`, value, range);
  };
  return {
    intervalMs: of("intervalMs", intervalMs, [INTERVAL_MIN_MS, TIME_MAX_MS]),
    peersMin: of("peersMin", peersMin, [2, PEERS_MAX]),
    requestsMin: of("requestsMin", requestsMin, [1, REQUESTS_MAX]),
    deviations: of("deviations", deviations, [0, DEVIATIONS_MAX]),
    differenceMin: of("differenceMin", differenceMin, [0, 1]),
  };
}
