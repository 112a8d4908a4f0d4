import type { RecordedPeer, RecordedPeerEvent, Recording } from "../core/recording.ts";

/** One process of a recording, and what the registrar saw of it. */
export interface Run {
  /** Its node in the replay: `service/id`, from the second process on with a number. */
  readonly node: string;
  readonly service: string;
  readonly id: string;
  readonly instance: string;
  /** When it asked to be listed first, in time of the recording. */
  readonly startMs: number;
  /** It was listed when the part that is replayed begins. */
  readonly wasThere: boolean;
  /** An earlier run of the registrar had listed it. */
  readonly isReturning: boolean;
  /** It asked for an id and did not get it. */
  readonly isLoser: boolean;
  /** In the part that is replayed, oldest first. */
  readonly events: readonly RecordedPeerEvent[];
}

interface Draft {
  readonly instance: string;
  readonly startMs: number;
  readonly isReturning: boolean;
  readonly events: RecordedPeerEvent[];
}

/** The processes of a recording: those of one name follow each other, or claim it from each other. */
export function runsOf(recording: Pick<Recording, "peers">, fromMs: number): readonly Run[] {
  return recording.peers.flatMap((peer) => runsOfPeer(peer, fromMs));
}

function runsOfPeer(peer: RecordedPeer, fromMs: number): readonly Run[] {
  const drafts: Draft[] = [];
  const claims = new Map<string, number>();
  for (const event of peer.events) {
    const last = drafts.at(-1);
    if (event.kind === "refused") continue;
    if (event.kind === "challenged") claims.set(event.by, event.atMs);
    if (event.kind === "joined" && event.instance !== last?.instance) {
      drafts.push(draftOf(event, claims.get(event.instance)));
      claims.delete(event.instance);
    } else if (last === undefined) {
      // The events that tell of its beginning are forgotten.
      const instance = peer.instance ?? "";
      drafts.push({ instance, startMs: -Infinity, isReturning: false, events: [event] });
    } else {
      last.events.push(event);
    }
  }
  const lived = drafts.filter(({ events }) => isInWindow(events, fromMs));
  const losers = [...claims].filter(([, atMs]) => atMs >= fromMs);
  return [
    ...lived.map((draft, at) => runOf(peer, draft, { at, fromMs, isLoser: false })),
    ...losers.map(([instance, startMs], n) => {
      const draft: Draft = { instance, startMs, isReturning: false, events: [] };
      return runOf(peer, draft, { at: lived.length + n, fromMs, isLoser: true });
    }),
  ];
}

function draftOf(
  joined: Extract<RecordedPeerEvent, { kind: "joined" }>,
  claimedMs: number | undefined,
): Draft {
  const { instance, atMs, isReturning } = joined;
  return { instance, startMs: claimedMs ?? atMs, isReturning, events: [joined] };
}

function runOf(
  { service, id }: RecordedPeer,
  draft: Draft,
  of: { readonly at: number; readonly fromMs: number; readonly isLoser: boolean },
): Run {
  const { instance, startMs, isReturning } = draft;
  const { at, fromMs, isLoser } = of;
  const node = `${service}/${id}${at > 0 ? `#${at + 1}` : ""}`;
  const wasThere = startMs < fromMs;
  const events = draft.events.filter(({ atMs }) => atMs >= fromMs);
  const isBack = isReturning && !wasThere;
  return { node, service, id, instance, startMs, wasThere, isReturning: isBack, isLoser, events };
}

/** It had not gone before the part that is replayed. */
function isInWindow(events: readonly RecordedPeerEvent[], fromMs: number): boolean {
  const last = events.findLast(({ kind }) => kind === "gone" || kind === "joined");
  return last === undefined || last.kind === "joined" || last.atMs >= fromMs;
}

/**
 * Where a replay of the last `forMs` has to begin: earlier, where somebody was under suspicion at
 * that time, and at the start of the run at the earliest.
 */
export function windowStartMs(recording: Recording, forMs: number): number {
  const { peers, ranMs } = recording;
  let fromMs = ranMs - forMs;
  for (const { events } of peers) {
    let openMs: number | null = null;
    for (const [at, { kind, atMs }] of events.entries()) {
      const nextMs = events[at + 1]?.atMs ?? Infinity;
      const isForgiven = kind === "late" && stallBetween(recording, atMs, nextMs) !== undefined;
      const isOver = kind === "gone" || kind === "alive" || kind === "answered";
      if (isForgiven || isOver || kind === "reconnected") openMs = null;
      else if (kind === "late" || kind === "suspect" || kind === "spared" || kind === "held") {
        openMs ??= atMs;
      }
      if (atMs >= fromMs) break;
    }
    if (openMs !== null) fromMs = Math.min(fromMs, openMs);
  }
  return Math.max(0, fromMs);
}

/** When the registrar began to stand still, if it stood still after `fromMs` and until `toMs` at the latest. */
export function stallBetween(
  { registrar }: Pick<Recording, "registrar">,
  fromMs: number,
  toMs: number,
): number | undefined {
  for (const event of registrar) {
    if (event.kind !== "stalled" || event.atMs <= fromMs || event.atMs > toMs) continue;
    return event.atMs - event.lateMs;
  }
  return undefined;
}
