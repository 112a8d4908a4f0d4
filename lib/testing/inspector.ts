import type { Facts } from "./facts.ts";
import type { Fleet } from "./fleet.ts";
import { INVARIANTS } from "./invariants.ts";
import type { Invariant } from "./invariant.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { Trace } from "./trace.ts";
import { Violation } from "./violation.ts";

/** Lines of the trace in the text of a violation. */
const TRACE_LINES = 60;

/** Checks the invariants and throws what it finds. */
export class Inspector {
  readonly #fleet: Fleet;
  readonly #seed: number;
  readonly #trace: Trace;
  readonly #invariants: readonly Invariant[];

  constructor(fleet: Fleet, trace: Trace, options: Pick<SimulateOptions, "seed" | "invariants">) {
    this.#fleet = fleet;
    this.#trace = trace;
    this.#seed = options.seed;
    this.#invariants = options.invariants ?? INVARIANTS;
  }

  /** Checks what is claimed at such a moment, and forgets what happened in the step. */
  inspect(facts: Facts, when: Invariant["when"]): void {
    for (const { name, claim, check, when: due } of this.#invariants) {
      if (due !== when) continue;
      const detail = check(facts);
      if (detail === undefined) continue;
      throw new Violation({
        invariant: name,
        claim,
        detail,
        seed: this.#seed,
        atMs: facts.nowMs,
        trace: this.#trace.render(TRACE_LINES),
      });
    }
    this.#fleet.happenings = [];
  }
}
