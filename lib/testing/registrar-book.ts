import type { Authority } from "../core/messages.ts";
import type { RegistrarFacts } from "./facts.ts";
import type { RegistrarNode } from "./registrar-node.ts";
import { Trouble } from "./trouble.ts";

/** The book of one registrar, over all its runs. */
export class RegistrarBook implements RegistrarFacts {
  readonly name: string;
  readonly trouble: Trouble;
  readonly down: Trouble;
  readonly learning: Trouble;
  starts = 0;
  liveMs = Infinity;
  trustedMs = Infinity;
  learningMs: number | null = null;
  heldMs: number | null = null;
  readonly #node: RegistrarNode;
  readonly #changed: () => void;

  constructor(node: RegistrarNode, changed: () => void) {
    this.name = node.name;
    this.#node = node;
    this.#changed = changed;
    this.trouble = new Trouble(0, changed);
    this.down = new Trouble(0, changed);
    this.learning = new Trouble(0, changed);
  }

  get epoch(): string {
    return this.#node.epoch;
  }

  get members(): number {
    return this.#node.surveyor?.members ?? 0;
  }

  get consumers(): number {
    return this.#node.surveyor?.consumers ?? 0;
  }

  /** It is part of the installation but does not run yet. */
  absent(nowMs: number): void {
    this.trouble.begin(nowMs);
    this.down.begin(nowMs);
  }

  /** Every run starts by learning; in the first one nobody can return, so all are judged. */
  started(nowMs: number): void {
    this.starts += 1;
    if (this.down.isOpen) this.trouble.end(nowMs);
    this.down.clear(nowMs);
    if (this.starts > 1) return this.judges("learning", nowMs);
    this.learningMs = nowMs;
    this.liveMs = nowMs;
    this.#changed();
  }

  died(nowMs: number): void {
    this.trouble.clear(nowMs);
    this.trouble.begin(nowMs);
    this.down.begin(nowMs);
    this.learningMs = null;
    this.heldMs = null;
    this.liveMs = Infinity;
    this.trustedMs = Infinity;
    if (!this.learning.isOpen) this.learning.begin(nowMs);
    this.#changed();
  }

  judges(authority: Authority, nowMs: number): void {
    const isLive = authority === "live";
    this.learningMs = authority === "learning" ? nowMs : null;
    this.heldMs = authority === "held" ? nowMs : null;
    this.liveMs = isLive ? nowMs : Infinity;
    this.trustedMs = this.liveMs;
    // While removals are held it judges as little as while it learns.
    if (isLive) this.learning.clear(nowMs);
    else if (!this.learning.isOpen) this.learning.begin(nowMs);
    this.#changed();
  }
}
