import type { ClientTuning, RegistrarTuning, Some } from "../core/options.ts";
import type { Invariant } from "./invariant.ts";
import type { NetworkOptions } from "./network.ts";
import type { Tamper } from "./tamper.ts";

/** Registrars at most. */
export const REGISTRARS_MAX = 5;

/** What a simulation starts with. Everything random in it follows from the seed. */
export interface SimulateOptions {
  /** A whole number. */
  readonly seed: number;
  /**
   * Registrars `registrar`, `registrar1`, … up to `REGISTRARS_MAX`: every client knows all of them
   * unless it is told otherwise. Default 1.
   */
  readonly registrars?: number;
  /** Names of registrars that are not up from the start. Default none. */
  readonly late?: readonly string[];
  /** Members `m0`, `m1`, … of the service `main`, up from the start. Default 0. */
  readonly members?: number;
  /** Watchers `w0`, `w1`, … of all services, up from the start. Default 0. */
  readonly watchers?: number;
  readonly registrar?: Some<RegistrarTuning>;
  readonly client?: Some<ClientTuning>;
  readonly network?: Partial<NetworkOptions>;
  /** What is checked after every step and at rest. Default all invariants. */
  readonly invariants?: readonly Invariant[];
  /**
   * `changes`, the default, looks at a pair of consumer and peer when something about one of the two
   * changed or falls due; `all` looks at all pairs after every step, says the same and takes long.
   */
  readonly checks?: "changes" | "all";
  /** A planted bug. */
  readonly tamper?: Tamper;
  /** Lines of the trace that are kept. */
  readonly traceLines?: number;
}
