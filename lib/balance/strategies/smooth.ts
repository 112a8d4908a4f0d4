/** So many steps at most are spent on the exact order of one list: some milliseconds. */
const STEPS_MAX = 1 << 18;
/** The longest period, in turns: shares are exact to 1 in so many. */
export const TURNS_MAX = 1 << 16;

/**
 * The turns of one period of smooth weighted round robin, such as 0 0 1 0 2 0 0 for 5, 1, 1: the order
 * of nginx while computing it is cheap (peers times turns up to 2^18), else each peer's turns at even
 * distances. A period has as many turns as the sum of the weights by their common divisor; where that
 * is more than 65,536 the weights are rounded so that it is about as many.
 */
export function smoothOrder(weights: readonly number[]): Uint32Array {
  // Nobody has a weight where only those are left that take no work otherwise.
  if (weights.every((weight) => weight === weights[0])) {
    return Uint32Array.from(weights, (_, slot) => slot);
  }
  const shares = sharesOf(weights);
  const total = shares.reduce((sum, share) => sum + share, 0);
  return total * shares.length <= STEPS_MAX ? nginxOrder(shares, total) : evenOrder(shares, total);
}

/** Small whole numbers with the proportions of the weights. */
function sharesOf(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const divisor = weights.every(Number.isInteger) ? weights.reduce(commonDivisor, 0) : 0;
  if (divisor > 0 && total / divisor <= TURNS_MAX) return weights.map((weight) => weight / divisor);
  return weights.map((weight) => Math.max(1, Math.round((weight * TURNS_MAX) / total)));
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** In each turn everybody gains its share; the richest is chosen and pays the sum of all. */
function nginxOrder(shares: readonly number[], total: number): Uint32Array {
  const wealth = Float64Array.from(shares, () => 0);
  return Uint32Array.from({ length: total }, () => {
    let best = 0;
    for (let slot = 0; slot < shares.length; slot += 1) {
      wealth[slot] = (wealth[slot] ?? 0) + (shares[slot] ?? 0);
      if ((wealth[slot] ?? 0) > (wealth[best] ?? 0)) best = slot;
    }
    wealth[best] = (wealth[best] ?? 0) - total;
    return best;
  });
}

/** The k-th turn of a peer is due at (k + 1/2) / share of the period; sorted by counting, O(turns). */
function evenOrder(shares: readonly number[], total: number): Uint32Array {
  const starts = new Uint32Array(total + 1);
  const eachTurn = (visit: (slot: number, dueAt: number) => void): void => {
    for (const [slot, share] of shares.entries()) {
      for (let k = 0; k < share; k += 1) visit(slot, Math.floor(((k + 0.5) * total) / share));
    }
  };
  eachTurn((_, dueAt) => (starts[dueAt + 1] = (starts[dueAt + 1] ?? 0) + 1));
  for (let at = 1; at <= total; at += 1) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const order = new Uint32Array(total);
  eachTurn((slot, dueAt) => {
    const place = starts[dueAt] ?? 0;
    order[place] = slot;
    starts[dueAt] = place + 1;
  });
  return order;
}
