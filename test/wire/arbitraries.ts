import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { ERRORS, isErrorCode } from "../../lib/core/errors.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import type {
  FromRegistrar,
  RosterChange,
  RosterMessage,
  ServiceSnapshot,
  Snapshot,
  Timing,
  ToRegistrar,
} from "../../lib/core/messages.ts";
import type { Card, Endpoint, Entry, LeftCause, Tombstone } from "../../lib/core/peer.ts";
import { deltaTopic, PULSE_TOPIC, snapshotTopic } from "../../lib/core/topics.ts";

/*
 * Every value that can travel, as fast-check arbitraries. Texts are often hostile: names of
 * prototype members, marks, several bytes to a character, exactly as long as they may be.
 */

/** A record with the prototype that literals have, so that it can be compared with what is read. */
function plain<T>(model: { readonly [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

const HOSTILE = [
  "__proto__",
  "constructor",
  "toJSON",
  "hasOwnProperty",
  "\uFEFFmark",
  "*x",
  "𝄞🎼",
  "é\u0301",
];
const utf8 = new TextEncoder();

/**
 * Any character but NUL. The units "binary" and "grapheme" of fast-check would do, but take a
 * second to be made.
 */
export const character: Arbitrary<string> = fc
  .oneof(fc.integer({ min: 1, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

/** Text of `min` to `max` bytes of UTF-8 without NUL. */
function textOf(max: number, min: 0 | 1 = 0): Arbitrary<string> {
  const free = fc.oneof(
    { weight: 4, arbitrary: fc.string({ minLength: min, maxLength: 12 }) },
    { weight: 2, arbitrary: fc.string({ minLength: min, maxLength: 40, unit: character }) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
    { weight: 1, arbitrary: fc.constantFrom("x".repeat(max), "ü".repeat(max / 2)) },
  );
  return free.map((text) => fitted(text, max)).filter((text) => text.length >= min);
}

/** The longest beginning that may travel. */
function fitted(text: string, max: number): string {
  let whole = "";
  let bytes = 0;
  for (const character of text.replaceAll("\0", "")) {
    bytes += utf8.encode(character).length;
    if (bytes > max) break;
    whole += character;
  }
  return utf8.encode(whole).length > 64 ? whole.replace(/^\uFEFF+/, "") : whole;
}

/** A whole number, often near a change of its width on the wire. */
const count: Arbitrary<number> = fc.oneof(
  fc.nat(300),
  fc.constantFrom(0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xffffffff, 0x100000000),
  fc.maxSafeNat(),
);
/** 16 bytes in hexadecimal: an epoch, a nonce, the token of a topic. */
const hex16: Arbitrary<string> = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
const serviceName: Arbitrary<string> = textOf(LIMITS.serviceBytesMax, 1).filter(
  (name) => name !== "*",
);
const id: Arbitrary<string> = textOf(LIMITS.idBytesMax, 1);
const instance: Arbitrary<string> = fc.oneof(hex16, textOf(LIMITS.instanceBytesMax, 1));
const word1 = textOf(LIMITS.wordBytesMax, 1);
const word0 = textOf(LIMITS.wordBytesMax);
const port = fc.oneof(fc.constantFrom(0, 65_535), fc.nat(65_535));
const cause: Arbitrary<LeftCause> = fc.constantFrom(
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
);
const standing = fc.constantFrom("alive", "suspect");
const authority = fc.constantFrom("live", "learning", "held", "stale");

const endpoint: Arbitrary<Endpoint> = plain({
  protocol: word1,
  host: textOf(LIMITS.hostBytesMax, 1),
  port,
  scope: word1,
});

/** Built from entries, so that every key is an own property. */
const metadata: Arbitrary<Readonly<Record<string, string>>> = fc
  .array(fc.tuple(textOf(60), textOf(120)), { maxLength: 6 })
  .map((entries) => Object.fromEntries(entries));

export const card: Arbitrary<Card> = fc.record(
  {
    endpoints: fc.array(endpoint, { maxLength: 3 }),
    version: word0,
    zone: word0,
    weight: fc.oneof(fc.nat(10), fc.double({ min: 0, max: LIMITS.weightMax, noNaN: true })),
    tags: fc.array(textOf(LIMITS.tagBytesMax), { maxLength: 4 }),
    metadata,
    status: fc.constantFrom("passing", "warning", "critical", "unknown", "draining"),
    joinedAt: fc.oneof(count, fc.constant(1_700_000_000_000)),
  },
  {
    requiredKeys: ["endpoints", "weight", "tags", "metadata", "status", "joinedAt"],
    noNullPrototype: true,
  },
);

export const entry: Arbitrary<Entry> = plain({
  id,
  instance,
  edition: count,
  standing,
  cause: fc.option(cause),
  stalledMs: count,
  card,
});

export const tombstone: Arbitrary<Tombstone> = plain({ id, instance, cause, revision: count });

const interval = fc.integer({ min: 1, max: 86_400_000 });
const timing: Arbitrary<Timing> = plain({
  surveyIntervalMs: interval,
  answerWindowMs: interval,
  announceIntervalMs: interval,
  reconnectMaxMs: interval,
  rejoinJitterMs: fc.nat(86_400_000),
});
const version = fc.nat(65_535);
const proof = fc.option(fc.uint8Array({ maxLength: 64 }));

/** Each message from the registrar, by kind. */
export const fromRegistrar: {
  readonly [K in FromRegistrar["kind"]]: Arbitrary<Extract<FromRegistrar, { kind: K }>>;
} = {
  welcome: plain({
    kind: fc.constant("welcome"),
    versionMin: version,
    versionMax: version,
    epoch: hex16,
    nonce: hex16,
    roster: textOf(LIMITS.endpointBytesMax, 1),
    timing,
  }),
  survey: plain({ kind: fc.constant("survey"), round: count }),
  accepted: plain({
    kind: fc.constant("accepted"),
    edition: count,
    ordinal: fc.option(fc.nat(LIMITS.ordinalMax)),
  }),
  recorded: plain({ kind: fc.constant("recorded"), edition: count, revision: count }),
  left: plain({ kind: fc.constant("left"), revision: count, named: count, anonymous: count }),
  proof: plain({
    kind: fc.constant("proof"),
    edition: fc.option(count),
    acknowledged: fc.array(instance, { maxLength: 5 }),
    missing: fc.array(instance, { maxLength: 5 }),
    anonymous: count,
    more: fc.boolean(),
  }),
  refused: plain({
    kind: fc.constant("refused"),
    code: fc.constantFrom(...Object.keys(ERRORS).filter(isErrorCode)),
    text: textOf(LIMITS.textBytesMax).map((text) => text.replaceAll("\uFEFF", "")),
  }),
  rejoin: plain({ kind: fc.constant("rejoin") }),
  exported: plain({
    kind: fc.constant("exported"),
    token: count,
    next: count,
    json: fc.string({ unit: "grapheme" }),
  }),
  explanation: plain({
    kind: fc.constant("explanation"),
    token: count,
    found: fc.boolean(),
    json: fc.oneof(fc.json(), textOf(4000)),
  }),
};

/** Each message to the registrar, by kind; `bytes` is 0, because only the reader knows it. */
export const toRegistrar: {
  readonly [K in ToRegistrar["kind"]]: Arbitrary<Extract<ToRegistrar, { kind: K }>>;
} = {
  join: plain({
    kind: fc.constant("join"),
    version,
    epoch: hex16,
    service: serviceName,
    id,
    instance,
    edition: count,
    card,
    previous: fc.option(hex16),
    sequence: count,
    secret: hex16,
    proof,
    bytes: fc.constant(0),
  }),
  watch: plain({
    kind: fc.constant("watch"),
    version,
    epoch: hex16,
    instance,
    services: fc.array(fc.oneof(serviceName, fc.constant("*")), { maxLength: 5 }),
    ordinal: fc.option(fc.nat(LIMITS.ordinalMax)),
    proof,
    sequence: count,
    secret: hex16,
  }),
  answer: plain({ kind: fc.constant("answer"), epoch: hex16, round: count, stalledMs: count }),
  update: plain({
    kind: fc.constant("update"),
    epoch: hex16,
    edition: count,
    card,
    proofMs: fc.nat(86_400_000),
    bytes: fc.constant(0),
  }),
  leave: plain({ kind: fc.constant("leave"), epoch: hex16, proofMs: fc.nat(86_400_000) }),
  report: plain({
    kind: fc.constant("report"),
    epoch: hex16,
    service: serviceName,
    id,
    instance,
    isUnreachable: fc.boolean(),
  }),
  acknowledge: plain({
    kind: fc.constant("acknowledge"),
    epoch: hex16,
    service: serviceName,
    revision: count,
  }),
  export: plain({
    kind: fc.constant("export"),
    epoch: hex16,
    token: count,
    service: fc.oneof(serviceName, fc.constant("*")),
    after: count,
  }),
  explain: plain({
    kind: fc.constant("explain"),
    epoch: hex16,
    token: count,
    service: serviceName,
    id,
  }),
};

const rosterChange: Arbitrary<RosterChange> = fc.oneof(
  plain({ kind: fc.constant("put" as const), entry, returned: fc.boolean() }),
  plain({
    kind: fc.constant("standing" as const),
    id,
    instance,
    standing,
    cause: fc.option(cause),
  }),
  plain({ kind: fc.constant("gone" as const), id, instance, cause }),
);

/** A list of `service` in one revision; ids differ. */
function serviceSnapshot(service: Arbitrary<string>): Arbitrary<ServiceSnapshot> {
  return plain({
    service,
    revision: count,
    entries: fc.uniqueArray(entry, { maxLength: 4, selector: (line) => line.id }),
    tombstones: fc.array(tombstone, { maxLength: 3 }),
  });
}

/** A roster message and a topic on which it may travel. */
export interface Published<T extends RosterMessage> {
  readonly topic: string;
  readonly message: T;
}

const snapshotOfOne: Arbitrary<Published<Snapshot>> = plain({
  token: hex16,
  epoch: hex16,
  authority,
  one: serviceSnapshot(serviceName),
}).map(({ token, epoch, authority: trust, one }) => ({
  topic: snapshotTopic(token, one.service),
  message: { kind: "snapshot", epoch, authority: trust, all: false, services: [one] },
}));

const snapshotOfAll: Arbitrary<Published<Snapshot>> = plain({
  token: hex16,
  epoch: hex16,
  authority,
  services: fc.uniqueArray(serviceSnapshot(serviceName), {
    maxLength: 3,
    selector: (one) => one.service,
  }),
}).map(({ token, epoch, authority: trust, services }) => ({
  topic: snapshotTopic(token, "*"),
  message: { kind: "snapshot", epoch, authority: trust, all: true, services },
}));

function onTopicOf<T extends RosterMessage & { readonly service: string }>(
  message: T,
): Published<T> {
  return { topic: deltaTopic(message.service), message };
}

/** Each roster message, by kind. */
export const published: {
  readonly [K in RosterMessage["kind"]]: Arbitrary<Published<Extract<RosterMessage, { kind: K }>>>;
} = {
  delta: plain({
    kind: fc.constant("delta" as const),
    service: serviceName,
    epoch: hex16,
    revision: count,
    authority,
    fence: fc.boolean(),
    changes: fc.array(rosterChange, { maxLength: 4 }),
  }).map(onTopicOf),
  announce: plain({
    kind: fc.constant("announce" as const),
    service: serviceName,
    epoch: hex16,
    revision: count,
    authority,
    fence: fc.boolean(),
  }).map(onTopicOf),
  pulse: plain({
    kind: fc.constant("pulse" as const),
    epoch: hex16,
    authority,
    intervalMs: interval,
  }).map((message) => ({ topic: PULSE_TOPIC, message })),
  snapshot: fc.oneof(snapshotOfOne, snapshotOfAll),
};

/** The frames with one thing wrong, or by chance with nothing wrong: a byte, a piece, a whole frame. */
export function damaged(frames: readonly Uint8Array[]): Arbitrary<readonly Uint8Array[]> {
  return fc
    .record({
      which: fc.nat(Math.max(0, frames.length - 1)),
      at: fc.nat(),
      length: fc.nat(6),
      bytes: fc.uint8Array({ maxLength: 6 }),
      how: fc.constantFrom("splice", "drop", "repeat", "swap"),
    })
    .map(({ which, at, length, bytes, how }) => {
      const chosen = frames[which] ?? new Uint8Array();
      if (how === "drop") return frames.toSpliced(which, 1);
      if (how === "repeat") return frames.toSpliced(which, 0, chosen);
      if (how === "swap") return [...frames.toSpliced(which, 1), chosen];
      const spliced = [...chosen];
      spliced.splice(at % (chosen.length + 1), length, ...bytes);
      return frames.with(which, Uint8Array.from(spliced));
    });
}
