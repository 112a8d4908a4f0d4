const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Steps of this length come to each of so many slots once, and are spread evenly however few they are. */
export function strideOf(count: number): number {
  let stride = Math.round(count * GOLDEN);
  while (hasCommonFactor(stride, count)) stride += 1;
  return stride;
}

function hasCommonFactor(a: number, b: number): boolean {
  return b === 0 ? a > 1 : hasCommonFactor(b, a % b);
}
