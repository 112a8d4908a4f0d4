const UINT32 = 0x1_0000_0000;
/** Multiplying is cheaper than dividing, and by a power of two as exact. */
const UNIT = 1 / UINT32;

/**
 * A fast source of numbers in [0, 1): Xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003), started at
 * random. `Math.random` costs as much as the rest of a pick. Good enough to spread work, not to keep
 * secrets.
 */
export function fastRandom(): () => number {
  let state = Math.floor(Math.random() * UINT32) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) * UNIT;
  };
}
