import { ALL } from "../core/topics.ts";
import { LIMITS } from "../core/limits.ts";
import type { Authority } from "../core/messages.ts";
import type { Card, Endpoint, Entry, LeftCause, Status, Tombstone } from "../core/peer.ts";
import { exceeded, malformed, type Codec, type Flaw } from "./codec.ts";
import { amount, checkText, text, whole, word } from "./scalars.ts";
import { isObject, list, nullable, optional, record } from "./shapes.ts";
import type { Reader } from "./reader.ts";
import { show, utf8Length } from "./text.ts";
import type { Writer } from "./writer.ts";

const STATUSES: readonly Status[] = ["passing", "warning", "critical", "unknown", "draining"];
const CAUSES: readonly LeftCause[] = [
  "goodbye",
  "draining",
  "critical",
  "connection-lost",
  "missed-surveys",
  "lease-expired",
  "health-check",
  "replaced",
  "not-returned",
  "unknown",
];

/** How a registrar judges its own list. No fallback: a word that is not understood is not trusted. */
export const authority: Codec<Authority> = word(["live", "learning", "held", "stale"]);
/** What the registrar judges of a listed peer. */
export const standing: Codec<"alive" | "suspect"> = word(["alive", "suspect"]);
/** Why a peer left. A later cause is read as `unknown`: watchers negotiate no version. */
export const cause: Codec<LeftCause> = word(CAUSES, "unknown");
/** What a peer says of itself. A later status is read as `unknown`, which is given work. */
const status: Codec<Status> = word(STATUSES, "unknown");

/** The name of a service: not `*`, which stands for all of them. */
export const service: Codec<string> = {
  ...text("serviceBytesMax", 1),
  check: (value, at) =>
    value === ALL
      ? malformed(`${at} is "${ALL}", which stands for all services`)
      : watched.check(value, at),
  put: (value, writer) => (value === ALL ? writer.doubt() : watched.put(value, writer)),
  take(reader) {
    const value = watched.take(reader);
    if (value === ALL) reader.doubt();
    return value;
  },
};
/** What may be watched: the name of a service, or `*`. */
export const watched: Codec<string> = text("serviceBytesMax", 1);
/** The id of a peer. */
export const id: Codec<string> = text("idBytesMax", 1);
/** The instance of a peer or of a watcher. */
export const instance: Codec<string> = text("instanceBytesMax", 1);

const endpoint: Codec<Endpoint> = record<Endpoint>("endpoint", {
  protocol: text("wordBytesMax", 1),
  host: text("hostBytesMax", 1),
  port: whole(0, 65_535),
  scope: text("wordBytesMax", 1),
});

/** A map of text to text. Any key is safe, `__proto__` too: it becomes an own property. */
const metadata: Codec<Readonly<Record<string, string>>> = {
  check: checkMetadata,
  // A map, because msgpackr looks into plain objects: a key "toJSON" makes it throw.
  write: (value) => new Map(Object.entries(value)),
  read: (wire) => (wire instanceof Map ? readMetadata(wire) : undefined),
  put: putMetadata,
  take: takeMetadata,
};

/** `[endpoints, version?, zone?, weight, tags, metadata, status, joinedAt]`. */
export const card: Codec<Card> = record<Card>("card", {
  endpoints: list(endpoint, "endpointsMax"),
  version: optional(text("wordBytesMax")),
  zone: optional(text("wordBytesMax")),
  weight: amount("weightMax"),
  tags: list(text("tagBytesMax"), "tagsMax"),
  metadata,
  status,
  joinedAt: whole(),
});

/** `[id, instance, edition, standing, cause?, card]`. */
export const entry: Codec<Entry> = record<Entry>("entry", {
  id,
  instance,
  edition: whole(),
  standing,
  cause: nullable(cause),
  stalledMs: whole(),
  card,
});

/** `[id, instance, cause, revision]`. */
export const tombstone: Codec<Tombstone> = record<Tombstone>("tombstone", {
  id,
  instance,
  cause,
  revision: whole(),
});

/** Why this is not a card that can travel, naming the field and the value, or undefined. */
export function checkCard(value: unknown): string | undefined {
  return card.check(value, "card")?.text;
}

/** Why this is not a name that can travel, naming the field and the value, or undefined. */
export function checkName(
  field: "service" | "id" | "instance",
  value: unknown,
): string | undefined {
  return { service, id, instance }[field].check(value, field)?.text;
}

function putMetadata(value: unknown, writer: Writer): void {
  if (!isObject(value) || value instanceof Map) return writer.doubt();
  const entries = Object.entries(value);
  writer.map(entries.length);
  let bytes = 0;
  for (const pair of entries) {
    for (const item of pair) {
      if (typeof item !== "string") return writer.doubt();
      bytes += item.length;
      writer.text(item, LIMITS.metadataBytesMax);
    }
  }
  if (bytes > LIMITS.metadataBytesMax) writer.doubt();
}

function takeMetadata(reader: Reader): unknown {
  const entries: [string, string][] = [];
  let bytes = 0;
  for (let left = reader.map(); left > 0 && !reader.isDoubtful; left -= 1) {
    const key = reader.text(LIMITS.metadataBytesMax);
    const item = reader.text(LIMITS.metadataBytesMax);
    bytes += key.length + item.length;
    entries.push([key, item]);
  }
  if (bytes > LIMITS.metadataBytesMax) reader.doubt();
  return Object.fromEntries(entries);
}

function readMetadata(wire: ReadonlyMap<unknown, unknown>): unknown {
  for (const key of wire.keys()) if (typeof key !== "string") return undefined;
  return Object.fromEntries(wire);
}

function checkMetadata(value: unknown, at: string): Flaw | undefined {
  if (!isObject(value) || value instanceof Map) {
    return malformed(`${at} is ${show(value)} but must be an object of texts`);
  }
  const entries = Object.entries(value);
  if (entries.length > LIMITS.metadataEntriesMax) {
    return exceeded(
      `${at} has ${entries.length} entries`,
      "metadataEntriesMax",
      LIMITS.metadataEntriesMax,
    );
  }
  const limit = "metadataBytesMax";
  const max = LIMITS[limit];
  let bytes = 0;
  for (const [key, item] of entries) {
    const flaw =
      checkText(key, `a key of ${at}`, limit) ?? checkText(item, `a value of ${at}`, limit);
    if (flaw !== undefined) return { code: flaw.code, text: `${flaw.text}, at ${show(key)}` };
    bytes += utf8Length(key) + (typeof item === "string" ? utf8Length(item) : 0);
  }
  return bytes > max ? exceeded(`${at} is ${bytes} bytes`, limit, max) : undefined;
}
