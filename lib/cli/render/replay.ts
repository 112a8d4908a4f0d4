import type { Recording } from "../../index.ts";
import type { Decision, Difference, Replay } from "../../testing/index.ts";
import type { Paint } from "./style.ts";
import { pad, visible } from "./text.ts";
import { duration } from "./time.ts";

const TIME_WIDTH = 10;

/** What a replay found: `replay --json`. Times are milliseconds since the start of the registrar. */
export interface ReplayOutput {
  readonly kind: "replay";
  readonly recorded: readonly Decision[];
  readonly replayed: readonly Decision[];
  readonly differences: readonly Difference[];
  /** An invariant that did not hold, in words. */
  readonly violation: string | null;
  readonly leftOut: readonly string[];
  readonly passes: number;
  readonly scenario: Replay["scenario"];
}

/** A replay as `--json` shows it. */
export function replayOutput(replay: Replay): ReplayOutput {
  const { recorded, replayed, differences, leftOut, passes, scenario } = replay;
  const violation = replay.violation?.message ?? null;
  return { kind: "replay", recorded, replayed, differences, violation, leftOut, passes, scenario };
}

/** A replay for people: a line for each decision, and what they come to. */
export function replayLines(
  { peers, ranMs, epoch }: Pick<Recording, "peers" | "ranMs" | "epoch">,
  replay: Replay,
  paint: Paint,
): readonly string[] {
  const { recorded, differences, violation, leftOut } = replay;
  const told = new Map(differences.map((d) => [d.recorded ?? d.replayed, d]));
  const additional = differences.flatMap(({ kind, replayed }) =>
    kind === "additional" && replayed !== null ? [replayed] : [],
  );
  const decisions = [...recorded, ...additional].toSorted((a, b) => a.atMs - b.atMs);
  const head = `${peers.length} peers, ${duration(ranMs)}, epoch ${epoch.slice(0, 8)}`;
  return [
    paint("bold", head),
    ...decisions.map((decision) => decisionLine(decision, told.get(decision), paint)),
    ...leftOut.map((what) => paint("yellow", `  left out: ${visible(what)}`)),
    ...(violation === null ? [] : [paint("red", violation.message)]),
    verdictOf(replay, paint),
  ];
}

function decisionLine(
  decision: Decision,
  difference: Difference | undefined,
  paint: Paint,
): string {
  const time = pad(`${(decision.atMs / 1000).toFixed(3)} s`, TIME_WIDTH, "right");
  const text = `${time}  ${visible(decision.node)} ${decision.kind}: ${decision.cause}`;
  if (difference === undefined) return `${text}  ${paint("green", "same")}`;
  return `${text}  ${paint("red", otherwise(difference))}`;
}

function otherwise({ kind, recorded, replayed }: Difference): string {
  switch (kind) {
    case "missing":
      return "not in the replay";
    case "additional":
      return "only in the replay";
    case "cause":
      return `in the replay ${replayed?.kind}: ${replayed?.cause}`;
    case "time": {
      const byMs = (replayed?.atMs ?? 0) - (recorded?.atMs ?? 0);
      return `in the replay ${duration(Math.abs(byMs))} ${byMs > 0 ? "later" : "earlier"}`;
    }
    default:
      return kind satisfies never;
  }
}

function verdictOf({ recorded, differences, violation }: Replay, paint: Paint): string {
  const invariants = violation === null ? "every invariant held" : `"${violation.invariant}" broke`;
  if (differences.length === 0) {
    return paint("green", `${recorded.length} decisions, all the same; ${invariants}`);
  }
  return paint("red", `${recorded.length} decisions, ${differences.length} differ; ${invariants}`);
}
