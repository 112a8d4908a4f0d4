import type { RecordedPeerEvent, Recording } from "../core/recording.ts";
import { REGISTRAR } from "./office.ts";
import type { Action } from "./scenario.ts";

/** A process of a replay starts so long before its JOIN is read. */
export const START_MS = 0.6;

/** Something that both the recording and the replay can tell the time of. */
export type Landmark = `${"came" | "late" | "stalled"} ${number} of ${string}`;

/**
 * How a time of a fault is corrected by the error of a landmark in the pass before. `correct` takes
 * the error away; `follow` goes along with it, where it cannot be taken away: a member's phase slot.
 */
export interface Anchor {
  readonly landmark: Landmark;
  readonly mode: "correct" | "follow";
}

/** A fault of the replay, in time of the recording. */
export interface Fault {
  readonly fromMs: number;
  /** Infinity for what does not end, and for what takes no time. */
  readonly toMs: number;
  readonly from: Anchor | null;
  readonly to: Anchor | null;
  readonly act: (atMs: number, forMs: number) => Action;
}

/** The registrar's own stalls. */
export function registrarFaults({ registrar }: Recording, fromMs: number): readonly Fault[] {
  let count = 0;
  return registrar.flatMap((event) => {
    if (event.kind !== "stalled" || event.atMs < fromMs) return [];
    const landmark: Landmark = `stalled ${count} of ${REGISTRAR}`;
    count += 1;
    const fault: Fault = {
      fromMs: event.atMs - event.lateMs,
      toMs: event.atMs,
      from: { landmark, mode: "correct" },
      to: { landmark, mode: "correct" },
      act: (atMs, forMs) => ({ kind: "stall", node: REGISTRAR, atMs, forMs }),
    };
    return [fault];
  });
}

/**
 * Landmarks of one node in the order of its events, with their times. The coming of one that was
 * there is not among its events, but counts.
 */
export function landmarksOf(
  node: string,
  events: readonly RecordedPeerEvent[],
  wasThere: boolean,
): ReadonlyMap<Landmark, number> {
  const found = new Map<Landmark, number>();
  let came = wasThere ? 1 : 0;
  let late = 0;
  for (const event of events) {
    if (event.kind === "joined" || event.kind === "reconnected") {
      found.set(`came ${came} of ${node}`, event.atMs);
      came += 1;
    } else if (event.kind === "late" && event.missed === 1) {
      found.set(`late ${late} of ${node}`, event.atMs);
      late += 1;
    }
  }
  return found;
}
