/**
 * Milliseconds of the clock that all processes of this machine share and that nobody sets: the
 * moment of a kill in one process and of its arrival in another can be subtracted.
 */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
