import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { encodeRoster } from "../../lib/wire/roster.ts";
import { encodeToClient, encodeToRegistrar } from "../../lib/wire/survey.ts";
import { instanceNamed } from "../helpers/instances.ts";
import { fromRegistrar, published, toRegistrar } from "../wire/arbitraries.ts";

/** Valid messages of each kind that frames are made from. */
const SEEDS_EACH = 40;
/** Longer seeds are left out: they would make a flood of a few frames. */
const SEED_BYTES_MAX = 2048;
const RANDOM_BYTES_MAX = 96;
const EDITS_MAX = 3;
/** Of 100 frames so many are random, and so many of the others are as they should be. */
const RANDOM_PERCENT = 20;
const VALID_PERCENT = 20;

/** Room that one frame of a mill may take. */
export const MILL_BYTES_MAX = SEED_BYTES_MAX + EDITS_MAX * 16;

/** Marsaglia's xorshift, 32 bits: one number costs a nanosecond. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 === 0 ? 0x9e37_79b9 : seed >>> 0;
  }

  /** A whole number below `end`. */
  below(end: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return Math.floor((this.#state / 0x1_0000_0000) * end);
  }
}

/**
 * Makes hostile frames without end: random bytes, valid messages with a few bytes changed, left out
 * or put in, and valid messages. The same seed makes the same frames.
 */
export class Mill {
  readonly #dice: Dice;
  readonly #seeds: readonly Uint8Array[];

  constructor(seeds: readonly Uint8Array[], seed: number) {
    this.#seeds = seeds.filter(({ length }) => length <= SEED_BYTES_MAX);
    this.#dice = new Dice(seed);
  }

  /** Writes one frame into `target` from `at` on and returns its length, at most `MILL_BYTES_MAX`. */
  write(target: Uint8Array, at: number): number {
    const dice = this.#dice;
    if (dice.below(100) < RANDOM_PERCENT) {
      return this.#noise(target, at, dice.below(RANDOM_BYTES_MAX + 1));
    }
    const seed = this.#seeds[dice.below(this.#seeds.length)] ?? new Uint8Array();
    target.set(seed, at);
    if (dice.below(100) < VALID_PERCENT) return seed.length;
    let { length } = seed;
    for (let edits = 1 + dice.below(EDITS_MAX); edits > 0; edits -= 1) {
      length = this.#edit(target, at, length);
    }
    return length;
  }

  /** One frame of its own. */
  frame(): Uint8Array {
    const room = new Uint8Array(MILL_BYTES_MAX);
    return room.subarray(0, this.write(room, 0));
  }

  #noise(target: Uint8Array, at: number, length: number): number {
    for (let index = at; index < at + length; index += 1) target[index] = this.#dice.below(256);
    return length;
  }

  #edit(target: Uint8Array, at: number, length: number): number {
    const dice = this.#dice;
    const where = dice.below(length + 1);
    switch (dice.below(4)) {
      case 0:
        if (where < length) target[at + where] = dice.below(256);
        return length;
      case 1:
        return where;
      case 2: {
        const count = Math.min(length - where, dice.below(8));
        target.copyWithin(at + where, at + where + count, at + length);
        return length - count;
      }
      default: {
        const count = dice.below(16);
        target.copyWithin(at + where + count, at + where, at + length);
        this.#noise(target, at + where, count);
        return length + count;
      }
    }
  }
}

/** What clients say, in one run of a registrar. */
export function toRegistrarSeeds(epoch: string, seed: number): readonly Uint8Array[] {
  return samples(Object.values<Arbitrary<unknown>>(toRegistrar), seed).map((message, at) => {
    const said = { ...(message as Parameters<typeof encodeToRegistrar>[0]), epoch };
    // Without its secret nothing would get as far as the machine.
    const isOwn = said.kind === "join" || said.kind === "watch";
    return encodeToRegistrar(isOwn ? { ...said, ...instanceNamed(`${seed}-${at}`) } : said);
  });
}

/** What a registrar says to one client. */
export function fromRegistrarSeeds(seed: number): readonly Uint8Array[] {
  return samples(Object.values<Arbitrary<unknown>>(fromRegistrar), seed).map((message) =>
    encodeToClient(message as Parameters<typeof encodeToClient>[0]),
  );
}

/** What a registrar publishes, frame by frame. */
export function rosterSeeds(seed: number): readonly (readonly Uint8Array[])[] {
  return samples(Object.values<Arbitrary<unknown>>(published), seed).map((one) => {
    const { message, topic } = one as Parameters<typeof encodeRosterOf>[0];
    return encodeRosterOf({ message, topic });
  });
}

function encodeRosterOf(of: {
  readonly message: Parameters<typeof encodeRoster>[0];
  readonly topic: string;
}): readonly Uint8Array[] {
  return encodeRoster(of.message, of.topic);
}

function samples(arbitraries: readonly Arbitrary<unknown>[], seed: number): readonly unknown[] {
  return arbitraries.flatMap((arbitrary) => fc.sample(arbitrary, { numRuns: SEEDS_EACH, seed }));
}
