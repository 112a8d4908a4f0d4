import { LIMITS } from "./limits.ts";

/**
 * Topics of the roster socket. Subscriptions are prefixes in ZeroMQ, so every topic ends with NUL:
 * without it a watcher of "cache" would also be sent "cache2".
 */
const END = "\0";
/** The longest text in bytes that may begin with a byte order mark; see `lib/wire/text.ts`. */
const MARKED_BYTES_MAX = 64;
const TOKEN_LENGTH = 32;

/** Sign of life of the registrar. */
export const PULSE_TOPIC = `P${END}`;
/** The prefix of the topics of all services. */
export const ALL_TOPIC = "D";
/** The name that stands for all services. */
export const ALL = "*";

/** Deltas and announcements of one service, or of all for `"*"`. */
export function deltaTopic(service: string): string {
  return service === ALL ? ALL_TOPIC : `D${service}${END}`;
}

/** A private topic, used once; `token` is 32 hexadecimal digits. */
export function snapshotTopic(token: string, service: string): string {
  return `S${token}${service}${END}`;
}

export type Topic =
  | { readonly kind: "pulse" }
  | { readonly kind: "deltas"; readonly service: string }
  | { readonly kind: "snapshot"; readonly service: string }
  | { readonly kind: "unknown" };

/** What a subscription asks for. */
export function parseTopic(topic: string): Topic {
  if (topic === PULSE_TOPIC) return { kind: "pulse" };
  if (topic === ALL_TOPIC) return { kind: "deltas", service: ALL };
  if (!topic.endsWith(END)) return { kind: "unknown" };
  if (topic.startsWith("D")) return named("deltas", topic.slice(1, -1));
  if (topic.startsWith("S") && /^[0-9a-f]{32}$/.test(topic.slice(1, 1 + TOKEN_LENGTH))) {
    return named("snapshot", topic.slice(1 + TOKEN_LENGTH, -1));
  }
  return { kind: "unknown" };
}

/** True for what can be watched: a service by its name, or all of them. */
export function isWatchable(service: string): boolean {
  return service === ALL || isServiceName(service);
}

/**
 * True for the name of a service that can travel: the codec accepts the very same names. Who
 * subscribes may name anything, so the registrar has to know before it speaks of it.
 */
export function isServiceName(name: string): boolean {
  const isText = name !== "" && name !== ALL && !/[\0\p{Surrogate}]/u.test(name);
  const bytes = utf8Bytes(name);
  if (!isText || bytes > LIMITS.serviceBytesMax) return false;
  return bytes <= MARKED_BYTES_MAX || !name.startsWith("\uFEFF");
}

function named(kind: "deltas" | "snapshot", service: string): Topic {
  if (service === "" || service.includes(END)) return { kind: "unknown" };
  // Each delta is sent on the topic of its service, and all of them are a prefix.
  return kind === "deltas" && service === ALL ? { kind: "unknown" } : { kind, service };
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** True where whoever names these services is shown this one. */
export function follows(services: readonly string[], service: string): boolean {
  return services.includes(service) || services.includes(ALL);
}
