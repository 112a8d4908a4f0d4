import { hash } from "node:crypto";

/** Points lie on a circle of so many; what is past the last point belongs to the first. */
export const CIRCLE = 2 ** 32;

/** Points that one MD5 digest yields: sixteen bytes are four words of 32 bits. */
export const WORDS_PER_DIGEST = 4;

/**
 * Where a key lies on the circle: the first four bytes of its MD5 digest, the lowest first, as
 * libketama and `hashring` read them.
 */
export function hashOf(key: string): number {
  return wordAt(digestOf(key), 0);
}

/** The points of one virtual node, `replicas` of them: the words of the digest of `name-index`. */
export function pointsOf(name: string, index: number, replicas: number): readonly number[] {
  const digest = digestOf(`${name}-${index}`);
  const points: number[] = [];
  for (let word = 0; word < replicas; word += 1) points.push(wordAt(digest, word));
  return points;
}

/** As text of one byte per character: half the time of a buffer, which has to be allocated. */
function digestOf(text: string): string {
  return hash("md5", text, "binary");
}

function wordAt(digest: string, word: number): number {
  const at = word * 4;
  const low = digest.charCodeAt(at) | (digest.charCodeAt(at + 1) << 8);
  return (low | (digest.charCodeAt(at + 2) << 16) | (digest.charCodeAt(at + 3) << 24)) >>> 0;
}
