import type { ConsumerFacts, Facts, PeerFacts, RegistrarFacts } from "./facts.ts";
import type { Deadline, Invariant } from "./invariant.ts";
import { pairInvariant } from "./pairs.ts";
import { hearsOthers, isQuiet, rivalsOf, sharedBy, wasHeard, wasSettled } from "./quiet.ts";
import type { Shared } from "./quiet.ts";

/** A deadline, and whether nothing else was wrong with the peer when it began. */
interface Out extends Deadline {
  readonly isPlain: boolean;
}

/** What is claimed about who is in a list, and for how long at most it may be otherwise. */
export const presenceInvariants: readonly Invariant[] = [
  pairInvariant({
    name: "the living are listed",
    claim:
      "A usable peer is in the list of every consumer that hears one live registrar of it, whatever becomes of the others: within the join bound, or after troubles within the bounds of return and repair.",
    pairs: {
      deadline: (facts, consumer, peer) =>
        consumer.lists(peer) ? undefined : presentBy(facts, consumer, peer),
      verb: "lacks",
    },
  }),
  pairInvariant({
    name: "the dead are out",
    claim:
      "A peer that ended, fell silent to all its registrars or became unusable is out of the list of every consumer that hears a live one, within the bound of its kind, counted from where those that vouch for it are well or known to be away.",
    pairs: {
      deadline: (facts, consumer, peer) =>
        consumer.lists(peer) ? absentBy(facts, consumer, peer) : undefined,
      verb: "still lists",
    },
  }),
  {
    name: "learning ends",
    claim: "One learning time of a registrar that runs ends at its ceiling.",
    when: "step",
    check: (facts) =>
      firstOverdue(facts, ({ learningMs }) => learningMs, facts.bounds.learningMaxMs, "learning"),
  },
  {
    name: "holding ends",
    claim: "A registrar that runs holds removals no longer than its ceiling.",
    when: "step",
    check: (facts) =>
      firstOverdue(facts, ({ heldMs }) => heldMs, facts.bounds.holdMaxMs, "holding"),
  },
  {
    name: "silence is stale",
    claim:
      "A consumer that runs says that a registrar is stale once it was silent for the documented time.",
    when: "step",
    check: (facts) => {
      for (const registrar of facts.registrars.values()) {
        const liar = firstLiar(facts, registrar);
        if (liar !== undefined) return `${liar.node} believes in ${registrar.name}`;
      }
      return undefined;
    },
  },
];

function firstOverdue(
  facts: Facts,
  since: (registrar: RegistrarFacts) => number | null,
  ...[boundMs, verb]: [boundMs: number, verb: string]
): string | undefined {
  for (const registrar of facts.registrars.values()) {
    const sinceMs = since(registrar);
    if (sinceMs === null || registrar.trouble.isOpen) continue;
    const fromMs = Math.max(sinceMs, registrar.trouble.endMs);
    if (facts.nowMs > fromMs + boundMs)
      return `${registrar.name} is ${verb} for ${facts.nowMs - fromMs} ms`;
  }
  return undefined;
}

function firstLiar(
  { nowMs, bounds, consumers }: Facts,
  { name, trouble }: RegistrarFacts,
): ConsumerFacts | undefined {
  const { sinceMs } = trouble;
  if (sinceMs === null || nowMs <= sinceMs + bounds.staleMs) return undefined;
  return consumers.find(({ lines, sources }) => {
    const line = lines.get(name);
    if (line === undefined || line.readyMs === null || line.trouble.isOpen) return false;
    // Who was repairing at the time may have been told old news later.
    if (line.trouble.touched(sinceMs - bounds.repairMs, sinceMs)) return false;
    if (line.readyMs + bounds.pulseMs > sinceMs) return false;
    const fromMs = Math.max(sinceMs, line.trouble.endMs + bounds.judgementMs);
    if (nowMs <= fromMs + bounds.staleMs) return false;
    return sources.some(({ source, authority }) => source === line.source && authority !== "stale");
  });
}

/** The earliest time by which one of its registrars has to have it listed. */
function presentBy(facts: Facts, consumer: ConsumerFacts, peer: PeerFacts): Deadline | undefined {
  if (peer.ending !== null) return undefined;
  let best: Deadline | undefined;
  for (const shared of sharedBy(facts, consumer, peer)) {
    const by = presentAt(facts, { consumer, peer, shared });
    if (best === undefined || by.fromMs + by.withinMs < best.fromMs + best.withinMs) best = by;
  }
  return best;
}

function presentAt(
  facts: Facts,
  of: {
    readonly consumer: ConsumerFacts;
    readonly peer: PeerFacts;
    readonly shared: Shared;
  },
): Deadline {
  const { bounds } = facts;
  const { consumer, peer, shared } = of;
  const { registrar, mine, its } = shared;
  // While two claim one id, either may have it.
  const contestedMs = Math.max(-Infinity, ...rivalsOf(peer).map((rival) => rival.endedMs));
  const { unusable, doubted } = peer;
  const ownMs = Math.max(
    ...[its.silence, its.unsettled, unusable, doubted].map(({ endMs }) => endMs),
    contestedMs,
  );
  if (ownMs === -Infinity && isQuiet(facts, shared, peer.bornMs) && isHeard(consumer, shared)) {
    return { fromMs: peer.bornMs, withinMs: bounds.joinMs };
  }
  // Where several are followed, one that learns or holds is heard only while nobody is live.
  const wasAlwaysHeard = consumer.lines.size === 1 || registrar.trustedMs === Infinity;
  const heardMs = wasAlwaysHeard && isHeard(consumer, shared) ? -Infinity : registrar.trustedMs;
  const othersMs = Math.max(
    registrar.trouble.endMs,
    mine.trouble.endMs,
    consumer.readyMs ?? Infinity,
    heardMs,
  );
  return {
    fromMs: Math.max(peer.bornMs, ownMs, othersMs),
    withinMs: bounds.returnMs + bounds.repairMs,
  };
}

/** What this registrar says is heard: it is believed, or nobody else is. */
function isHeard(consumer: ConsumerFacts, { registrar, mine }: Shared): boolean {
  if (registrar.trustedMs < Infinity || consumer.lines.size === 1) return true;
  return !hearsOthers(consumer, consumer.sources, mine);
}

function absentBy(facts: Facts, consumer: ConsumerFacts, peer: PeerFacts): Deadline | undefined {
  const shared = sharedBy(facts, consumer, peer);
  const outs = shared.map((one) => outAt(facts, peer, one));
  let latest: Out | undefined;
  let isExact = true;
  for (const [at, out] of outs.entries()) {
    const one = shared[at];
    if (out === undefined || one === undefined) return undefined;
    if (shared.length > 1 && isKnownAway(facts, consumer, { shared: one, atMs: out.fromMs }))
      continue;
    const isPlain = out.isPlain && isQuiet(facts, one, out.fromMs);
    // A goodbye, or a card, counts whoever hears it.
    if (isPlain && isSaid(peer, out, one)) return out;
    isExact &&= isPlain;
    if (latest === undefined || out.fromMs > latest.fromMs) latest = out;
  }
  if (latest === undefined || isExact) return latest;
  const fromMs = knownMs(facts, { consumer, peer, shared });
  const { returnMs, repairMs, freezeMs } = facts.bounds;
  return fromMs === Infinity
    ? undefined
    : { fromMs: Math.max(latest.fromMs, fromMs), withinMs: returnMs + repairMs + freezeMs };
}

/** The consumer does not believe in this registrar, and rightly so, since before that time. */
function isKnownAway(
  { bounds }: Facts,
  consumer: ConsumerFacts,
  of: { readonly shared: Shared; readonly atMs: number },
): boolean {
  const { shared, atMs } = of;
  const { registrar, mine } = shared;
  if (!hearsOthers(consumer, consumer.sources, mine)) return false;
  if (registrar.trustedMs < Infinity || registrar.starts === 0) return false;
  const { trouble, learning } = registrar;
  const sinceMs = Math.min(trouble.withoutPauseMs ?? Infinity, learning.withoutPauseMs ?? Infinity);
  return sinceMs + bounds.staleMs + bounds.judgementMs <= atMs;
}

/** It says so itself, and is not merely missed; a card counts where it is told by one who is heard. */
function isSaid({ ending, unusable }: PeerFacts, { fromMs }: Out, { registrar }: Shared): boolean {
  if (ending !== null) return ending === "left";
  return unusable.sinceMs === fromMs && registrar.trustedMs <= fromMs;
}

/** From when on each registrar that vouches for the peer knows better, or is not heard any more. */
function knownMs(
  facts: Facts,
  of: {
    readonly consumer: ConsumerFacts;
    readonly peer: PeerFacts;
    readonly shared: readonly Shared[];
  },
): number {
  const { consumer, shared } = of;
  const readyMs = consumer.readyMs ?? Infinity;
  const liveMs = Math.min(...liveTimes(facts, consumer));
  let fromMs = readyMs;
  for (const { registrar, mine } of shared) {
    const wellMs = Math.max(registrar.liveMs, registrar.trouble.endMs, mine.trouble.endMs);
    if (wellMs < Infinity) {
      fromMs = Math.max(fromMs, wellMs);
      continue;
    }
    const away = [registrar.trouble, registrar.learning, mine.trouble];
    fromMs = Math.max(fromMs, liveMs, ...away.map(({ sinceMs }) => sinceMs ?? -Infinity));
  }
  return fromMs;
}

/** Of each registrar of a consumer, since when it is live and connected. */
function liveTimes({ registrars }: Facts, { lines }: ConsumerFacts): readonly number[] {
  return [...lines].map(([name, { trouble }]) => {
    const registrar = registrars.get(name);
    if (registrar === undefined) return Infinity;
    return Math.max(registrar.trustedMs, registrar.trouble.endMs, trouble.endMs);
  });
}

/** Since when a registrar has to have a peer out, and the bound where nothing else was wrong with it. */
function outAt({ bounds }: Facts, peer: PeerFacts, { its }: Shared): Out | undefined {
  const { silence } = its;
  const { unusable } = peer;
  if (peer.ending === null && silence.withoutPauseMs !== null) {
    const fromMs = silence.withoutPauseMs;
    // In a pause of its silence it was heard, or will be: answers may have been held.
    const isPlain = fromMs === silence.sinceMs && wasSettled(its, fromMs, bounds);
    return { fromMs, withinMs: bounds.freezeMs, isPlain };
  }
  const fromMs = peer.ending === null ? unusable.sinceMs : peer.endedMs;
  if (fromMs === null) return undefined;
  const isPlain = wasSettled(its, fromMs, bounds) && wasHeard(its, fromMs, bounds);
  return { fromMs, withinMs: bounds.crashMs, isPlain };
}
