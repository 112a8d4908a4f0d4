import type { Bridge } from "./bridge.ts";
import type { Fault } from "./faults.ts";
import type { Places } from "./places.ts";
import type { Cut } from "./wire-rules.ts";

type CutFault = Extract<Fault, { readonly kind: "cut" }>;

/** Cuts and losses of one bridge; the rules are written anew with every change. */
export class Wire {
  readonly #bridge: Bridge;
  readonly #places: Places;
  readonly #cuts = new Map<CutFault, readonly Cut[]>();
  readonly #names = new Map<CutFault, string>();
  #lossPercent = 0;

  constructor(bridge: Bridge, places: Places) {
    this.#bridge = bridge;
    this.#places = places;
  }

  cut(fault: CutFault): void {
    this.#cuts.set(fault, this.#cutsOf(fault));
    this.#rewire();
  }

  mend(fault: CutFault): void {
    this.#cuts.delete(fault);
    this.#rewire();
  }

  lose(percent: number): void {
    this.#lossPercent = percent;
    this.#rewire();
  }

  /** How a cut is told: its own name, and whose packets do not reach whom. */
  nameOf(fault: CutFault): { name: string; from: readonly string[]; to: readonly string[] } {
    const name = this.#names.get(fault) ?? `cut ${this.#names.size + 1}`;
    this.#names.set(fault, name);
    const [from, to] =
      fault.direction === "in" ? [fault.others, [fault.node]] : [[fault.node], fault.others];
    return { name, from, to };
  }

  #cutsOf({ node, others, direction }: CutFault): readonly Cut[] {
    const far = others.map((other) => this.#places.addressOf(other));
    // Some meet it at its own address, others at the proxy's.
    const near = [...new Set(others.map((other) => this.#places.hostOf(node, other)))];
    return [
      ...(direction === "in" ? [] : [{ from: near, to: far }]),
      ...(direction === "out" ? [] : [{ from: far, to: near }]),
    ];
  }

  #rewire(): void {
    const cuts = [...this.#cuts.values()].flat();
    this.#bridge.wire({ cuts, lossPercent: this.#lossPercent });
  }
}
