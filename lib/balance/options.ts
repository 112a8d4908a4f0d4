import { RollcallError } from "../core/errors.ts";
import type { Peer } from "../core/peer.ts";
import { checkOptions } from "../host/check.ts";
import { fastRandom } from "./random.ts";
import { STRATEGIES } from "./strategies/index.ts";
import type { StrategyName } from "./strategies/index.ts";

/** When a peer that fails is left out, and for how long; the idea is Envoy's outlier detection. */
export interface EjectionOptions {
  /** So many failures in a row eject a peer, 1 to 1,000. Default 5, as in Envoy. */
  readonly failures?: number | undefined;
  /** Time of the first ejection; each further one in a row lasts twice as long. Default 5,000. */
  readonly baseMs?: number | undefined;
  /** The longest ejection. Default 300,000, as in Envoy. */
  readonly maxMs?: number | undefined;
  /** The largest share of all peers that is ejected at one time, 0 to 1; never all. Default 0.5. */
  readonly maxShare?: number | undefined;
}

/** Options of `balancer`. */
export interface BalancerOptions {
  /** How peers are chosen. Default `peak-ewma`. */
  readonly strategy?: StrategyName | undefined;
  /** Newcomers get a growing share for this long, by `joinedAt`; 0 is off. Default 0. Not for `hash`. */
  readonly slowStartMs?: number | undefined;
  /** How fast a high latency is forgotten: the time constant of the average. Default 10,000. */
  readonly decayMs?: number | undefined;
  /** When failing peers are left out; false for never. */
  readonly ejection?: EjectionOptions | false | undefined;
  /**
   * Told `true` when a peer is ejected to which no connection could be made, and `false` when it may be
   * tried again. Must not throw.
   */
  readonly onUnreachable?: ((peer: Peer, isUnreachable: boolean) => void) | undefined;
  /** Numbers in [0, 1). Default: a fast generator, started at random. */
  readonly random?: (() => number) | undefined;
  /** Milliseconds since 1970 that never go back, for tests. Default: the clocks of this machine. */
  readonly nowMs?: (() => number) | undefined;
}

/** Options with everything decided. */
export interface BalancerSettings {
  readonly strategy: StrategyName;
  readonly slowStartMs: number;
  readonly decayMs: number;
  readonly ejection: Required<{ [K in keyof EjectionOptions]: number }> | null;
  readonly onUnreachable: (peer: Peer, isUnreachable: boolean) => void;
  readonly random: () => number;
  readonly nowMs: (() => number) | undefined;
}

/** A time that may be given: up to a day. */
const TIME_MAX_MS = 86_400_000;
const FAILURES_MAX = 1000;

const BALANCER = {
  strategy: true,
  slowStartMs: true,
  decayMs: true,
  ejection: true,
  onUnreachable: true,
  random: true,
  nowMs: true,
} satisfies Record<keyof BalancerOptions, true>;

const EJECTION = {
  failures: true,
  baseMs: true,
  maxMs: true,
  maxShare: true,
} satisfies Record<keyof EjectionOptions, true>;

/** Checks the options of `balancer` and adds the defaults; throws `ERR_OPTION`. */
export function settingsOf(options: BalancerOptions): BalancerSettings {
  checkOptions("balancer", options, BALANCER);
  const { strategy = "peak-ewma", onUnreachable = () => {}, random = fastRandom() } = options;
  if (!Object.hasOwn(STRATEGIES, strategy)) {
    const known = Object.keys(STRATEGIES).join(", ");
    throw new RollcallError("ERR_OPTION", `strategy is ${String(strategy)}, not one of ${known}`);
  }
  for (const [name, call] of Object.entries({ onUnreachable, random, nowMs: options.nowMs })) {
    if (call !== undefined && typeof call !== "function") {
      throw new RollcallError("ERR_OPTION", `${name} is no function`);
    }
  }
  return {
    strategy,
    slowStartMs: numberOf("slowStartMs", options.slowStartMs ?? 0, [0, TIME_MAX_MS]),
    decayMs: numberOf("decayMs", options.decayMs ?? 10_000, [1, TIME_MAX_MS]),
    ejection: ejectionOf(options.ejection ?? {}),
    onUnreachable,
    random,
    nowMs: options.nowMs,
  };
}

function ejectionOf(options: EjectionOptions | false): BalancerSettings["ejection"] {
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
  };
}

/** A number within its limits; throws `ERR_OPTION` with its name. */
export function numberOf(
  name: string,
  value: unknown,
  [min, max]: readonly [number, number],
): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  throw new RollcallError("ERR_OPTION", `${name} is ${String(value)}, not ${min} to ${max}`);
}
