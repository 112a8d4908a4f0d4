/**
 * A consistent-hash ring that follows a list of peers: the same key goes to the same peer, a peer
 * that comes or goes moves few keys, and what moved is said.
 */
export type { RingMember } from "./counts.ts";
export { HashRing } from "./hash-ring.ts";
export type { RingUpdate } from "./hash-ring.ts";
export type { RingInput } from "./members.ts";
export { movedShare } from "./moved.ts";
export type { MovedRange } from "./moved.ts";
export type { HashRingOptions, RingOptions } from "./options.ts";
export { ring } from "./ring.ts";
export type { Ring, RingChange } from "./ring.ts";
