import type { Facts } from "./facts.ts";
import type { Fleet } from "./fleet.ts";
import { INVARIANTS } from "./invariants.ts";
import type { Invariant } from "./invariant.ts";
import { PairWatch } from "./pairs.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { Trace } from "./trace.ts";
import { Violation } from "./violation.ts";

/** Lines of the trace in the text of a violation. */
const TRACE_LINES = 60;

/** How one invariant is checked after a step. */
interface Check {
  readonly invariant: Invariant;
  readonly run: (facts: Facts) => string | undefined;
}

/** Checks the invariants and throws what it finds. */
export class Inspector {
  readonly #fleet: Fleet;
  readonly #seed: number;
  readonly #trace: Trace;
  readonly #invariants: readonly Invariant[];
  readonly #steps: readonly Check[];
  readonly #news: readonly Check[];

  constructor(
    fleet: Fleet,
    trace: Trace,
    options: Pick<SimulateOptions, "seed" | "invariants" | "checks">,
  ) {
    this.#fleet = fleet;
    this.#trace = trace;
    this.#seed = options.seed;
    this.#invariants = options.invariants ?? INVARIANTS;
    const { checks = "changes" } = options;
    this.#steps = this.#due("step").map((invariant) => this.#checkOf(invariant, checks));
    this.#news = this.#due("news").map((invariant) => ({ invariant, run: invariant.check }));
  }

  /** Checks what is claimed after every step, and forgets what happened in this one. */
  inspect(facts: Facts): void {
    const { docket, happenings } = this.#fleet;
    if (happenings.length > 0) {
      this.#run(this.#news, facts);
      this.#fleet.happenings = [];
    }
    this.#run(this.#steps, facts);
    if (!docket.isEmpty) docket.clear();
  }

  /** Checks everything, as is due when the troubles are over. */
  inspectAtRest(facts: Facts): void {
    this.#run(
      this.#invariants
        .filter(({ when }) => when !== "news")
        .map((invariant) => ({ invariant, run: invariant.check })),
      facts,
    );
  }

  /** True where everything that is claimed at rest holds already. */
  isAtRest(facts: Facts): boolean {
    return this.#due("rest").every(({ check }) => check(facts) === undefined);
  }

  #due(when: Invariant["when"]): readonly Invariant[] {
    return this.#invariants.filter((invariant) => invariant.when === when);
  }

  #checkOf(invariant: Invariant, checks: "changes" | "all"): Check {
    const { check, pairs } = invariant;
    if (pairs === undefined || checks === "all") return { invariant, run: check };
    const watch = new PairWatch(pairs);
    return { invariant, run: (facts) => watch.check(facts, this.#fleet.docket) };
  }

  #run(checks: readonly Check[], facts: Facts): void {
    for (const { invariant, run } of checks) {
      const detail = run(facts);
      if (detail !== undefined) throw this.#violation(invariant, detail, facts.nowMs);
    }
  }

  #violation({ name, claim }: Invariant, detail: string, atMs: number): Violation {
    return new Violation({
      invariant: name,
      claim,
      detail,
      seed: this.#seed,
      atMs,
      trace: this.#trace.render(TRACE_LINES),
    });
  }
}
