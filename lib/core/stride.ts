const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Steps of this length come to each of so many slots once, and are spread evenly however few they are. */
export function strideOf(count: number): number {
  let stride = Math.round(count * GOLDEN);
  while (hasCommonFactor(stride, count)) stride += 1;
  return stride;
}

/** By far steps from one slot: those who join together are asked far apart, so that some are late soon. */
export function lightestOf(
  slots: readonly ReadonlySet<string>[],
  from: number,
  stride: number,
): number {
  const count = slots.length;
  let best = from % count;
  for (let n = 1, slot = best; n < count; n += 1) {
    slot = (slot + stride) % count;
    if ((slots[slot]?.size ?? 0) < (slots[best]?.size ?? 0)) best = slot;
  }
  return best;
}

function hasCommonFactor(a: number, b: number): boolean {
  return b === 0 ? a > 1 : hasCommonFactor(b, a % b);
}
