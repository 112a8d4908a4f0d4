import type { OperatorFunction } from "rxjs";
import { checkWatch, targetsOf, tuningOf } from "../client/options.ts";
import type { WatchOptions } from "../client/options.ts";
import { RollcallError } from "../core/errors.ts";
import type { Peer } from "../core/peer.ts";
import type { View } from "../core/view.ts";

/** What `registerRollcallResolver` adds to the options of `watch`. */
export interface OwnOptions {
  /** The scheme of targets: letters, digits, `+`, `.` and `-`. Default `rollcall`. */
  readonly scheme?: string | undefined;
  /**
   * Which endpoints of a peer speak gRPC, by their protocol; where none does, its first one is taken.
   * Default `grpc`.
   */
  readonly protocol?: string | undefined;
  /**
   * How long calls wait for the first list before they fail as UNAVAILABLE, 0 to 600,000 ms. Default
   * 3000. A list that comes later is used as soon as it comes.
   */
  readonly firstListMs?: number | undefined;
  /**
   * From views to the peers to call, such as `pipe(select({ zone: "a" }), peersOf())`. Default: the
   * usable ones.
   */
  readonly through?: OperatorFunction<View, readonly Peer[]> | undefined;
}

/** Options of `registerRollcallResolver`; all but its own are those of `watch`. */
export interface GrpcResolverOptions extends OwnOptions, Omit<WatchOptions, "service" | "signal"> {}

/** Its own options, complete. */
export interface Settings {
  readonly scheme: string;
  readonly protocol: string;
  readonly firstListMs: number;
  readonly through: OperatorFunction<View, readonly Peer[]> | undefined;
  /** The rest. */
  readonly watch: Omit<WatchOptions, "service" | "signal">;
}

const SCHEME = /^[A-Za-z0-9+.-]+$/;
const FIRST_LIST_MAX_MS = 600_000;

/** Checks all of them; throws `ERR_OPTION` or `ERR_ENDPOINT`. */
export function settingsOf(options: GrpcResolverOptions): Settings {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new RollcallError("ERR_OPTION", "registerRollcallResolver takes an object of options");
  }
  const { scheme = "rollcall", protocol = "grpc", firstListMs = 3000, through, ...rest } = options;
  if (typeof scheme !== "string" || !SCHEME.test(scheme)) {
    const text = `scheme is ${JSON.stringify(scheme)}, not letters, digits, "+", "." and "-"`;
    throw new RollcallError("ERR_OPTION", text);
  }
  if (typeof protocol !== "string") {
    throw new RollcallError("ERR_OPTION", `protocol is ${String(protocol)}, not text`);
  }
  if (!(firstListMs >= 0 && firstListMs <= FIRST_LIST_MAX_MS)) {
    const text = `firstListMs is ${String(firstListMs)}, not from 0 to ${FIRST_LIST_MAX_MS}`;
    throw new RollcallError("ERR_OPTION", text);
  }
  if (through !== undefined && typeof through !== "function") {
    throw new RollcallError("ERR_OPTION", "through is no operator");
  }
  for (const name of ["service", "signal"]) {
    if (name in rest) {
      const text = `registerRollcallResolver has no option ${JSON.stringify(name)}`;
      throw new RollcallError("ERR_OPTION", text);
    }
  }
  checkWatch(rest);
  targetsOf(rest);
  tuningOf(rest);
  return { scheme, protocol, firstListMs, through, watch: rest };
}
