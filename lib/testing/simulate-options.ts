import type { ClientTuning, RegistrarTuning, Some } from "../core/options.ts";
import type { Invariant } from "./invariant.ts";
import type { NetworkOptions } from "./network.ts";
import type { Tamper } from "./tamper.ts";

/** What a simulation starts with. Everything random in it follows from the seed. */
export interface SimulateOptions {
  /** A whole number. */
  readonly seed: number;
  /** One registrar, up from the start. */
  readonly registrars?: 1;
  /** Members `m0`, `m1`, … of the service `main`, up from the start. Default 0. */
  readonly members?: number;
  /** Watchers `w0`, `w1`, … of all services, up from the start. Default 0. */
  readonly watchers?: number;
  readonly registrar?: Some<RegistrarTuning>;
  readonly client?: Some<ClientTuning>;
  readonly network?: Partial<NetworkOptions>;
  /** What is checked after every step and at rest. Default all invariants. */
  readonly invariants?: readonly Invariant[];
  /** A planted bug. */
  readonly tamper?: Tamper;
  /** Lines of the trace that are kept. */
  readonly traceLines?: number;
}
