import type { ClientInput } from "../../lib/core/io.ts";
import type { RosterMessage, ToRegistrar } from "../../lib/core/messages.ts";
import type { Entry } from "../../lib/core/peer.ts";
import type { Tamper } from "../../lib/testing/index.ts";
import { hearing } from "./plant.ts";
import type { Plant } from "./plant.ts";

/** Bugs that show only where there are several registrars. */
export const SEVERAL: readonly Plant[] = [
  {
    bug: "of two editions of a card that of the second registrar wins",
    foundBy: ["a revision is the same for everybody", "views converge", "the dead are out"],
    plant: () => hearing((message, { source }) => (source === 1 ? promoted(message) : message)),
  },
  {
    bug: "only the first registrar of a list is heard",
    foundBy: [
      "the living are listed",
      "an outage removes nobody who lives",
      "views converge",
      "the dead are out",
    ],
    plant: () => ({
      toClient: (input) =>
        input.kind === "published" && input.source > 0 && input.message.kind !== "pulse"
          ? []
          : [input],
    }),
  },
  {
    bug: "members join the first registrar of their list only",
    foundBy: [
      "the living are listed",
      "the living stay",
      "an outage removes nobody who lives",
      "the registrar keeps no ghosts",
      "views converge",
    ],
    plant: () => toFirstAlone("join"),
  },
  {
    bug: "a new card is shown to the first registrar only",
    // The consumer cannot hear the one that was told.
    story: {
      options: { seed: 1, registrars: 2 },
      actions: [
        { kind: "start", node: "m0", spec: { service: "cache" }, atMs: 0 },
        { kind: "start", node: "w0", spec: { services: ["cache"] }, atMs: 0 },
        {
          kind: "partition",
          node: "w0",
          from: "registrar",
          direction: "both",
          forMs: 25_000,
          atMs: 15_000,
        },
        { kind: "update", node: "m0", card: { status: "critical" }, atMs: 22_000 },
      ],
      untilMs: 45_000,
    },
    foundBy: ["views converge", "the dead are out", "the living are listed"],
    plant: () => toFirstAlone("update"),
  },
  {
    bug: "whom one registrar gives up is gone for all",
    foundBy: [
      "the living stay",
      "the living are listed",
      "an outage removes nobody who lives",
      "a revision is the same for everybody",
      "views converge",
      "causes are true",
    ],
    plant: () => hearing((message, { source }) => (source === 0 ? forGood(message) : message)),
  },
  {
    bug: "while one registrar is away, none of the others is believed",
    foundBy: ["the dead are out", "the living are listed"],
    plant: doubtingAll,
  },
  {
    bug: "a registrar that is away vouches on",
    foundBy: ["the dead are out", "silence is stale"],
    plant: vouchingOn,
  },
  {
    bug: "a registrar that learns is believed beside one that is live",
    foundBy: [
      "an outage removes nobody who lives",
      "the living stay",
      "the dead are out",
      "a revision is the same for everybody",
    ],
    plant: () =>
      hearing((message, { source }) =>
        source > 0 && message.authority === "learning"
          ? { ...message, authority: "live" }
          : message,
      ),
  },
];

/** Every entry in an edition that no other registrar can have. */
function promoted(message: RosterMessage): RosterMessage {
  const promote = (entry: Entry): Entry => ({ ...entry, edition: 1000 });
  if (message.kind === "snapshot") {
    const services = message.services.map((told) => ({
      ...told,
      entries: told.entries.map(promote),
    }));
    return { ...message, services };
  }
  if (message.kind !== "delta") return message;
  const changes = message.changes.map((change) =>
    change.kind === "put" ? { ...change, entry: promote(change.entry) } : change,
  );
  return { ...message, changes };
}

/** Every departure as a goodbye. */
function forGood(message: RosterMessage): RosterMessage {
  if (message.kind !== "delta") return message;
  const changes = message.changes.map((change) =>
    change.kind === "gone" ? { ...change, cause: "goodbye" as const } : change,
  );
  return { ...message, changes };
}

/** Messages of one kind reach no registrar but the first of a client's list. */
function toFirstAlone(kind: ToRegistrar["kind"]): Tamper {
  return {
    fromClient: (effect) =>
      effect.kind === "send" && effect.source > 0 && effect.message.kind === kind ? [] : [effect],
  };
}

/** From the loss of one connection until it is welcome again, what the others say is held. */
function doubtingAll(): Tamper {
  const away = new Map<string, Set<number>>();
  return {
    toClient: (input, name) => {
      const lost = away.get(name) ?? new Set<number>();
      away.set(name, lost);
      if (input.kind === "lost") lost.add(input.source);
      if (input.kind === "received" && input.message.kind === "welcome") lost.delete(input.source);
      if (input.kind !== "published" || lost.size === 0 || lost.has(input.source)) return [input];
      return [{ ...input, message: { ...input.message, authority: "held" } }];
    },
  };
}

/** Nobody notices that a connection is lost, and the last sign of life is heard again and again. */
function vouchingOn(): Tamper {
  const signs = new Map<string, Extract<ClientInput, { kind: "published" }>>();
  return {
    toClient: (input, name) => {
      if (input.kind === "published" && input.message.kind === "pulse")
        signs.set(`${name} ${input.source}`, input);
      if (input.kind === "lost") return [];
      const others = [...signs.entries()].filter(
        ([key, sign]) => key === `${name} ${sign.source}` && sign.source > 0,
      );
      return input.kind === "wake" ? [...others.map(([, sign]) => sign), input] : [input];
    },
  };
}
