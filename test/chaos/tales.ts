import { defaultBounds } from "./bounds.ts";
import type { Claim, Violation } from "./claims/claim.ts";
import { History } from "./history.ts";
import type { Cast, Deed, Fact, Run, Story, Told } from "./story.ts";

/** A small cast for stories that are made up. */
export const CAST: Cast = { registrars: ["r0", "r1"], crews: ["c0", "c1"], watchers: ["w0"] };
export const BOUNDS = defaultBounds();
/** Everything has been up for so long that all is settled when a tale begins. */
export const BEGIN_MS = 100_000;
const END_MS = 400_000;

export const ALICE: Run = { id: "c0.0", instance: "alice" };
export const BOB: Run = { id: "c1.0", instance: "bob" };

/** A made-up story in which Alice and Bob have joined and are listed, and what is told after that. */
export class Tale {
  readonly #facts: Fact[] = [];
  #revision = 1;

  constructor() {
    for (const node of [...CAST.registrars, ...CAST.crews, ...CAST.watchers]) {
      this.at(-50_000, { kind: "up", node });
    }
    this.at(-49_000, { kind: "joined", node: "c0", runs: [ALICE] });
    this.at(-49_000, { kind: "joined", node: "c1", runs: [BOB] });
    this.at(-48_900, { kind: "list", node: "w0", came: [ALICE, BOB], went: [] });
  }

  /** Something happens, in milliseconds from the beginning. */
  at(ms: number, fact: Deed | Told): this {
    this.#facts.push({ atMs: BEGIN_MS + ms, ...fact });
    return this;
  }

  /** The watcher loses somebody. */
  loses(ms: number, run: Run): this {
    return this.at(ms, { kind: "list", node: "w0", came: [], went: [run] });
  }

  /** The watcher has somebody again. */
  gets(ms: number, run: Run): this {
    return this.at(ms, { kind: "list", node: "w0", came: [run], went: [] });
  }

  /** A view of the watcher with one source, and those who are gone from it. */
  views(
    ms: number,
    source: { readonly epoch: string; readonly revision: number },
    gone: readonly Run[] = [],
  ): this {
    const seen = { registrar: "r0", authority: "live", ...source };
    const revision = this.#revision;
    this.#revision += 1;
    const told = { node: "w0", authority: "live", gone, sources: [seen] } as const;
    return this.at(ms, { kind: "view", revision, ...told });
  }

  get story(): Story {
    return {
      scenario: "tale",
      seed: 1,
      cast: CAST,
      fromMs: BEGIN_MS,
      toMs: END_MS,
      faults: [],
      facts: this.#facts,
    };
  }

  /** What a claim says of it. */
  judge(claim: Claim): readonly Violation[] {
    return claim.check(new History(this.story), BOUNDS);
  }
}
