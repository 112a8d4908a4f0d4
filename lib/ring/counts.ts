/** A member of a ring. */
export interface RingMember {
  /** What its virtual nodes are hashed from, such as `10.0.0.1:11211`. */
  readonly name: string;
  /** Share of the keys relative to others; 0 owns nothing. Default 1. */
  readonly weight?: number;
  /** Share of its own virtual nodes that are on the ring, 0 to 1; at least one is. Default 1. */
  readonly share?: number;
}

/**
 * How many virtual nodes each member has. `hashring` gives a server its part of the whole weight
 * times the number of servers times 40, rounded down, so the counts of others can change when one
 * comes or goes. The operations and their order are those of `hashring`, because their rounding
 * shows: seven equal weights have 39 virtual nodes each, not 40. Members are in the order of names.
 */
export function countsOf(members: readonly RingMember[], virtualNodes: number): readonly number[] {
  const weights = members.map((member) => member.weight ?? 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const owners = weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0);
  return members.map(({ share = 1 }, at) => {
    const weight = weights[at] ?? 0;
    if (weight <= 0) return 0;
    const full = Math.floor((weight / total) * virtualNodes * owners);
    return share >= 1 ? full : Math.min(full, Math.max(1, Math.floor(full * share)));
  });
}
