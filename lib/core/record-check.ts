import { RollcallError } from "./errors.ts";
import type { ExplanationOf } from "./explainer.ts";
import { REGISTRAR_OPTIONS } from "./option-table.ts";
import { tuneRegistrar } from "./options.ts";
import type { PeerEvent, RegistrarEvent } from "./record-event.ts";
import { RECORDING_VERSION } from "./recording.ts";
import type { Recording } from "./recording.ts";

type Kind = "text" | "text?" | "word" | "word?" | "number" | "number?" | "flag" | "names" | "list";
type Shape = Readonly<Record<string, Kind>>;
type Fields = Readonly<Record<string, unknown>>;

const HEAD: Shape = {
  service: "text",
  epoch: "text",
  authority: "text",
  ranMs: "number",
  takenAt: "number",
  registrar: "list",
  peers: "list",
};

/** A name of ours, such as a standing; what strangers chose is a text. */
const WORD = /^[a-z][a-z-]{0,31}$/;

const PEER: Shape = {
  service: "text",
  id: "text",
  instance: "text?",
  standing: "word",
  cause: "word?",
  status: "word?",
  edition: "number?",
  connected: "flag",
  dropped: "number",
  events: "list",
};

/** An explanation is of one peer, with what happened to the registrar meanwhile. */
const EXPLANATION: Shape = { ...PEER, registrar: "list" };
/** What happened in words; of what kind it is does not matter to whoever reads the words. */
const TOLD: Shape = { event: "text", agoMs: "number" };
const EXPLAINED: Shape = { ...TOLD, revision: "number?" };

const PEER_EVENTS: Readonly<Record<PeerEvent["kind"], Shape>> = {
  joined: { instance: "text", edition: "number", address: "text", isReturning: "flag" },
  reconnected: { wasOpen: "flag" },
  updated: { edition: "number", status: "text" },
  late: { round: "number", missed: "number", isProbed: "flag" },
  answered: { round: "number", missed: "number", stalledMs: "number" },
  suspect: { cause: "text" },
  alive: { by: "text" },
  spared: { sighting: "text" },
  held: { sighting: "text", lost: "number", of: "number" },
  released: {},
  stalled: { stalledMs: "number" },
  reported: { what: "text", reporters: "number", needed: "number" },
  challenged: { by: "text" },
  kept: { against: "text" },
  refused: { code: "text", instance: "text" },
  fenced: { edition: "number?", atRevision: "number", named: "number", anonymous: "number" },
  proved: {
    edition: "number?",
    atRevision: "number",
    acknowledged: "names",
    acknowledgedCount: "number",
    missing: "names",
    missingCount: "number",
    anonymous: "number",
  },
  gone: { cause: "text" },
};

const REGISTRAR_EVENTS: Readonly<Record<RegistrarEvent["kind"], Shape>> = {
  started: {},
  stalled: { lateMs: "number" },
  learned: {},
  path: { isLossy: "flag", late: "number", of: "number" },
  holding: { by: "text", lost: "number", of: "number" },
  released: { judged: "number", isCeiling: "flag" },
};

/**
 * A recording as it was parsed from JSON. Throws `ERR_WIRE` with the place for what is none, or is
 * of another version. What is there beside the known fields is left alone.
 */
export function checkRecording(value: unknown): Recording {
  const head = fieldsOf(value, HEAD, "recording");
  if (head["version"] !== RECORDING_VERSION) {
    throw wrong(`recording has version ${String(head["version"])}, not ${RECORDING_VERSION}`);
  }
  checkTuning(head["tuning"]);
  for (const [at, event] of listOf(head["registrar"]).entries()) {
    checkEvent(event, REGISTRAR_EVENTS, `registrar[${at}]`);
  }
  for (const [at, peer] of listOf(head["peers"]).entries()) {
    const path = `peers[${at}]`;
    for (const [n, event] of listOf(fieldsOf(peer, PEER, path)["events"]).entries()) {
      checkEvent(event, PEER_EVENTS, `${path}.events[${n}]`);
      fieldsOf(event, { revision: "number?" }, `${path}.events[${n}]`);
    }
  }
  return head as unknown as Recording;
}

/**
 * An explanation as it was parsed from JSON, null where nothing is known. Throws `ERR_WIRE` with the
 * place for what is none. Kinds of events that are not known here keep their words.
 */
export function checkExplanation(value: unknown): ExplanationOf | null {
  if (value === null) return null;
  const head = fieldsOf(value, EXPLANATION, "explanation");
  for (const name of ["events", "registrar"]) {
    for (const [at, event] of listOf(head[name]).entries()) {
      const path = `explanation.${name}[${at}]`;
      const { detail } = fieldsOf(event, name === "events" ? EXPLAINED : TOLD, path);
      fieldsOf(detail, { kind: "text" }, `${path}.detail`);
    }
  }
  return head as unknown as ExplanationOf;
}

function checkEvent(value: unknown, shapes: Readonly<Record<string, Shape>>, path: string): void {
  const { kind } = fieldsOf(value, { kind: "text", atMs: "number" }, path);
  const shape = typeof kind === "string" && Object.hasOwn(shapes, kind) ? shapes[kind] : undefined;
  if (shape === undefined) throw wrong(`${path} has the unknown kind ${String(kind)}`);
  fieldsOf(value, shape, path);
}

function checkTuning(value: unknown): void {
  const tuning = fieldsOf(value, {}, "tuning");
  const missing = Object.keys(REGISTRAR_OPTIONS).find((name) => !Object.hasOwn(tuning, name));
  if (missing !== undefined) throw wrong(`tuning has no ${missing}`);
  try {
    tuneRegistrar(tuning);
  } catch (error) {
    throw new RollcallError("ERR_WIRE", "tuning of the recording", { cause: error });
  }
}

function fieldsOf(value: unknown, shape: Shape, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(`${path} is no object`);
  }
  const fields = value as Fields;
  for (const [name, kind] of Object.entries(shape)) {
    if (!isA(kind, fields[name])) throw wrong(`${path}.${name} is no ${kind}`);
  }
  return fields;
}

function isA(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string";
    case "text?":
      return value === null || isA("text", value);
    case "word":
      return typeof value === "string" && WORD.test(value);
    case "word?":
      return value === null || isA("word", value);
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "flag":
      return typeof value === "boolean";
    case "number?":
      return value === null || isA("number", value);
    case "names":
      return Array.isArray(value) && value.every((name) => typeof name === "string");
    case "list":
      return Array.isArray(value);
    default:
      return kind satisfies never;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wrong(what: string): RollcallError {
  return new RollcallError("ERR_WIRE", what);
}
