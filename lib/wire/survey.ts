import { LIMITS } from "../core/limits.ts";
import { ERRORS, isErrorCode, type ErrorCode } from "../core/errors.ts";
import type { FromRegistrar, Timing, ToRegistrar } from "../core/messages.ts";
import { card, id, instance, service, watched } from "./card.ts";
import { decode, encode, type Codec } from "./codec.ts";
import { KIND } from "./kinds.ts";
import { accepted, type Decoded } from "./pack.ts";
import { blob, flag, INTERVAL_MS_MAX, prose, random, text, whole, word } from "./scalars.ts";
import { list, nullable, record, union, variant } from "./shapes.ts";

/** A message as its sender has it: the reader alone measures it. */
type Unmeasured<T> = T extends { readonly bytes: number } ? Omit<T, "bytes"> : T;

const version = whole(0, 65_535);
// An interval of 0 would make a client spin.
const interval = whole(1, INTERVAL_MS_MAX);
const proof = nullable(blob("proofBytesMax"));
const proofMs = whole(0, INTERVAL_MS_MAX);
const ordinal = nullable(whole(0, LIMITS.ordinalMax));

const timing: Codec<Timing> = record<Timing>("timing", {
  surveyIntervalMs: interval,
  answerWindowMs: interval,
  announceIntervalMs: interval,
  reconnectMaxMs: interval,
  rejoinJitterMs: whole(0, INTERVAL_MS_MAX),
});

// A code of a later registrar is still a refusal, and its text says why.
const code: Codec<ErrorCode> = word(Object.keys(ERRORS).filter(isErrorCode), "ERR_VERSION");

/** Whatever the registrar says to one client. */
export const fromRegistrar = union<FromRegistrar>({
  welcome: variant("welcome", KIND.welcome, {
    versionMin: version,
    versionMax: version,
    epoch: random,
    nonce: random,
    roster: text("endpointBytesMax", 1),
    timing,
  }),
  survey: variant("survey", KIND.survey, { round: whole() }),
  accepted: variant("accepted", KIND.accepted, { edition: whole(), ordinal }),
  recorded: variant("recorded", KIND.recorded, { edition: whole(), revision: whole() }),
  left: variant("left", KIND.left, { revision: whole(), named: whole(), anonymous: whole() }),
  proof: variant("proof", KIND.proof, {
    edition: nullable(whole()),
    acknowledged: list(instance, "proofNamesMax"),
    missing: list(instance, "proofNamesMax"),
    anonymous: whole(),
    more: flag,
  }),
  refused: variant("refused", KIND.refused, { code, text: prose("textBytesMax") }),
  rejoin: variant("rejoin", KIND.rejoin, {}),
  explanation: variant("explanation", KIND.explanation, {
    token: whole(),
    found: flag,
    json: text("frameBytesMax"),
  }),
  exported: variant("exported", KIND.exported, {
    token: whole(),
    next: whole(),
    json: text("frameBytesMax"),
  }),
});

/** Whatever a client says. */
export const toRegistrar = union<Unmeasured<ToRegistrar>>({
  join: variant("join", KIND.join, {
    version,
    epoch: random,
    service,
    id,
    instance,
    edition: whole(),
    card,
    previous: nullable(random),
    proof,
    sequence: whole(),
    secret: random,
  }),
  watch: variant("watch", KIND.watch, {
    version,
    epoch: random,
    instance,
    services: list(watched, "watchedServicesMax"),
    ordinal,
    proof,
    sequence: whole(),
    secret: random,
  }),
  answer: variant("answer", KIND.answer, { epoch: random, round: whole(), stalledMs: whole() }),
  update: variant("update", KIND.update, { epoch: random, edition: whole(), card, proofMs }),
  leave: variant("leave", KIND.leave, { epoch: random, proofMs }),
  acknowledge: variant("acknowledge", KIND.acknowledge, {
    epoch: random,
    service,
    revision: whole(),
  }),
  report: variant("report", KIND.report, {
    epoch: random,
    service,
    id,
    instance,
    isUnreachable: flag,
  }),
  explain: variant("explain", KIND.explain, { epoch: random, token: whole(), service, id }),
  export: variant("export", KIND.export, {
    epoch: random,
    token: whole(),
    service: watched,
    after: whole(),
  }),
});

/** One frame for a client. Throws `ERR_LIMIT` or `ERR_WIRE` for what cannot travel. */
export function encodeToClient(message: FromRegistrar): Uint8Array {
  return encode(fromRegistrar, message, message.kind);
}

/** What the registrar says in one frame of any bytes. Never throws. */
export function decodeFromRegistrar(frame: Uint8Array): Decoded<FromRegistrar> {
  return decode(fromRegistrar, frame, "message");
}

/** One frame for the registrar. Throws `ERR_LIMIT` or `ERR_WIRE` for what cannot travel. */
export function encodeToRegistrar(message: ToRegistrar): Uint8Array {
  return encode(toRegistrar, message, message.kind);
}

/** What a client says in one frame of any bytes; sets `bytes`. Never throws. */
export function decodeToRegistrar(frame: Uint8Array): Decoded<ToRegistrar> {
  const decoded = decode(toRegistrar, frame, "message");
  if (!decoded.ok) return decoded;
  const message = decoded.value;
  return message.kind === "join" || message.kind === "update"
    ? accepted({ ...message, bytes: frame.length })
    : accepted(message);
}
