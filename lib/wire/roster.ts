import { LIMITS } from "../core/limits.ts";
import { RollcallError } from "../core/errors.ts";
import type { Announce, Delta, Pulse, RosterChange, RosterMessage } from "../core/messages.ts";
import { ALL, parseTopic, PULSE_TOPIC, type Topic } from "../core/topics.ts";
import { authority, cause, checkName, entry, id, instance, standing } from "./card.ts";
import { decode, encode, type Codec } from "./codec.ts";
import { CHANGE, KIND } from "./kinds.ts";
import { accepted, rejected, type Decoded } from "./pack.ts";
import { flag, INTERVAL_MS_MAX, random, whole } from "./scalars.ts";
import { list, nullable, union, variant } from "./shapes.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";

/** A message of one service without its name, which the topic carries. */
type Unnamed = Omit<Delta, "service"> | Omit<Announce, "service">;

/** `[1, entry, returned]`, `[2, id, instance, standing, cause?]` or `[3, id, instance, cause]`. */
const change: Codec<RosterChange> = union<RosterChange>({
  put: variant("put", CHANGE.put, { entry, returned: flag }),
  standing: variant("standing", CHANGE.standing, {
    id,
    instance,
    standing,
    cause: nullable(cause),
  }),
  gone: variant("gone", CHANGE.gone, { id, instance, cause }),
});
/** Whatever is said of one service on its topic. */
export const named = union<Unnamed>({
  delta: variant("delta", KIND.delta, {
    epoch: random,
    revision: whole(),
    authority,
    fence: flag,
    changes: list(change, "changesMax"),
  }),
  announce: variant("announce", KIND.announce, {
    epoch: random,
    revision: whole(),
    authority,
    fence: flag,
  }),
});
const pulse = variant<Pulse>("pulse", KIND.pulse, {
  epoch: random,
  authority,
  intervalMs: whole(1, INTERVAL_MS_MAX),
});

/** A topic: a letter, a token of 32 digits, a name and NUL. */
const TOPIC_BYTES_MAX = 34 + LIMITS.serviceBytesMax;

const encoder = new TextEncoder();
// Fatal, because a name with a replaced character is another name; a leading mark is part of it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The frames of one roster message, topic first. `topic` is that of the message: `deltaTopic` of its
 * service, `PULSE_TOPIC`, or the private topic of whoever asked for the snapshot. Throws `ERR_LIMIT`
 * or `ERR_WIRE` for what cannot travel.
 */
export function encodeRoster(message: RosterMessage, topic: string): Uint8Array[] {
  const { parsed, reason, frame } = topic === latest.text ? latest : remember(topic);
  if (reason !== undefined) throw new RollcallError("ERR_WIRE", reason);
  return [frame, ...encodeBody(message, parsed)];
}

/** The roster message in frames of any bytes, topic first. Never throws. */
export function decodeRoster(
  frames: readonly Uint8Array[],
): Decoded<{ readonly topic: string; readonly message: RosterMessage }> {
  if (frames.length < 2) return rejected("a roster message has at least two frames");
  if (frames.length > LIMITS.framesMax) {
    return rejected("a roster message has more frames than framesMax");
  }
  const topic = readTopic(frames[0]);
  if (topic === undefined) return rejected("the topic is too long or not UTF-8");
  const { text, parsed, reason } = topic;
  if (reason !== undefined) return rejected(reason);
  const decoded = decodeBody(frames.slice(1), parsed);
  return decoded.ok ? accepted({ topic: text, message: decoded.value }) : decoded;
}

function encodeBody(message: RosterMessage, topic: Topic): Uint8Array[] {
  const { kind } = message;
  if (kind === "snapshot" && topic.kind === "snapshot") {
    return encodeSnapshot(message, topic.service);
  }
  if (kind === "pulse" && topic.kind === "pulse") return [encode(pulse, message, kind)];
  if ((kind === "delta" || kind === "announce") && topic.kind === "deltas") {
    if (topic.service === message.service) return [encode(named, message, kind)];
  }
  throw new RollcallError("ERR_WIRE", `${kind} does not belong on this topic`);
}

function decodeBody(frames: readonly Uint8Array[], topic: Topic): Decoded<RosterMessage> {
  if (topic.kind === "snapshot") return decodeSnapshot(frames, topic.service);
  const frame = frames[0];
  if (frame === undefined || frames.length > 1) {
    return rejected("only snapshots have more than two frames");
  }
  if (topic.kind === "pulse") return decode(pulse, frame, "pulse");
  if (topic.kind === "unknown") return rejected("the topic is unknown");
  const decoded = decode(named, frame, "message");
  return decoded.ok ? accepted({ ...decoded.value, service: topic.service }) : decoded;
}

/** Deltas of `*` can be subscribed, but each is sent on the topic of its service. */
function checkTopic(topic: Topic): string | undefined {
  if (topic.kind === "unknown") return "the topic is unknown";
  if (topic.kind === "pulse") return undefined;
  const isAll = topic.kind === "snapshot" && topic.service === ALL;
  return isAll ? undefined : checkName("service", topic.service);
}

/** A topic as text and as a frame, and why nothing may travel on it. */
interface KnownTopic {
  readonly text: string;
  readonly frame: Uint8Array;
  readonly parsed: Topic;
  readonly reason: string | undefined;
}

/** The topic of the message before: nearly always it is that of the next one. */
let latest = knownOf(PULSE_TOPIC);

function knownOf(text: string): KnownTopic {
  const parsed = parseTopic(text);
  return { text, frame: encoder.encode(text), parsed, reason: checkTopic(parsed) };
}

function remember(text: string): KnownTopic {
  const known = knownOf(text);
  // What may not travel has no frame of its own.
  if (known.reason === undefined) latest = known;
  return known;
}

function readTopic(frame: Uint8Array | undefined): KnownTopic | undefined {
  if (frame === undefined || frame.length > TOPIC_BYTES_MAX) return undefined;
  if (isSame(frame, latest.frame)) return latest;
  try {
    return remember(decoder.decode(frame));
  } catch {
    return undefined;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
