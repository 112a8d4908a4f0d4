import { hash } from "node:crypto";
import { randomId } from "./random.ts";

/** One run of a client: its public name, and what nobody else knows. */
export interface OwnInstance {
  /** 32 hexadecimal digits. It is in the list, so everybody knows it. */
  readonly instance: string;
  /** 32 hexadecimal digits, shown to registrars alone: whoever has it may speak for the instance. */
  readonly secret: string;
}

/** Half of the digest: 128 bits, like every other random name here. */
const DIGITS = 32;

/**
 * The instance that belongs to a secret: the first half of its SHA-256 (FIPS 180-4). An instance can be
 * read in every list; its secret cannot be found from it.
 */
export function instanceOf(secret: string): string {
  return hash("sha256", Buffer.from(secret, "hex"), "hex").slice(0, DIGITS);
}

/** Another one each time. */
export function newInstance(): OwnInstance {
  const secret = randomId();
  return { instance: instanceOf(secret), secret };
}
