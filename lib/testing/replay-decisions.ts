import type { LeftCause } from "../core/peer.ts";
import type { RecordedPeerEvent } from "../core/recording.ts";

/** What a registrar decided about one process. */
export interface Decision {
  /** The process: `service/id`, from the second one of a name on with a number. */
  readonly node: string;
  readonly kind: "suspect" | "gone";
  readonly cause: LeftCause;
  /** In time of the recording. */
  readonly atMs: number;
}

/** Where the replay decides otherwise than the recording. */
export interface Difference {
  /** `missing` and `additional` are told from the replay's side. */
  readonly kind: "missing" | "additional" | "cause" | "time";
  readonly recorded: Decision | null;
  readonly replayed: Decision | null;
}

/** The decisions among the events of one process. */
export function decisionsOf(
  node: string,
  events: readonly RecordedPeerEvent[],
): readonly Decision[] {
  return events.flatMap((event) => {
    if (event.kind !== "suspect" && event.kind !== "gone") return [];
    const { kind, cause, atMs } = event;
    return [{ node, kind, cause, atMs }];
  });
}

/** Compares what was decided about each process, in order. Times may differ by `toleranceMs`. */
export function differencesOf(
  recorded: readonly Decision[],
  replayed: readonly Decision[],
  toleranceMs: number,
): readonly Difference[] {
  const nodes = new Set([...recorded, ...replayed].map(({ node }) => node));
  const byTime = (d: Difference): number => (d.recorded ?? d.replayed)?.atMs ?? 0;
  return [...nodes]
    .flatMap((node) => {
      const of = (decision: Decision): boolean => decision.node === node;
      return differOf(recorded.filter(of), replayed.filter(of), toleranceMs);
    })
    .toSorted((a, b) => byTime(a) - byTime(b));
}

function differOf(
  recorded: readonly Decision[],
  replayed: readonly Decision[],
  toleranceMs: number,
): readonly Difference[] {
  const differences: Difference[] = [];
  const left = [...replayed];
  for (const [at, decision] of recorded.entries()) {
    const twin = left.findIndex((other) => isSame(decision, other));
    const next = left[0];
    // Another cause for the same step, unless a later step is the one.
    if (
      twin < 0 &&
      next?.kind === decision.kind &&
      !recorded.slice(at + 1).some((d) => isSame(d, next))
    ) {
      differences.push({ kind: "cause", recorded: decision, replayed: next });
      left.shift();
      continue;
    }
    if (twin < 0) {
      differences.push({ kind: "missing", recorded: decision, replayed: null });
      continue;
    }
    for (const extra of left.splice(0, twin)) {
      differences.push({ kind: "additional", recorded: null, replayed: extra });
    }
    const found = left.shift();
    if (found !== undefined && Math.abs(found.atMs - decision.atMs) > toleranceMs) {
      differences.push({ kind: "time", recorded: decision, replayed: found });
    }
  }
  for (const extra of left) {
    differences.push({ kind: "additional", recorded: null, replayed: extra });
  }
  return differences;
}

function isSame(a: Decision, b: Decision): boolean {
  return a.kind === b.kind && a.cause === b.cause;
}
