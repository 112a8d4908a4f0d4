/** Machine time: monotonic, in milliseconds; it goes on while the process is stopped. */
export function nowMs(): number {
  return performance.now();
}

/** A moment of machine time on the wall clock, in milliseconds since 1970. */
export function wallOf(machineMs: number): number {
  return Math.round(Date.now() - (performance.now() - machineMs));
}
