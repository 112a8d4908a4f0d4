import { randomBytes, randomFillSync } from "node:crypto";

/** Numbers drawn from the system at one time. */
const POOL = 256;

/** 128 random bits in hexadecimal. */
export function randomId(): string {
  return randomBytes(16).toString("hex");
}

/** A source of numbers in [0, 1) that nobody can guess, 32 bits each. */
export function randomSource(): () => number {
  let used = POOL;
  const numbers = new Uint32Array(POOL);
  return () => {
    if (used >= numbers.length) {
      randomFillSync(numbers);
      used = 0;
    }
    const number = numbers[used] ?? 0;
    used += 1;
    return number / 0x1_0000_0000;
  };
}
