import { serve } from "../../bench/serve.ts";
import { MACHINES } from "../../fuzz/machines.ts";
import { decodeMany } from "../decoding.ts";
import type { Decoding } from "../decoding.ts";

/** How much, and from which seed. */
export interface Pounding {
  readonly count: number;
  readonly seed: number;
}

/** How many runs of machines under a leaping clock, and what failed. */
export interface Leaping {
  readonly runs: number;
  readonly failures: readonly string[];
}

const SECONDS_MAX = 40;

const MB = 1_048_576;

/** What needs no registrar: decoders and machines, in a process of their own. */
const commands = serve({
  /** The memory that is left when nothing is decoded any more. */
  rssMb(): number {
    globalThis.gc?.();
    return process.memoryUsage().rss / MB;
  },
  decode: ({ count, seed }: Pounding): Promise<Decoding> => decodeMany(count, seed),
  leap({ count, seed }: Pounding): Leaping {
    const runs = Math.ceil(count / MACHINES.length);
    const outcomes = MACHINES.map((machine) =>
      machine.search({ seconds: SECONDS_MAX, seed, runs }),
    );
    return {
      runs: outcomes.reduce((sum, { inputs }) => sum + inputs, 0),
      failures: outcomes.flatMap(({ finding }) =>
        finding === undefined ? [] : [finding.why, finding.text],
      ),
    };
  },
});

export type PounderRole = typeof commands;
