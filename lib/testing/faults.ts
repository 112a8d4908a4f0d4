import type { Timeline } from "./timeline.ts";

/** What can be wrong with a node for a while. */
export type FaultKind = "stop" | "stall" | "partition" | "slow";

interface Fault {
  readonly kind: FaultKind;
  readonly node: string;
  /** Those whose connections to the node it is about. */
  readonly registrars: readonly string[];
  readonly end: () => void;
}

/** The faults that last at present, and how each of them ends. */
export class FaultBoard {
  readonly #timeline: Timeline;
  readonly #faults = new Set<Fault>();

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Puts a fault up; `forMs` may be Infinity. */
  begin(fault: Fault, forMs: number): void {
    this.#faults.add(fault);
    if (Number.isFinite(forMs)) this.#timeline.after(forMs, () => this.#end(fault));
  }

  /** The registrars that faults of this kind keep from the node, once for each fault. */
  of(node: string, kind: FaultKind): readonly string[] {
    return [...this.#faults].flatMap((fault) =>
      fault.node === node && fault.kind === kind ? fault.registrars : [],
    );
  }

  /** Ends all faults of one kind, of one node or of all; false where there are none. */
  end(kind: FaultKind, node?: string): boolean {
    const chosen = [...this.#faults].filter(
      (f) => f.kind === kind && (node === undefined || f.node === node),
    );
    for (const fault of chosen) this.#end(fault);
    return chosen.length > 0;
  }

  /** Forgets the faults of a process that is no more; a partition outlives it. */
  bury(node: string): void {
    for (const fault of this.#faults) {
      if (fault.node === node && fault.kind !== "partition") this.#faults.delete(fault);
    }
  }

  #end(fault: Fault): void {
    if (this.#faults.delete(fault)) fault.end();
  }
}
