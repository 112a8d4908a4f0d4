import type { ClientInput, SurveyorEffect, SurveyorInput } from "../../lib/core/io.ts";
import type { Authority, Join } from "../../lib/core/messages.ts";
import type { Tamper } from "../../lib/testing/index.ts";
import { hearing } from "./plant.ts";
import type { Plant } from "./plant.ts";
import { REPORTED } from "./report-plants.ts";
import { SEVERAL } from "./several-plants.ts";

type Received = Extract<SurveyorInput, { kind: "received" }>;

/** Bugs of one registrar and those who speak with it. */
const SINGLE: readonly Plant[] = [
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
    // Where a closed connection or a restart tells of the death as well, nobody needs an answer.
    story: {
      options: { seed: 1 },
      actions: [
        { kind: "start", node: "m0", spec: { service: "cache" }, atMs: 0 },
        { kind: "start", node: "w0", spec: { services: ["cache"] }, atMs: 0 },
        { kind: "stop", node: "m0", forMs: 20_000, atMs: 10_000 },
      ],
      untilMs: 40_000,
    },
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
    foundBy: [
      "a revision is the same for everybody",
      "an outage removes nobody who lives",
      "the living stay",
    ],
    plant: () => ({ registrarTuning: (tuning) => ({ ...tuning, learningMaxMs: 0 }) }),
  },
  {
    bug: "consumers believe a registrar that learns",
    foundBy: [
      "a revision is the same for everybody",
      "an outage removes nobody who lives",
      "the living stay",
    ],
    plant: () => hearing((message) => ({ ...message, authority: "live" as Authority })),
  },
  {
    bug: "snapshots come without tombstones",
    // A goodbye while the roster connection is made anew.
    story: {
      options: { seed: 1 },
      actions: [
        { kind: "start", node: "m0", spec: { service: "cache" }, atMs: 0 },
        { kind: "start", node: "w0", spec: { services: ["cache"] }, atMs: 0 },
        { kind: "cut", node: "w0", which: "roster", told: "both", atMs: 8000 },
        { kind: "leave", node: "m0", atMs: 8005 },
      ],
      untilMs: 15_000,
    },
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
    foundBy: ["silence is stale", "coming is told truly"],
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

export const PLANTS: readonly Plant[] = [...SINGLE, ...SEVERAL, ...REPORTED];

/** Does not let some messages through. */
function dropping(isDropped: (input: Received) => boolean): Tamper {
  return { toRegistrar: (input) => (input.kind === "received" && isDropped(input) ? [] : [input]) };
}

function selfAnswering(): Tamper {
  const epochs = new Map<string, string>();
  const answers = new Map<string, SurveyorInput[]>();
  return {
    toRegistrar: (input, name) => {
      if (input.kind === "received") epochs.set(name, input.message.epoch);
      return [...(answers.get(name)?.splice(0) ?? []), input];
    },
    fromRegistrar: (effect, name) => {
      if (effect.kind !== "survey") return [effect];
      const { round, routes } = effect;
      const epoch = epochs.get(name) ?? "";
      const message = { kind: "answer", epoch, round, stalledMs: 0 } as const;
      const own = answers.get(name) ?? [];
      answers.set(name, own);
      for (const route of routes) own.push({ kind: "received", route, message });
      return [effect];
    },
  };
}

function selfAssured(): Tamper {
  const pulses = new Map<string, ClientInput>();
  return {
    toClient: (input, name) => {
      if (input.kind === "published" && input.message.kind === "pulse")
        pulses.set(`${name} ${input.source}`, input);
      if (input.kind !== "wake") return [input];
      const own = [...pulses].flatMap(([key, pulse]) => (key.startsWith(`${name} `) ? pulse : []));
      return [...own, input];
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
  return hearing((message, { source }, name) => {
    const key = `${name} ${source}`;
    const epoch = first.get(key) ?? message.epoch;
    first.set(key, epoch);
    return { ...message, epoch };
  });
}

function joiningOnce(): Tamper {
  const joined = new Set<string>();
  return {
    fromClient: (effect) => {
      if (effect.kind !== "send" || effect.message.kind !== "join") return [effect];
      const key = `${effect.message.instance} ${effect.source}`;
      if (joined.has(key)) return [];
      joined.add(key);
      return [effect];
    },
  };
}

type Routes = readonly (readonly [route: string, join: Join])[];

function believingAll(): Tamper {
  const watching = new Map<string, string>();
  return {
    toRegistrar: (input, name) => {
      if (input.kind !== "received") return [input];
      const { route, message } = input;
      if (message.kind === "watch") watching.set(route, name);
      if (message.kind !== "leave") return [input];
      const { epoch } = message;
      const here = [...watching].filter(([, where]) => where === name);
      const acknowledged = here.flatMap(([other]) =>
        ["cache", "cache2", "web"].map((service): Received => {
          const ack = { kind: "acknowledge", epoch, service, revision: 1_000_000 } as const;
          return { kind: "received", route: other, message: ack };
        }),
      );
      return [input, ...acknowledged];
    },
  };
}

/** Has connections end when somebody joins. */
function onJoin(ended: (routes: Routes, join: Join) => Routes): Tamper {
  const registrars = new Map<string, Map<string, Join>>();
  return {
    toRegistrar: (input, name) => {
      if (input.kind !== "received" || input.message.kind !== "join") return [input];
      const joins = registrars.get(name) ?? new Map<string, Join>();
      registrars.set(name, joins);
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
    toRegistrar: (input, name) => {
      const keyOf = (instance: string): string => `${name} ${instance}`;
      if (input.kind === "received" && input.message.kind === "join") {
        routes.set(keyOf(input.message.instance), input.route);
        instances.set(input.route, input.message.instance);
      }
      if (input.kind !== "disconnected") return [input];
      const instance = instances.get(input.route);
      const route = instance === undefined ? undefined : routes.get(keyOf(instance));
      return route === undefined ? [input] : [input, { kind: "disconnected", route }];
    },
  };
}

function unforgiving(): Tamper {
  const routes = new Map<string, string>();
  const suspects = new Set<string>();
  return {
    toRegistrar: (input, name) => {
      if (input.kind !== "received") return [input];
      if (input.message.kind === "join")
        routes.set(input.route, `${name} ${input.message.instance}`);
      const isSuspect = suspects.has(routes.get(input.route) ?? "");
      return isSuspect && input.message.kind === "answer" ? [] : [input];
    },
    fromRegistrar: (effect, name) => {
      if (effect.kind === "publish" && effect.message.kind === "delta") {
        for (const change of effect.message.changes) {
          if (change.kind === "standing" && change.cause === "missed-surveys")
            suspects.add(`${name} ${change.instance}`);
        }
      }
      return [effect];
    },
  };
}
