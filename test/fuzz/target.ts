import fc from "fast-check";
import type { Arbitrary } from "fast-check";

/** How long to search, and where to begin. */
export interface Search {
  readonly seconds: number;
  readonly seed?: number;
  /** Ends the search after so many inputs. */
  readonly runs?: number;
}

/** What a search came to. */
export interface Outcome {
  readonly inputs: number;
  readonly finding?: Finding;
}

/** An input that something does not hold for, made as small as could be. */
export interface Finding {
  /** One line, as it is kept in the corpus. */
  readonly text: string;
  readonly why: string;
}

/** Something to be fed with hostile input. */
export interface Target {
  readonly name: string;
  /** The exports that it feeds, as `lib/wire/survey.ts decodeToRegistrar`. */
  readonly covers: readonly string[];
  /** Looks for an input that fails. */
  readonly search: (search: Search) => Outcome;
  /** Feeds one line of a corpus; throws what it finds. */
  readonly replay: (text: string) => void;
}

/** How inputs are made, checked, and written down. */
export interface Recipe<T> {
  readonly name: string;
  readonly covers: readonly string[];
  readonly arbitrary: Arbitrary<T>;
  /** Throws where something does not hold. */
  readonly check: (input: T) => void;
  readonly write: (input: T) => string;
  readonly read: (text: string) => T;
}

/** Without a bound of its own a search ends by its time. */
const RUNS_MAX = 1_000_000_000;
/** However short the time, so many inputs. */
const RUNS_LEAST = 20;
/** What making an input smaller may take, beyond the time of the search. */
const SHRINK_MS = 20_000;

export function targetOf<T>({ name, covers, arbitrary, check, write, read }: Recipe<T>): Target {
  return {
    name,
    covers,
    replay: (text) => check(read(text)),
    search({ seconds, seed, runs = RUNS_MAX }) {
      let inputs = 0;
      const endMs = performance.now() + seconds * 1000 + SHRINK_MS;
      const property = fc.property(arbitrary, (input) => {
        inputs += 1;
        // What takes longer is told as it is.
        if (performance.now() < endMs) check(input);
      });
      const given = seed === undefined ? {} : { seed };
      const interruptAfterTimeLimit = seconds * 1000;
      const timed = { numRuns: runs, interruptAfterTimeLimit, markInterruptAsFailure: false };
      let details = fc.check(property, { ...timed, ...given });
      // On a busy machine the time may be over before anything was made up.
      if (inputs === 0) details = fc.check(property, { numRuns: RUNS_LEAST, ...given });
      const [input] = details.counterexample ?? [];
      if (!details.failed || input === undefined) return { inputs };
      return { inputs, finding: { text: write(input), why: String(details.errorInstance) } };
    },
  };
}

/** Frames in hexadecimal digits, one space between two of them; a dash is an empty frame. */
export const FRAMES: Pick<Recipe<readonly Uint8Array[]>, "write" | "read"> = {
  write: (frames) => frames.map((frame) => Buffer.from(frame).toString("hex") || "-").join(" "),
  read: (text) =>
    text.split(" ").map((hex) => new Uint8Array(Buffer.from(hex.replace("-", ""), "hex"))),
};

/** Plain data as JSON. */
export function jsonOf<T>(): Pick<Recipe<T>, "write" | "read"> {
  return { write: (input) => JSON.stringify(input), read: (text) => JSON.parse(text) as T };
}
