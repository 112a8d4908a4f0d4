import { randomFillSync } from "node:crypto";

/** Bytes drawn from the system at one time, for all who need some: each draw is a system call. */
const POOL_BYTES = 4096;
const ID_BYTES = 16;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** 128 random bits in hexadecimal. */
export function randomId(): string {
  const start = drawn(ID_BYTES);
  return pool.toString("hex", start, start + ID_BYTES);
}

/** A source of numbers in [0, 1) that nobody can guess, 32 bits each. */
export function randomSource(): () => number {
  return () => pool.readUInt32LE(drawn(4)) / 0x1_0000_0000;
}

/** Where so many bytes begin that were never given out. */
function drawn(bytes: number): number {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return used - bytes;
}
