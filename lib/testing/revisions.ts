import type { Source } from "../core/listing.ts";
import type { Peer } from "../core/peer.ts";
import type { Delivery } from "./client-node.ts";
import type { Invariant } from "./invariant.ts";
import { wrongMerge } from "./merged.ts";

/** What is claimed about revisions and the lists made from them. */
export const revisionInvariants: readonly Invariant[] = [
  {
    name: "revisions go up one by one",
    claim:
      "Of one service and registrar run, a consumer never goes back, applies a change only to the revision before it and none twice; only a snapshot skips, and what one registrar says moves no other.",
    when: "news",
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
      "A list is what the registrars that are heard published in the revisions that the consumer holds, merged by the protocol's table: every live one vouches, the others only where none is live, and the highest edition of a card wins; beside it there are only those who wait for a new registrar to learn.",
    when: "news",
    check: (facts) => {
      for (const happening of facts.happenings) {
        if (happening.kind !== "listed") continue;
        const wrong = wrongMerge(facts, happening.consumer, happening.listing);
        if (wrong !== undefined) return `${happening.consumer.node}: ${wrong}`;
      }
      return undefined;
    },
  },
  {
    name: "one instance for each id",
    claim: "No list has two peers of one service with the same id.",
    when: "news",
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

function wrongStep({ source, message, before, after }: Delivery): string | undefined {
  for (const now of after) {
    const was = before.find((old) => old.source === now.source && old.service === now.service);
    if (was === undefined || (was.epoch === now.epoch && was.revision === now.revision)) continue;
    const step = `${now.service} from ${shown(was)} to ${shown(now)}`;
    if (now.source !== source) return `a word of registrar ${source + 1} led ${step}`;
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

/** Lists are sorted by id, so those of one id stand together. */
function firstTwice(peers: readonly Peer[]): Peer | undefined {
  return peers.find((peer, at) => {
    const before = peers[at - 1];
    return before !== undefined && before.id === peer.id && before.service === peer.service;
  });
}
