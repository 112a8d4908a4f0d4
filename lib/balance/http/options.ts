import type { Dispatcher, Pool } from "undici";
import { RollcallError } from "../../core/errors.ts";
import type { WatchOptions } from "../../client/options.ts";
import { checkOptions } from "../../host/check.ts";
import { numberOf } from "../number.ts";
import type { BalancerOptions } from "../options.ts";
import type { PeerSource } from "../source.ts";

/** How requests are repeated. */
export interface RetryOptions {
  /** Retries of one idempotent request after broken connections, 0 to 10. Default 2. */
  readonly max?: number | undefined;
  /** Retries allowed per request made, 0 to 1. Default 0.2, as in Finagle. */
  readonly ratio?: number | undefined;
  /** Retries per second allowed however few requests there are, 0 to 1,000. Default 10. */
  readonly minPerSecond?: number | undefined;
  /** How long requests and retries count, 100 to 600,000. Default 10,000. */
  readonly windowMs?: number | undefined;
}

/** Options of `openDispatcher`. */
export interface DispatcherOptions {
  /** Survey endpoint of the registrar, or of several. Default `tcp://127.0.0.1:5570`. */
  readonly registrar?: WatchOptions["registrar"];
  /** Roster endpoint instead of `registrar`. */
  readonly roster?: WatchOptions["roster"];
  /** Services to watch; all go over one connection. Default `*`. */
  readonly services?: WatchOptions["service"] | undefined;
  /** A watcher, or another source of lists, instead of one of its own; it stays open. */
  readonly watcher?: PeerSource | undefined;
  /** What follows the service's name in the host of a URL. Default `.rollcall`. */
  readonly suffix?: string | undefined;
  /** Which endpoints of peers are used; see `urlOf`. Default: the first that speaks the URL's scheme. */
  readonly scope?: string | undefined;
  /** How long a request waits while a service has nobody, 0 to 600,000. Default 1,000. */
  readonly waitMs?: number | undefined;
  /** How peers are chosen. */
  readonly balancer?: BalancerOptions | undefined;
  /** The key of a request, for the strategy `hash`. */
  readonly keyOf?: ((request: Dispatcher.DispatchOptions) => string | undefined) | undefined;
  /** How requests are repeated; false for never after something was sent. */
  readonly retry?: RetryOptions | false | undefined;
  /** Options of undici's `Pool`, one of which is opened for each peer. */
  readonly pool?: Pool.Options | undefined;
  /** Of the watcher. Default: warnings and errors on stderr. */
  readonly logger?: WatchOptions["logger"];
  /** Closes the dispatcher. */
  readonly signal?: AbortSignal | undefined;
}

/** Numbers of a dispatcher, complete and checked. */
export interface DispatcherNumbers {
  readonly suffix: string;
  readonly waitMs: number;
  readonly retriesMax: number;
  readonly budget: {
    readonly ratio: number;
    readonly minPerSecond: number;
    readonly windowMs: number;
  };
}

const RETRY_MAX = 10;
const PER_SECOND_MAX = 1000;
const WINDOW_MIN_MS = 100;
const WAIT_MAX_MS = 600_000;

const DISPATCHER = {
  registrar: true,
  roster: true,
  services: true,
  watcher: true,
  suffix: true,
  scope: true,
  waitMs: true,
  balancer: true,
  keyOf: true,
  retry: true,
  pool: true,
  logger: true,
  signal: true,
} satisfies Record<keyof DispatcherOptions, true>;

const RETRY = {
  max: true,
  ratio: true,
  minPerSecond: true,
  windowMs: true,
} satisfies Record<keyof RetryOptions, true>;

/** Checks the options of `openDispatcher`; throws `ERR_OPTION`. */
export function numbersOf(options: DispatcherOptions): DispatcherNumbers {
  checkOptions("openDispatcher", options, DISPATCHER);
  const { suffix = ".rollcall", waitMs = 1000, retry = {}, watcher, keyOf } = options;
  if (typeof suffix !== "string" || !/^(?:\.[a-z0-9-]+)+$/.test(suffix)) {
    throw new RollcallError(
      "ERR_OPTION",
      `suffix is ${JSON.stringify(suffix)}, not like .rollcall`,
    );
  }
  if (keyOf !== undefined && typeof keyOf !== "function") {
    throw new RollcallError("ERR_OPTION", "keyOf is no function");
  }
  for (const name of ["registrar", "roster", "services"] as const) {
    if (watcher === undefined || options[name] === undefined) continue;
    throw new RollcallError("ERR_OPTION", `watcher and ${name} are given, but one is enough`);
  }
  if (retry !== false) checkOptions("retry", retry, RETRY);
  const {
    max = 2,
    ratio = 0.2,
    minPerSecond = 10,
    windowMs = 10_000,
  } = retry === false ? { max: 0 } : retry;
  return {
    suffix,
    waitMs: numberOf("waitMs", waitMs, [0, WAIT_MAX_MS]),
    retriesMax: numberOf("retry.max", max, [0, RETRY_MAX]),
    budget: {
      ratio: numberOf("retry.ratio", ratio, [0, 1]),
      minPerSecond: numberOf("retry.minPerSecond", minPerSecond, [0, PER_SECOND_MAX]),
      windowMs: numberOf("retry.windowMs", windowMs, [WINDOW_MIN_MS, WAIT_MAX_MS]),
    },
  };
}
