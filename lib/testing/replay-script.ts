import { learningMs } from "../core/options.ts";
import type { Recording } from "../core/recording.ts";
import { REGISTRAR } from "./office.ts";
import { registrarFaults, START_MS } from "./replay-faults.ts";
import type { Anchor, Fault, Landmark } from "./replay-faults.ts";
import { faultsOf } from "./replay-plan.ts";
import { runsOf, windowStartMs } from "./replay-runs.ts";
import type { Run } from "./replay-runs.ts";
import type { Action, Scenario } from "./scenario.ts";

/** The node that watches, so that what is claimed of lists is checked. */
const OBSERVER = "observer";
/** Those who return were listed by a registrar that was up for this long, and down for that long. */
const BEFORE_MS = 600;
const DOWN_MS = 50;
/** A client waits for a greeting at least so long, and so much longer than anybody was away. */
const HELLO_MS = 2000;
const HELLO_MAX_MS = 60_000;

/** By how much the times of faults are moved, by landmark. */
export interface Corrections {
  readonly correct: ReadonlyMap<Landmark, number>;
  readonly follow: ReadonlyMap<Landmark, number>;
}

/** A recording as faults, to be made a scenario with corrected times. */
export class ReplayScript {
  readonly runs: readonly Run[];
  /** Time of the scenario minus time of the recording. */
  readonly offsetMs: number;
  /** When the run of the registrar begins that is compared, in time of the scenario. */
  readonly originMs: number;
  readonly #recording: Recording;
  readonly #seed: number;
  readonly #fromMs: number;
  /** It goes on for so long, for what comes a little later than recorded. */
  readonly #moreMs: number;
  readonly #faults: readonly Fault[];

  constructor(
    recording: Recording,
    {
      seed,
      forMs,
      moreMs,
    }: { readonly seed: number; readonly forMs: number; readonly moreMs: number },
  ) {
    this.#moreMs = moreMs;
    this.#recording = recording;
    this.#seed = seed;
    this.#fromMs = windowStartMs(recording, forMs);
    this.runs = runsOf(recording, this.#fromMs);
    const { tuning } = recording;
    const hasReturns = this.runs.some(({ isReturning }) => isReturning);
    const { surveyIntervalMs } = tuning;
    if (this.#fromMs > 0) {
      // By then it has learned, and everybody has the phase slot that it had.
      const leadMs = learningMs(tuning) + 2 * surveyIntervalMs;
      this.offsetMs = Math.ceil((leadMs - this.#fromMs) / surveyIntervalMs) * surveyIntervalMs;
      this.originMs = 0;
    } else {
      this.offsetMs = hasReturns ? BEFORE_MS + DOWN_MS : 0;
      this.originMs = this.offsetMs;
    }
    this.#faults = [
      ...this.runs.flatMap((run) => [...startsOf(run), ...faultsOf(run, recording)]),
      ...registrarFaults(recording, this.#fromMs),
    ];
  }

  scenario(corrections: Corrections): Scenario {
    const { tuning, ranMs } = this.#recording;
    const faults = this.#faults.map((fault) => this.#action(fault, corrections));
    return {
      options: {
        seed: this.#seed,
        registrar: tuning,
        client: { reconnectMinMs: 1, helloTimeoutMs: this.#helloMs() },
        network: {
          delayMs: [0.1, 0.1],
          retransmitMs: [0, 0],
          timerMs: [0, 0],
          dialRetryMs: 5,
          keepaliveMs: 0,
        },
      },
      actions: [...this.#stage(), ...faults].toSorted((a, b) => a.atMs - b.atMs),
      untilMs: ranMs + this.offsetMs + this.#moreMs,
    };
  }

  /** Who is there when it begins, and the registrar before this one where somebody returns. */
  #stage(): readonly Action[] {
    const { surveyIntervalMs } = this.#recording.tuning;
    const observer: Action = { kind: "start", node: OBSERVER, spec: { anonymous: true }, atMs: 0 };
    const starts = this.runs.flatMap((run, at): readonly Action[] => {
      if (!run.wasThere && !run.isReturning) return [];
      const phaseMs = Number.isFinite(run.startMs) ? run.startMs : at * 10;
      const early = ((phaseMs % surveyIntervalMs) + surveyIntervalMs) % surveyIntervalMs;
      return [start(run, run.isReturning ? 1 : early)];
    });
    if (this.#fromMs > 0 || this.offsetMs === 0) return [observer, ...starts];
    const crash = { kind: "crash", node: REGISTRAR, reset: false } as const;
    return [observer, ...starts, { ...crash, atMs: BEFORE_MS, restartAfterMs: DOWN_MS }];
  }

  #action({ fromMs, toMs, from, to, act }: Fault, corrections: Corrections): Action {
    const at = fromMs + shiftBy(from, corrections);
    const end = toMs + shiftBy(to, corrections);
    return act(Math.max(0, at + this.offsetMs), Math.max(0.1, end - at));
  }

  #helloMs(): number {
    const longest = Math.max(
      0,
      // Who comes back at a known time waits for the greeting until then.
      ...this.#faults.map(({ fromMs, toMs, to }) => (to?.mode === "correct" ? toMs - fromMs : 0)),
    );
    return Math.round(Math.min(HELLO_MAX_MS, HELLO_MS + longest));
  }
}

/** One that starts while it is recorded, or comes back to a registrar that has just begun. */
function startsOf(run: Run): readonly Fault[] {
  if (run.wasThere) return [];
  const landmark: Landmark = `came 0 of ${run.node}`;
  const anchor: Anchor = { landmark, mode: "correct" };
  const joined = run.events[0]?.atMs ?? run.startMs;
  if (run.isReturning) {
    return [
      {
        fromMs: -DOWN_MS,
        toMs: joined - 2 * START_MS,
        from: null,
        to: anchor,
        act: (atMs, forMs) => {
          return { kind: "partition", node: run.node, direction: "both", atMs, forMs };
        },
      },
    ];
  }
  // One that had to wait for its answer is not moved by when it got the id.
  const from = joined === run.startMs && !run.isLoser ? anchor : null;
  const toMs = Infinity;
  return [
    { fromMs: run.startMs - START_MS, toMs, from, to: null, act: (atMs) => start(run, atMs) },
  ];
}

function start({ node, service, id }: Run, atMs: number): Action {
  return { kind: "start", node, spec: { service, id, follows: false }, atMs };
}

function shiftBy(anchor: Anchor | null, { correct, follow }: Corrections): number {
  if (anchor === null) return 0;
  if (anchor.mode === "follow") return follow.get(anchor.landmark) ?? 0;
  return -(correct.get(anchor.landmark) ?? 0);
}
