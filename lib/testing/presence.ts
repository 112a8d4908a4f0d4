import type { ConsumerFacts, Facts, PeerFacts } from "./facts.ts";
import type { Invariant } from "./invariant.ts";
import { consumes, isQuiet, rivalsOf, wasHeard, wasSettled } from "./quiet.ts";

/** A moment from which a bound counts, and the bound. */
interface Deadline {
  readonly fromMs: number;
  readonly withinMs: number;
}

/** What is claimed about who is in a list, and for how long at most it may be otherwise. */
export const presenceInvariants: readonly Invariant[] = [
  {
    name: "the living are listed",
    claim:
      "A usable peer is in every connected list within the join bound, or after troubles within the bounds of return and repair.",
    when: "step",
    check: (facts) =>
      firstPair(facts, (consumer, peer) => {
        if (consumer.lists(peer)) return undefined;
        const deadline = presentBy(facts, consumer, peer);
        if (deadline === undefined || !isOver(facts, deadline)) return undefined;
        return `lacks ${nameOf(peer)}, well for ${shown(facts, deadline)}`;
      }),
  },
  {
    name: "the dead are out",
    claim:
      "A peer that ended, fell silent or became unusable is out of every connected list within the bound of its kind, counted from where registrar and consumer are well.",
    when: "step",
    check: (facts) =>
      firstPair(facts, (consumer, peer) => {
        if (!consumer.lists(peer)) return undefined;
        const deadline = absentBy(facts, consumer, peer);
        if (deadline === undefined || !isOver(facts, deadline)) return undefined;
        return `still lists ${nameOf(peer)}, out of order for ${shown(facts, deadline)}`;
      }),
  },
  {
    name: "learning ends",
    claim: "One learning time of a registrar that runs ends at its ceiling.",
    when: "step",
    check: ({ nowMs, registrar, bounds }) => {
      if (registrar.learningMs === null || registrar.trouble.isOpen) return undefined;
      const fromMs = Math.max(registrar.learningMs, registrar.trouble.endMs);
      return nowMs > fromMs + bounds.learningMaxMs
        ? `learning for ${nowMs - fromMs} ms`
        : undefined;
    },
  },
  {
    name: "holding ends",
    claim: "A registrar that runs holds removals no longer than its ceiling.",
    when: "step",
    check: ({ nowMs, registrar, bounds }) => {
      if (registrar.heldMs === null || registrar.trouble.isOpen) return undefined;
      const fromMs = Math.max(registrar.heldMs, registrar.trouble.endMs);
      return nowMs > fromMs + bounds.holdMaxMs ? `held for ${nowMs - fromMs} ms` : undefined;
    },
  },
  {
    name: "silence is stale",
    claim: "A consumer that runs says stale once its registrar was silent for the documented time.",
    when: "step",
    check: ({ nowMs, registrar, bounds, consumers }) => {
      const { sinceMs } = registrar.trouble;
      if (sinceMs === null) return undefined;
      const liar = consumers.find((consumer) => {
        if (consumer.readyMs === null || consumer.trouble.isOpen) return false;
        // Who was repairing at the time may have been told old news later.
        if (consumer.trouble.touched(sinceMs - bounds.repairMs, sinceMs)) return false;
        if (consumer.readyMs + bounds.pulseMs > sinceMs) return false;
        const fromMs = Math.max(sinceMs, consumer.trouble.endMs + bounds.judgementMs);
        return consumer.authority !== "stale" && nowMs > fromMs + bounds.staleMs;
      });
      return liar === undefined ? undefined : `${liar.node} says ${liar.authority}`;
    },
  },
];

function firstPair(
  facts: Facts,
  complain: (consumer: ConsumerFacts, peer: PeerFacts) => string | undefined,
): string | undefined {
  for (const consumer of facts.consumers) {
    if (consumer.readyMs === null || consumer.isOver || consumer.trouble.isOpen) continue;
    for (const peer of facts.peers) {
      if (!consumes(consumer, peer.service)) continue;
      const complaint = complain(consumer, peer);
      if (complaint !== undefined) return `${consumer.node} ${complaint}`;
    }
  }
  return undefined;
}

function isOver({ nowMs }: Facts, { fromMs, withinMs }: Deadline): boolean {
  return nowMs > fromMs + withinMs;
}

function presentBy(facts: Facts, consumer: ConsumerFacts, peer: PeerFacts): Deadline | undefined {
  const { bounds, registrar } = facts;
  if (peer.ending !== null || facts.nowMs <= peer.bornMs + bounds.joinMs) return undefined;
  // While two claim one id, either may have it.
  const contestedMs = Math.max(-Infinity, ...rivalsOf(facts, peer).map((rival) => rival.endedMs));
  const ownMs = Math.max(
    peer.silence.endMs,
    peer.unsettled.endMs,
    peer.unusable.endMs,
    contestedMs,
  );
  if (ownMs === -Infinity && isQuiet(facts, consumer, peer.bornMs)) {
    return { fromMs: peer.bornMs, withinMs: bounds.joinMs };
  }
  const othersMs = Math.max(
    registrar.trouble.endMs,
    consumer.trouble.endMs,
    consumer.readyMs ?? Infinity,
  );
  return {
    fromMs: Math.max(peer.bornMs, ownMs, othersMs),
    withinMs: bounds.returnMs + bounds.repairMs,
  };
}

function absentBy(facts: Facts, consumer: ConsumerFacts, peer: PeerFacts): Deadline | undefined {
  const { bounds, registrar } = facts;
  const out = outSince(facts, peer);
  if (out === undefined) return undefined;
  if (out.isPlain && isQuiet(facts, consumer, out.fromMs)) return out;
  const readyMs = consumer.readyMs ?? Infinity;
  const othersMs = Math.max(
    registrar.liveMs,
    registrar.trouble.endMs,
    consumer.trouble.endMs,
    readyMs,
  );
  return {
    fromMs: Math.max(out.fromMs, othersMs),
    withinMs: bounds.returnMs + bounds.repairMs + bounds.freezeMs,
  };
}

/** Since when a peer has to be out, and the bound where nothing else was wrong with it before. */
function outSince(
  { bounds }: Facts,
  peer: PeerFacts,
): (Deadline & { readonly isPlain: boolean }) | undefined {
  const { silence, unusable } = peer;
  if (peer.ending === null && silence.withoutPauseMs !== null) {
    const fromMs = silence.withoutPauseMs;
    // In a pause of its silence it was heard, or will be: answers may have been held.
    const isPlain = fromMs === silence.sinceMs && wasSettled(peer, fromMs, bounds);
    return { fromMs, withinMs: bounds.freezeMs, isPlain };
  }
  const fromMs = peer.ending === null ? unusable.sinceMs : peer.endedMs;
  if (fromMs === null) return undefined;
  const isPlain = wasSettled(peer, fromMs, bounds) && wasHeard(peer, fromMs, bounds);
  return { fromMs, withinMs: bounds.crashMs, isPlain };
}

function nameOf({ id, service, node }: PeerFacts): string {
  return `${id} of ${service} (node ${node})`;
}

function shown({ nowMs }: Facts, { fromMs, withinMs }: Deadline): string {
  return `${Math.round(nowMs - fromMs)} ms, ${Math.round(withinMs)} ms are allowed`;
}
