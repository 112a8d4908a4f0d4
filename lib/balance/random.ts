const UINT32 = 0x1_0000_0000;
/** Multiplying is cheaper than dividing, and by a power of two as exact. */
const UNIT = 1 / UINT32;

/** A whole number from 0 to below `count`, each as likely as another. */
export type Die = (count: number) => number;

/** The state that follows in Xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003); never 0 after another. */
export function xorshift(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next;
}

/**
 * A fast source of whole numbers, started at random.
 * `Math.random` costs as much as the rest of a pick, and so does a fraction, which is put on the heap
 * where a call returns it. Good enough to spread work, not to keep secrets.
 */
export function fastDie(): Die {
  let state = Math.floor(Math.random() * UINT32) | 1;
  return (count) => {
    state = xorshift(state);
    return ((state >>> 0) * UNIT * count) | 0;
  };
}

/** A die over numbers in [0, 1). */
export function dieOf(random: () => number): Die {
  return (count) => (random() * count) | 0;
}
