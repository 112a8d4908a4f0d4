import { RollcallError } from "../core/errors.ts";
import type { Peer } from "../core/peer.ts";
import { checkOptions } from "../host/check.ts";
import { ejectionOf, type EjectionNumbers, type EjectionOptions } from "./ejection-options.ts";
import { numberOf, TIME_MAX_MS } from "./number.ts";
import { dieOf, fastDie, type Die } from "./random.ts";
import { STRATEGIES } from "./strategies/index.ts";
import type { StrategyName } from "./strategies/index.ts";

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
  readonly ejection: EjectionNumbers | null;
  readonly onUnreachable: (peer: Peer, isUnreachable: boolean) => void;
  readonly random: () => number;
  /** As `random`, for what is chosen with each pick. */
  readonly die: Die;
  readonly nowMs: (() => number) | undefined;
}

const BALANCER = {
  strategy: true,
  slowStartMs: true,
  decayMs: true,
  ejection: true,
  onUnreachable: true,
  random: true,
  nowMs: true,
} satisfies Record<keyof BalancerOptions, true>;

/** Checks the options of `balancer` and adds the defaults; throws `ERR_OPTION`. */
export function settingsOf(options: BalancerOptions): BalancerSettings {
  checkOptions("balancer", options, BALANCER);
  const { strategy = "peak-ewma", onUnreachable = () => {}, random } = options;
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
    random: random ?? Math.random,
    die: random === undefined ? fastDie() : dieOf(random),
    nowMs: options.nowMs,
  };
}
