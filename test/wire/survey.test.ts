import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ERRORS } from "../../lib/core/errors.ts";
import { LIMITS } from "../../lib/core/limits.ts";
import type { FromRegistrar, ToRegistrar, Watch } from "../../lib/core/messages.ts";
import {
  decodeFromRegistrar,
  decodeToRegistrar,
  encodeToClient,
  encodeToRegistrar,
} from "../../lib/wire/survey.ts";
import { INTERVAL_MS_MAX } from "../../lib/wire/scalars.ts";
import { damaged, fromRegistrar, toRegistrar } from "./arbitraries.ts";
import { assertRejected, bytesOf, elementsOf, embedded, rawFrame, valueOf } from "./frames.ts";
import { CARD, EPOCH, JOIN } from "./samples.ts";

/** A message as the reader has it. */
function measured(message: ToRegistrar, frame: Uint8Array): ToRegistrar {
  return "bytes" in message ? { ...message, bytes: frame.length } : message;
}

for (const [kind, messages] of Object.entries(fromRegistrar)) {
  test(`${kind} survives the wire, and what a later version appends is ignored`, () => {
    fc.assert(
      fc.property<[FromRegistrar]>(messages, (message) => {
        const frame = encodeToClient(message);
        assert.deepEqual(valueOf(decodeFromRegistrar(embedded(frame))), message);
        assert.deepEqual(encodeToClient(valueOf(decodeFromRegistrar(frame))), frame);
        const longer = rawFrame([...elementsOf(frame), { later: 1 }, null]);
        assert.deepEqual(valueOf(decodeFromRegistrar(longer)), message);
      }),
    );
  });
}

for (const [kind, messages] of Object.entries(toRegistrar)) {
  test(`${kind} survives the wire, and what a later version appends is ignored`, () => {
    fc.assert(
      fc.property<[ToRegistrar]>(messages, (message) => {
        const frame = encodeToRegistrar(message);
        assert.deepEqual(valueOf(decodeToRegistrar(embedded(frame))), measured(message, frame));
        assert.deepEqual(encodeToRegistrar(valueOf(decodeToRegistrar(frame))), frame);
        const longer = rawFrame([...elementsOf(frame), "later", []]);
        assert.deepEqual(valueOf(decodeToRegistrar(longer)), measured(message, longer));
      }),
    );
  });
}

const anyFrame = fc.oneof(
  ...Object.values(fromRegistrar).map((messages) => messages.map(encodeToClient)),
  ...Object.values(toRegistrar).map((messages) => messages.map(encodeToRegistrar)),
);

test("damaged frames are read or refused, and never throw", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      anyFrame.chain((frame) => damaged([frame])),
      ([frame]) => {
        if (frame === undefined) return;
        const decoded = [decodeFromRegistrar(frame), decodeToRegistrar(frame)];
        if (decoded.every(({ ok }) => !ok)) refused += 1;
        for (const one of decoded) if (!one.ok) assert.equal(typeof one.reason, "string");
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(refused > 50, `only ${refused} were damaged enough`);
});

test("any bytes are read or refused, and never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(40), (bytes, kind) => {
      for (const frame of [bytes, Uint8Array.from([0x95, kind, ...bytes])]) {
        decodeFromRegistrar(frame);
        decodeToRegistrar(frame);
      }
    }),
    { numRuns: 500 },
  );
});

test("a frame that lacks an element, or has one of another type, is refused", () => {
  const join = elementsOf(encodeToRegistrar(JOIN));
  assertRejected(decodeToRegistrar(rawFrame(join.slice(0, -1))), /too few elements/);
  for (const [index] of join.entries()) {
    assertRejected(decodeToRegistrar(rawFrame(join.with(index, { wrong: true }))), /./);
  }
});

test("a frame of the other direction or of no kind is refused", () => {
  assertRejected(
    decodeToRegistrar(encodeToClient({ kind: "rejoin" })),
    /opens with 7: no known kind/,
  );
  assertRejected(decodeFromRegistrar(encodeToRegistrar(JOIN)), /opens with 17: no known kind/);
  for (const value of [
    [],
    [99],
    ["join"],
    [null],
    [[17]],
    17,
    "join",
    null,
    new Map([["kind", "join"]]),
  ]) {
    assertRejected(decodeToRegistrar(rawFrame(value)), /^message /);
    assertRejected(decodeFromRegistrar(rawFrame(value)), /^message /);
  }
});

test("an epoch that is text on the wire is refused, though it is text in the program", () => {
  const leave = elementsOf(encodeToRegistrar({ kind: "leave", epoch: EPOCH, proofMs: 0 }));
  assertRejected(decodeToRegistrar(rawFrame(leave.with(1, EPOCH))), /leave\.epoch is not 16 bytes/);
});

const WATCH: Watch = {
  kind: "watch",
  version: 1,
  epoch: EPOCH,
  instance: "w1",
  services: [],
  ordinal: null,
  proof: null,
  sequence: 1,
  secret: "5e".repeat(16),
};

/** A message at a limit, and one over it. */
const EDGES: readonly (readonly [
  limit: keyof typeof LIMITS,
  at: ToRegistrar,
  over: ToRegistrar,
])[] = [
  ["serviceBytesMax", { ...JOIN, service: "s".repeat(255) }, { ...JOIN, service: "s".repeat(256) }],
  ["idBytesMax", { ...JOIN, id: "s".repeat(255) }, { ...JOIN, id: "s".repeat(256) }],
  [
    "instanceBytesMax",
    { ...JOIN, instance: "s".repeat(64) },
    { ...JOIN, instance: "s".repeat(65) },
  ],
  ["proofBytesMax", { ...JOIN, proof: new Uint8Array(64) }, { ...JOIN, proof: new Uint8Array(65) }],
  [
    "tagsMax",
    { ...JOIN, card: { ...CARD, tags: Array.from({ length: 64 }, String) } },
    { ...JOIN, card: { ...CARD, tags: Array.from({ length: 65 }, String) } },
  ],
  [
    "watchedServicesMax",
    { ...WATCH, services: Array.from({ length: 256 }, String) },
    { ...WATCH, services: Array.from({ length: 257 }, String) },
  ],
  [
    "serviceBytesMax",
    { ...WATCH, services: ["s".repeat(255), "*"] },
    { ...WATCH, services: ["s".repeat(256)] },
  ],
];

/** The frame that an encoder without checks would make of an oversized message. */
function unchecked(at: ToRegistrar, over: ToRegistrar): Uint8Array {
  const wire = elementsOf(encodeToRegistrar(at));
  if (over.kind === "watch") return rawFrame(wire.with(4, over.services));
  assert.ok(over.kind === "join");
  const card = wire[7];
  assert.ok(Array.isArray(card));
  const { service, id, instance, proof } = over;
  const named = wire.with(3, service).with(4, id).with(5, instance).with(9, proof);
  return rawFrame(named.with(7, card.with(4, over.card.tags)));
}

for (const [limit, at, over] of EDGES) {
  test(`${at.kind} keeps to ${limit} on both sides`, () => {
    const frame = encodeToRegistrar(at);
    assert.deepEqual(valueOf(decodeToRegistrar(unchecked(at, at))), measured(at, frame));
    const message = new RegExp(`more than ${limit} ${LIMITS[limit]}`);
    assert.throws(() => encodeToRegistrar(over), { code: "ERR_LIMIT", message });
    assertRejected(decodeToRegistrar(unchecked(at, over)), message);
  });
}

test("an explanation that is longer than a frame is refused by the writer", () => {
  const explain = (length: number): FromRegistrar => ({
    kind: "explanation",
    token: 1,
    found: true,
    json: "x".repeat(length),
  });
  assert.equal(encodeToClient(explain(LIMITS.frameBytesMax - 9)).length, LIMITS.frameBytesMax);
  assert.throws(() => encodeToClient(explain(LIMITS.frameBytesMax - 8)), {
    code: "ERR_LIMIT",
    message: /frameBytesMax/,
  });
});

test("a frame over frameBytesMax is refused by the reader", () => {
  assertRejected(
    decodeToRegistrar(rawFrame([21, "x".repeat(LIMITS.frameBytesMax)])),
    /frameBytesMax/,
  );
});

test("a refusal is always sent: its text is cut and mended", () => {
  const text = `\uFEFF${"ü".repeat(LIMITS.textBytesMax)}\0\ud800`;
  const read = valueOf(
    decodeFromRegistrar(encodeToClient({ kind: "refused", code: "ERR_ID_TAKEN", text })),
  );
  assert.deepEqual(read, {
    kind: "refused",
    code: "ERR_ID_TAKEN",
    text: "ü".repeat(LIMITS.textBytesMax / 2),
  });
});

test("a refusal with a code of a later version is still a refusal", () => {
  const read = valueOf(
    decodeFromRegistrar(rawFrame([6, "ERR_MOON_PHASE", "wait for the new moon"])),
  );
  assert.deepEqual(read, { kind: "refused", code: "ERR_VERSION", text: "wait for the new moon" });
  assert.equal(ERRORS.ERR_VERSION.retryable, false);
});

test("a timing that would make a client spin or wait for ever is refused", () => {
  const timing = {
    surveyIntervalMs: 1000,
    answerWindowMs: 500,
    announceIntervalMs: 1000,
    reconnectMaxMs: 2000,
    rejoinJitterMs: 0,
  };
  const welcome = {
    kind: "welcome",
    versionMin: 1,
    versionMax: 1,
    epoch: EPOCH,
    nonce: EPOCH,
    roster: "tcp://*:1",
    timing,
  } as const;
  assert.deepEqual(valueOf(decodeFromRegistrar(encodeToClient(welcome))), welcome);
  const wire = elementsOf(encodeToClient(welcome));
  for (const [index, value] of [
    [0, 0],
    [1, -1],
    [2, 0.5],
    [3, INTERVAL_MS_MAX + 1],
    [4, -1],
  ] as const) {
    const numbers = Object.values(timing).with(index, value);
    assertRejected(decodeFromRegistrar(rawFrame(wire.with(6, numbers))), /^timing\./);
  }
});

test("a read message shares no memory with its frame", () => {
  const frame = encodeToRegistrar({ ...JOIN, proof: Uint8Array.of(1, 2, 3), previous: EPOCH });
  const read = valueOf(decodeToRegistrar(frame));
  const before = structuredClone(read);
  frame.fill(0);
  assert.deepEqual(read, before);
});

test("numbers above 32 bits travel as doubles and are taken as integers of 64 bits as well", () => {
  const frame = encodeToClient({ kind: "survey", round: 2 ** 32 });
  assert.deepEqual(frame, bytesOf("9202 cb41f0000000000000"));
  assert.deepEqual(valueOf(decodeFromRegistrar(bytesOf("9202 cf0000000100000000"))), {
    kind: "survey",
    round: 2 ** 32,
  });
  assertRejected(decodeFromRegistrar(bytesOf("9202 cfffffffffffffffff")), /survey\.round/);
});
