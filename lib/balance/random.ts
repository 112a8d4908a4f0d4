const UINT32 = 0x1_0000_0000;
/** Multiplying is cheaper than dividing, and by a power of two as exact. */
const UNIT = 1 / UINT32;

/** A whole number from 0 to below `count`, each as likely as another. */
export type Die = (count: number) => number;

/**
 * A fast source of whole numbers: Xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003), started at random.
 * `Math.random` costs as much as the rest of a pick, and so does a fraction, which is put on the heap
 * where a call returns it. Good enough to spread work, not to keep secrets.
 */
export function fastDie(): Die {
  let state = Math.floor(Math.random() * UINT32) | 1;
  return (count) => {
    let next = state;
    next ^= next << 13;
    next ^= next >>> 17;
    next ^= next << 5;
    state = next;
    return ((next >>> 0) * UNIT * count) | 0;
  };
}

/** A die over numbers in [0, 1). */
export function dieOf(random: () => number): Die {
  return (count) => (random() * count) | 0;
}
