import { setTimeout as pause } from "node:timers/promises";
import { machineMs } from "../bench/clock.ts";
import { told } from "./faults.ts";
import type { Era } from "./faults.ts";
import type { Stage } from "./stage.ts";
import type { DoneFault } from "./story.ts";

interface Act {
  readonly atMs: number;
  readonly run: () => Promise<void> | void;
}

/**
 * Does to the processes what an era says, when it says so; resolves when everything is lifted. `ending`
 * is called before packet loss is lifted.
 */
export async function perform(
  stage: Stage,
  era: Era,
  ending: () => void = () => {},
): Promise<readonly DoneFault[]> {
  const startMs = machineMs();
  const done: DoneFault[] = [];
  const acts = era.faults.flatMap(({ fault, fromMs, toMs }): readonly Act[] => {
    let begunMs: number | undefined;
    return [
      {
        atMs: fromMs,
        run: () => {
          if (!stage.isPossible(fault)) return;
          begunMs = machineMs();
          stage.begin(fault);
        },
      },
      {
        atMs: toMs,
        run: async () => {
          if (begunMs === undefined) return;
          if (fault.kind === "loss") ending();
          await stage.lift(fault);
          done.push({ fault, fromMs: begunMs, toMs: machineMs() });
        },
      },
    ];
  });
  for (const { atMs, run } of acts.toSorted((a, b) => a.atMs - b.atMs)) {
    await pause(Math.max(0, startMs + atMs - machineMs()));
    await run();
  }
  return done;
}

/** An era in a few words, for whoever looks on. */
export function summaryOf({ spared, faults, lengthMs }: Era): string {
  const kinds = new Map<string, number>();
  for (const { fault } of faults) kinds.set(fault.kind, (kinds.get(fault.kind) ?? 0) + 1);
  const counts = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ");
  return `${(lengthMs / 1000).toFixed(0)} s, ${spared === null ? "nobody is spared" : `${spared} is spared`}: ${counts}`;
}

/** The faults that lay in a stretch of time, one a line: the story around a violation. */
export function around(
  faults: readonly DoneFault[],
  of: { readonly fromMs: number; readonly toMs: number; readonly zeroMs: number },
): readonly string[] {
  const { fromMs, toMs, zeroMs } = of;
  const seconds = (ms: number): string => `${((ms - zeroMs) / 1000).toFixed(2)} s`;
  return faults
    .filter((done) => done.toMs >= fromMs && done.fromMs <= toMs)
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map((done) => `${seconds(done.fromMs)} to ${seconds(done.toMs)}: ${told(done.fault)}`);
}
