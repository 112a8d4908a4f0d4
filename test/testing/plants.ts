import type { ClientInput, SurveyorEffect, SurveyorInput } from "../../lib/core/io.ts";
import type { Authority, Join, RosterMessage } from "../../lib/core/messages.ts";
import type { Tamper } from "../../lib/testing/index.ts";

/** A bug that somebody could write, and the claims that may find it. */
export interface Plant {
  readonly bug: string;
  readonly foundBy: readonly string[];
  readonly plant: () => Tamper;
}

type Received = Extract<SurveyorInput, { kind: "received" }>;
type Published = Extract<ClientInput, { kind: "published" }>;

export const PLANTS: readonly Plant[] = [
  {
    bug: "the registrar loses goodbyes",
    foundBy: ["the dead are out", "causes are true"],
    plant: () => dropping((input) => input.message.kind === "leave"),
  },
  {
    bug: "the registrar does not see connections close",
    foundBy: ["the dead are out", "causes are true", "the registrar keeps no ghosts"],
    plant: () => ({ toRegistrar: (input) => (input.kind === "disconnected" ? [] : [input]) }),
  },
  {
    bug: "the registrar takes its own questions for answers",
    foundBy: ["the dead are out"],
    plant: selfAnswering,
  },
  {
    bug: "one missed survey is one too many",
    foundBy: ["the living stay", "an outage removes nobody who lives", "causes are true"],
    plant: () => ({ registrarTuning: (tuning) => ({ ...tuning, missedMax: 1 }) }),
  },
  {
    bug: "a new or stalled registrar judges at once",
    foundBy: ["an outage removes nobody who lives", "the living stay"],
    plant: () => ({ registrarTuning: (tuning) => ({ ...tuning, learningMaxMs: 0 }) }),
  },
  {
    bug: "consumers believe a registrar that learns",
    foundBy: ["an outage removes nobody who lives", "the living stay"],
    plant: () => hearing((message) => ({ ...message, authority: "live" as Authority })),
  },
  {
    bug: "snapshots come without tombstones",
    foundBy: ["causes are true"],
    plant: () => ({ fromRegistrar: (effect) => [withoutTombstones(effect)] }),
  },
  {
    bug: "a change is applied to whatever revision there is",
    foundBy: ["a revision is the same for everybody", "revisions go up one by one"],
    plant: gapless,
  },
  {
    bug: "the registrar never repeats its revisions",
    foundBy: ["views converge", "the dead are out", "the living are listed"],
    plant: () => ({
      fromRegistrar: (effect) =>
        effect.kind === "publish" && effect.message.kind === "announce" ? [] : [effect],
    }),
  },
  {
    bug: "consumers take every run of the registrar for the first",
    foundBy: [
      "an outage removes nobody who lives",
      "a revision is the same for everybody",
      "the living are listed",
      "causes are true",
      "the dead are out",
      "views converge",
    ],
    plant: oneEpoch,
  },
  {
    bug: "a member joins once and never again",
    foundBy: [
      "an outage removes nobody who lives",
      "the living are listed",
      "views converge",
      "causes are true",
      "the registrar keeps no ghosts",
    ],
    plant: joiningOnce,
  },
  {
    bug: "a newcomer gets every id that it asks for",
    foundBy: ["the living stay", "an outage removes nobody who lives", "causes are true"],
    plant: () => onJoin((routes, join) => routes.filter(([, other]) => isRival(other, join))),
  },
  {
    bug: "the end of an old connection is held against the new one",
    foundBy: ["the living stay", "an outage removes nobody who lives", "the living are listed"],
    plant: confusingConnections,
  },
  {
    bug: "a suspect who answers stays suspect",
    foundBy: [
      "the living stay",
      "an outage removes nobody who lives",
      "the living are listed",
      "views converge",
    ],
    plant: unforgiving,
  },
  {
    bug: "the registrar loses new cards",
    foundBy: ["views converge", "the dead are out", "the living are listed"],
    plant: () => dropping((input) => input.message.kind === "update"),
  },
  {
    bug: "consumers never learn that learning has ended",
    foundBy: ["views converge", "the dead are out"],
    plant: () => hearing((message) => ({ ...message, authority: "learning" as Authority })),
  },
  {
    bug: "the registrar never stops learning",
    foundBy: ["learning ends"],
    plant: () => ({
      registrarTuning: (tuning) => ({ ...tuning, reconnectMaxMs: 200_000, learningMaxMs: 300_000 }),
    }),
  },
  {
    bug: "a consumer takes its own clock for the registrar's sign of life",
    foundBy: ["silence is stale"],
    plant: selfAssured,
  },
  {
    bug: "a goodbye counts as acknowledged by everybody once it is published",
    foundBy: ["proof is true"],
    plant: believingAll,
  },
  {
    bug: "removals are held for ever, however few are lost",
    foundBy: ["holding ends"],
    plant: () => ({
      registrarTuning: (tuning) => ({
        ...tuning,
        massLossCount: 0,
        massLossPercent: 1,
        holdMaxMs: 10_000_000,
      }),
    }),
  },
  {
    bug: "a machine throws",
    foundBy: ["machines never fail"],
    plant: () => ({
      registrarTuning: (tuning) =>
        new Proxy(tuning, {
          get: (target, name) => {
            if (name === "goneAfterMs") throw new Error("planted");
            return Reflect.get(target, name) as unknown;
          },
        }),
    }),
  },
];

/** Does not let some messages through. */
function dropping(isDropped: (input: Received) => boolean): Tamper {
  return { toRegistrar: (input) => (input.kind === "received" && isDropped(input) ? [] : [input]) };
}

/** Changes what consumers hear. */
function hearing(
  change: (message: RosterMessage, input: Published, name: string) => RosterMessage,
): Tamper {
  return {
    toClient: (input, name) =>
      input.kind === "published"
        ? [{ ...input, message: change(input.message, input, name) }]
        : [input],
  };
}

function selfAnswering(): Tamper {
  let epoch = "";
  const answers: SurveyorInput[] = [];
  return {
    toRegistrar: (input) => {
      if (input.kind === "received") ({ epoch } = input.message);
      return [...answers.splice(0), input];
    },
    fromRegistrar: (effect) => {
      if (effect.kind !== "survey") return [effect];
      const { round, routes } = effect;
      for (const route of routes) {
        answers.push({
          kind: "received",
          route,
          message: { kind: "answer", epoch, round, stalledMs: 0 },
        });
      }
      return [effect];
    },
  };
}

function selfAssured(): Tamper {
  const pulses = new Map<string, ClientInput>();
  return {
    toClient: (input, name) => {
      if (input.kind === "published" && input.message.kind === "pulse") pulses.set(name, input);
      const pulse = pulses.get(name);
      return input.kind === "wake" && pulse !== undefined ? [pulse, input] : [input];
    },
  };
}

function withoutTombstones(effect: SurveyorEffect): SurveyorEffect {
  if (effect.kind !== "publish" || effect.message.kind !== "snapshot") return effect;
  const services = effect.message.services.map((told) => ({ ...told, tombstones: [] }));
  return { ...effect, message: { ...effect.message, services } };
}

function gapless(): Tamper {
  const held = new Map<string, number>();
  return hearing((message, _input, name) => {
    if (message.kind === "snapshot") {
      for (const told of message.services)
        held.set(`${name} ${message.epoch} ${told.service}`, told.revision);
    }
    if (message.kind !== "delta") return message;
    const key = `${name} ${message.epoch} ${message.service}`;
    const last = held.get(key);
    if (last === undefined || message.revision <= last) return message;
    held.set(key, last + 1);
    return { ...message, revision: last + 1 };
  });
}

function oneEpoch(): Tamper {
  const first = new Map<string, string>();
  return hearing((message, _input, name) => {
    const epoch = first.get(name) ?? message.epoch;
    first.set(name, epoch);
    return { ...message, epoch };
  });
}

function joiningOnce(): Tamper {
  const joined = new Set<string>();
  return {
    fromClient: (effect) => {
      if (effect.kind !== "send" || effect.message.kind !== "join") return [effect];
      const { instance } = effect.message;
      if (joined.has(instance)) return [];
      joined.add(instance);
      return [effect];
    },
  };
}

type Routes = readonly (readonly [route: string, join: Join])[];

/** Has connections end when somebody joins. */
function believingAll(): Tamper {
  const watching = new Set<string>();
  return {
    toRegistrar: (input) => {
      if (input.kind !== "received") return [input];
      const { route, message } = input;
      if (message.kind === "watch") watching.add(route);
      if (message.kind !== "leave") return [input];
      const { epoch } = message;
      const acknowledged = [...watching].flatMap((other) =>
        ["cache", "cache2", "web"].map((service): Received => {
          const ack = { kind: "acknowledge", epoch, service, revision: 1_000_000 } as const;
          return { kind: "received", route: other, message: ack };
        }),
      );
      return [input, ...acknowledged];
    },
  };
}

function onJoin(ended: (routes: Routes, join: Join) => Routes): Tamper {
  const joins = new Map<string, Join>();
  return {
    toRegistrar: (input) => {
      if (input.kind !== "received" || input.message.kind !== "join") return [input];
      const routes = ended([...joins], input.message).map(([route]) => route);
      joins.set(input.route, input.message);
      for (const route of routes) joins.delete(route);
      return [...routes.map((route) => ({ kind: "disconnected", route }) as const), input];
    },
  };
}

function isRival(a: Join, b: Join): boolean {
  return a.service === b.service && a.id === b.id && a.instance !== b.instance;
}

function confusingConnections(): Tamper {
  const routes = new Map<string, string>();
  const instances = new Map<string, string>();
  return {
    toRegistrar: (input) => {
      if (input.kind === "received" && input.message.kind === "join") {
        routes.set(input.message.instance, input.route);
        instances.set(input.route, input.message.instance);
      }
      if (input.kind !== "disconnected") return [input];
      const instance = instances.get(input.route);
      const route = instance === undefined ? undefined : routes.get(instance);
      return route === undefined ? [input] : [input, { kind: "disconnected", route }];
    },
  };
}

function unforgiving(): Tamper {
  const routes = new Map<string, string>();
  const suspects = new Set<string>();
  return {
    toRegistrar: (input) => {
      if (input.kind !== "received") return [input];
      if (input.message.kind === "join") routes.set(input.route, input.message.instance);
      const isSuspect = suspects.has(routes.get(input.route) ?? "");
      return isSuspect && input.message.kind === "answer" ? [] : [input];
    },
    fromRegistrar: (effect) => {
      if (effect.kind === "publish" && effect.message.kind === "delta") {
        for (const change of effect.message.changes) {
          if (change.kind === "standing" && change.cause === "missed-surveys")
            suspects.add(change.instance);
        }
      }
      return [effect];
    },
  };
}
