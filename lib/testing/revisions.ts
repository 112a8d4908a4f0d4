import type { Listing, Source } from "../core/listing.ts";
import type { Peer } from "../core/peer.ts";
import type { Delivery } from "./client-node.ts";
import type { ConsumerFacts, Facts } from "./facts.ts";
import type { Invariant } from "./invariant.ts";

/** What is claimed about revisions and the lists made from them. */
export const revisionInvariants: readonly Invariant[] = [
  {
    name: "revisions go up one by one",
    claim:
      "Of one service and registrar run, a consumer never goes back, applies a change only to the revision before it and none twice; only a snapshot skips.",
    when: "step",
    check: ({ happenings }) => {
      for (const happening of happenings) {
        if (happening.kind !== "delivered") continue;
        const wrong = wrongStep(happening.delivery);
        if (wrong !== undefined) return `${happening.consumer.node}: ${wrong}`;
      }
      return undefined;
    },
  },
  {
    name: "a revision is the same for everybody",
    claim:
      "What a consumer holds as revision r of a service is what the registrar published as revision r; beside it there are only those who wait for a new registrar to learn.",
    when: "step",
    check: (facts) => {
      for (const happening of facts.happenings) {
        if (happening.kind !== "listed") continue;
        const wrong = wrongList(facts, happening.consumer, happening.listing);
        if (wrong !== undefined) return `${happening.consumer.node}: ${wrong}`;
      }
      return undefined;
    },
  },
  {
    name: "one instance for each id",
    claim: "No list has two peers of one service with the same id.",
    when: "step",
    check: ({ happenings }) => {
      for (const happening of happenings) {
        if (happening.kind !== "listed") continue;
        const twice = firstTwice(happening.listing.peers);
        if (twice !== undefined)
          return `${happening.consumer.node} lists ${twice.id} of ${twice.service} twice`;
      }
      return undefined;
    },
  },
];

function wrongStep({ message, before, after }: Delivery): string | undefined {
  for (const now of after) {
    const was = before.find(
      (source) => source.source === now.source && source.service === now.service,
    );
    if (was === undefined || (was.epoch === now.epoch && was.revision === now.revision)) continue;
    const step = `${now.service} from ${shown(was)} to ${shown(now)}`;
    if (message.kind === "announce" || message.kind === "pulse")
      return `${message.kind} led ${step}`;
    if (message.kind === "snapshot") {
      if (was.epoch === now.epoch && now.revision < was.revision) return `a snapshot led ${step}`;
      continue;
    }
    const isNext = was.epoch === now.epoch && now.revision === was.revision + 1;
    if (!isNext || message.revision !== now.revision)
      return `delta ${message.revision} led ${step}`;
  }
  return undefined;
}

function shown({ epoch, revision }: Source): string {
  return `${revision} (${epoch?.slice(0, 4) ?? "no epoch"})`;
}

function wrongList(facts: Facts, consumer: ConsumerFacts, listing: Listing): string | undefined {
  const held = new Map(listing.peers.map((peer) => [keyOf(peer), peer]));
  for (const { service, epoch, revision } of listing.sources) {
    if (epoch === null) continue;
    const told = facts.published(epoch, service, revision);
    const name = `revision ${revision} of ${service}`;
    if (told === undefined) return `holds ${name}, which was never published`;
    for (const entry of told.values()) {
      const peer = held.get(`${service} ${entry.id}`);
      if (peer === undefined) return `lacks ${entry.id} in ${name}`;
      if (peer.instance !== entry.instance)
        return `holds another instance of ${entry.id} in ${name}`;
      if (peer.standing !== entry.standing)
        return `holds ${entry.id} as ${peer.standing} in ${name}`;
      held.delete(keyOf(peer));
    }
  }
  const [extra] = held.values();
  if (extra === undefined) return undefined;
  const wasRestarted = facts.registrar.starts > 1;
  return wasRestarted ? undefined : `holds ${extra.id} of ${extra.service}, whom nobody published`;
}

function firstTwice(peers: readonly Peer[]): Peer | undefined {
  const seen = new Set<string>();
  for (const peer of peers) {
    if (seen.has(keyOf(peer))) return peer;
    seen.add(keyOf(peer));
  }
  return undefined;
}

function keyOf({ service, id }: Peer): string {
  return `${service} ${id}`;
}
