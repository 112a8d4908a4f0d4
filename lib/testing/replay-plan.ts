import type { RegistrarTuning } from "../core/options.ts";
import type { RecordedPeerEvent, Recording } from "../core/recording.ts";
import type { Anchor, Fault } from "./replay-faults.ts";
import { stallBetween } from "./replay-runs.ts";
import type { Run } from "./replay-runs.ts";
import type { Action } from "./scenario.ts";

/** From what is sent until it is read. */
const DELAY_MS = 0.1;
/** After a stall the registrar reads what waits within this time. */
const WAKING_MS = 60;
/** Whoever does not come back stands still for so many times the length of the recording. */
const FOREVER = 10;
/** A stall shorter than this is told by the member as none, or nearly none. */
const STALL_MIN_MS = 100;

/** What happened to one process, as faults. */
export function faultsOf(run: Run, recording: Recording): readonly Fault[] {
  return new RunPlan(run, recording).faults();
}

/** Reads the events of one process from the first to the last. */
class RunPlan {
  readonly #run: Run;
  readonly #tuning: RegistrarTuning;
  readonly #recording: Recording;
  readonly #faults: Fault[] = [];
  #came: number;
  #late = -1;
  /** Since when it is silent. */
  #silent: { readonly fromMs: number; readonly askedMs: number; readonly from: Anchor } | null =
    null;
  #lostMs: number | null = null;
  /** When it was listed, or came back, last. */
  #cameMs = -Infinity;
  #challengedMs = -Infinity;
  /** When it was heard again last; its stall is part of that. */
  #answeredMs = -Infinity;
  #isOver = false;

  constructor(run: Run, recording: Recording) {
    this.#run = run;
    this.#tuning = recording.tuning;
    this.#recording = recording;
    this.#came = run.wasThere ? 0 : -1;
  }

  faults(): readonly Fault[] {
    for (const [at, event] of this.#run.events.entries()) {
      if (this.#isOver) break;
      const rest = this.#run.events.slice(at + 1);
      this.#take(event, rest);
      if (event.kind === "late") this.#forgiven(event.atMs, rest[0]);
    }
    if (this.#silent !== null) this.#stop(Infinity, null);
    return this.#faults;
  }

  #take(event: RecordedPeerEvent, rest: readonly RecordedPeerEvent[]): void {
    const { atMs } = event;
    switch (event.kind) {
      case "joined":
      case "reconnected":
        return this.#cameBack(event);
      case "late":
        if (event.missed === 1) this.#fellSilent(atMs);
        return;
      case "answered":
        return this.#answered(atMs, event.stalledMs);
      case "stalled":
        // A registrar that stood still has forgotten that nobody answered.
        if (this.#silent !== null) this.#answered(atMs, event.stalledMs);
        else if (atMs !== this.#answeredMs) this.#stalled(event);
        return;
      case "alive":
        if (event.by === "answered") this.#answered(atMs, 0);
        return;
      case "updated": {
        const card = { status: event.status };
        return this.#once(atMs - DELAY_MS, (node, at) => ({
          kind: "update",
          node,
          card,
          atMs: at,
        }));
      }
      case "suspect":
      case "spared":
      case "held":
        if (isLoss(event)) this.#lost(atMs, rest);
        return;
      case "challenged":
        this.#challengedMs = atMs;
        return;
      case "gone":
        if (event.cause === "goodbye") return this.#left(atMs);
        if (event.cause === "replaced") this.#replaced(atMs);
        return;
      default:
      // The rest follows from what was done already.
    }
  }

  #cameBack(event: Extract<RecordedPeerEvent, { kind: "joined" | "reconnected" }>): void {
    this.#came += 1;
    this.#cameMs = event.atMs;
    // How it came first is part of the start of the node.
    if (this.#came === 0) return;
    const to: Anchor = { landmark: `came ${this.#came} of ${this.#run.node}`, mode: "correct" };
    const backMs = event.atMs - 4 * DELAY_MS;
    const wasOpen = event.kind === "reconnected" && event.wasOpen;
    if (wasOpen) this.#cut(this.#silent?.fromMs ?? backMs - 2, "client", to);
    if (this.#silent !== null) this.#stop(backMs, to);
    else if (this.#lostMs !== null && backMs - this.#lostMs > 1) {
      // Once the loss is heard of: a path that closes in the same moment would hold it back.
      const fromMs = this.#lostMs + DELAY_MS;
      this.#span({ fromMs, toMs: backMs, from: null, to }, (node, atMs, forMs) => {
        return { kind: "partition", node, direction: "both", atMs, forMs };
      });
    }
    this.#lostMs = null;
  }

  #fellSilent(atMs: number): void {
    this.#late += 1;
    const { answerWindowMs, surveyIntervalMs } = this.#tuning;
    const askedMs = atMs - answerWindowMs;
    // Midway between the last question that it answered and the first one that it did not; of a
    // newcomer there may be none that it answered.
    const fromMs = Math.max(askedMs - surveyIntervalMs / 2, this.#cameMs);
    const from: Anchor = { landmark: `late ${this.#late} of ${this.#run.node}`, mode: "follow" };
    this.#silent ??= { fromMs, askedMs, from };
  }

  #answered(atMs: number, stalledMs: number): void {
    const silent = this.#silent;
    this.#answeredMs = atMs;
    if (silent === null) return;
    if (stalledMs >= STALL_MIN_MS) {
      // Its phase slot in the replay may be another by some clock steps.
      const latestMs = silent.askedMs - this.#tuning.surveyIntervalMs / 4;
      const stoodMs = Math.min(atMs - stalledMs, latestMs);
      this.#silent = { ...silent, fromMs: Math.max(silent.fromMs, stoodMs) };
      return this.#stop(atMs - DELAY_MS, silent.from);
    }
    this.#silent = null;
    const anchors = { from: silent.from, to: silent.from };
    this.#span({ fromMs: silent.fromMs, toMs: atMs - DELAY_MS, ...anchors }, (node, at, forMs) => {
      return { kind: "partition", node, direction: "toRegistrar", atMs: at, forMs };
    });
  }

  /** After a stall of its own the registrar forgot who was late: the answer is not written down. */
  #forgiven(lateMs: number, next: RecordedPeerEvent | undefined): void {
    // The member stood still as well, and says since when.
    if (next?.kind === "stalled") return;
    const stalledMs = stallBetween(this.#recording, lateMs, next?.atMs ?? Infinity);
    if (stalledMs !== undefined) this.#answered(stalledMs + 1, 0);
  }

  #stalled({ atMs, stalledMs }: Extract<RecordedPeerEvent, { kind: "stalled" }>): void {
    const anchors = { from: null, to: null };
    const toMs = atMs - DELAY_MS;
    this.#span({ fromMs: toMs - stalledMs, toMs, ...anchors }, (node, at, forMs) => {
      return { kind: "stall", node, atMs: at, forMs };
    });
  }

  /** With the process, unless it comes back on another connection. */
  #lost(atMs: number, rest: readonly RecordedPeerEvent[]): void {
    const isBack = rest.some(({ kind }) => kind === "reconnected" || kind === "joined");
    if (isBack) {
      this.#lostMs = atMs;
      return this.#cut(this.#sentMs(atMs), "both", null);
    }
    if (this.#silent !== null) this.#stop(Infinity, null);
    this.#isOver = true;
    const crash = { kind: "crash", reset: false } as const;
    this.#once(this.#sentMs(atMs), (node, at) => ({ ...crash, node, atMs: at }));
  }

  /** Sooner than by its silence: it lost its connection, which ends a contest. */
  #replaced(atMs: number): void {
    this.#isOver = true;
    const { answerWindowMs, probeIntervalMs } = this.#tuning;
    const isSoon = atMs - this.#challengedMs < answerWindowMs + probeIntervalMs;
    if (!isSoon) return;
    const sentMs = this.#sentMs(atMs);
    // It did not answer before that.
    const span = { fromMs: this.#challengedMs - DELAY_MS, toMs: sentMs, from: null, to: null };
    this.#span(span, (node, at, forMs) => {
      return { kind: "partition", node, direction: "toRegistrar", atMs: at, forMs };
    });
    this.#cut(sentMs, "both", null);
  }

  /** When something happened that was read then: while the registrar stood still, it waited. */
  #sentMs(atMs: number): number {
    for (const event of this.#recording.registrar) {
      if (event.kind !== "stalled" || atMs < event.atMs - 1) continue;
      if (atMs <= event.atMs + WAKING_MS) return event.atMs - event.lateMs + 1;
    }
    return atMs - DELAY_MS;
  }

  #left(atMs: number): void {
    if (this.#silent !== null) this.#stop(atMs - 4 * DELAY_MS, null);
    this.#isOver = true;
    this.#once(this.#sentMs(atMs), (node, at) => ({ kind: "leave", node, atMs: at }));
  }

  /** It stood still since it fell silent. */
  #stop(toMs: number, to: Anchor | null): void {
    const silent = this.#silent;
    this.#silent = null;
    if (silent === null) return;
    const endMs = toMs === Infinity ? FOREVER * this.#recording.ranMs : toMs;
    const { fromMs, from } = silent;
    this.#span({ fromMs, toMs: endMs, from, to }, (node, atMs, forMs) => {
      return { kind: "stop", node, atMs, forMs };
    });
  }

  #cut(fromMs: number, told: "both" | "client", from: Anchor | null): void {
    const { node } = this.#run;
    this.#faults.push({
      fromMs,
      toMs: Infinity,
      from,
      to: null,
      act: (atMs) => ({ kind: "cut", node, which: "survey", told, atMs }),
    });
  }

  #once(fromMs: number, act: (node: string, atMs: number) => Action): void {
    const { node } = this.#run;
    const make = (atMs: number): Action => act(node, atMs);
    this.#faults.push({ fromMs, toMs: Infinity, from: null, to: null, act: make });
  }

  #span(
    span: Omit<Fault, "act">,
    act: (node: string, atMs: number, forMs: number) => Action,
  ): void {
    const { node } = this.#run;
    this.#faults.push({ ...span, act: (atMs, forMs) => act(node, atMs, forMs) });
  }
}

/** The connection of the member was lost, whatever the registrar made of it. */
function isLoss(event: RecordedPeerEvent): boolean {
  if (event.kind === "suspect") return event.cause === "connection-lost";
  return (event.kind === "spared" || event.kind === "held") && event.sighting === "connectionLost";
}
