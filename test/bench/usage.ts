import { setTimeout as pause } from "node:timers/promises";

/** What a process did in one slice of time. */
export interface Slice {
  readonly cpuMs: number;
  readonly surveys: number;
}

/** How often and how long to look. */
export interface Sampling {
  readonly slices: number;
  readonly sliceMs: number;
}

/** Processor time of this process, all threads, beside the surveys that it sent. */
export async function sampleUsage(
  { slices, sliceMs }: Sampling,
  surveys: () => number,
): Promise<Slice[]> {
  const found: Slice[] = [];
  let before = { cpu: process.cpuUsage(), surveys: surveys() };
  for (let slice = 0; slice < slices; slice += 1) {
    await pause(sliceMs);
    const { user, system } = process.cpuUsage(before.cpu);
    const now = { cpu: process.cpuUsage(), surveys: surveys() };
    found.push({ cpuMs: (user + system) / 1000, surveys: now.surveys - before.surveys });
    before = now;
  }
  return found;
}
