const BYTES = new TextEncoder();

/**
 * MurmurHash3 of the UTF-8 bytes of a text, 32 bits, for machines of any byte order: Austin Appleby,
 * `MurmurHash3_x86_32`, 2011, in the public domain (github.com/aappleby/smhasher). Spreads well and
 * is the same everywhere; it keeps no secrets. `seed` is a whole number of 32 bits.
 */
export function murmur3(text: string, seed: number): number {
  const bytes = BYTES.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed | 0;
  for (let at = 0; at < whole; at += 4) {
    hash ^= scramble(view.getInt32(at, true));
    hash = (Math.imul(rotate(hash, 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= whole; at -= 1) tail = (tail << 8) | view.getUint8(at);
  // Without a tail this changes nothing.
  hash ^= scramble(tail);
  return finish(hash ^ bytes.length);
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** The last step by itself: lets every bit of a word change half of the result. */
export function finish(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
