import assert from "node:assert/strict";
import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { readRoster } from "../../lib/client/reading.ts";
import { isServiceName, parseTopic } from "../../lib/core/topics.ts";
import { readSubscription } from "../../lib/transport/subscription.ts";
import { decode, decodeAtOnce, decodeThoroughly, encode } from "../../lib/wire/codec.ts";
import type { Codec } from "../../lib/wire/codec.ts";
import { pack, unpack } from "../../lib/wire/pack.ts";
import type { Wire } from "../../lib/wire/pack.ts";
import { decodeRoster, encodeRoster, named } from "../../lib/wire/roster.ts";
import { card } from "../../lib/wire/card.ts";
import { scan } from "../../lib/wire/scan.ts";
import { decodeSnapshot, encodeSnapshot } from "../../lib/wire/snapshot.ts";
import {
  decodeFromRegistrar,
  decodeToRegistrar,
  encodeToClient,
  encodeToRegistrar,
  fromRegistrar as downwardCodec,
  toRegistrar as upwardCodec,
} from "../../lib/wire/survey.ts";
import { card as anyCard, fromRegistrar, published, toRegistrar } from "../wire/arbitraries.ts";
import { FRAMES, targetOf } from "./target.ts";
import type { Target } from "./target.ts";

/*
 * Every decoder takes bytes of any kind, throws nothing, and what it accepts can be written and read
 * again as the same message.
 */

type Frames = readonly Uint8Array[];
type Seeds = Arbitrary<Frames>;

const noise = fc.uint8Array({ maxLength: 80 });
/** The opening of a message with anything behind it. */
const opened = fc
  .record({ count: fc.integer({ min: 0, max: 15 }), kind: fc.nat(0x7f), rest: noise })
  .map(({ count, kind, rest }) => Uint8Array.of(0x90 + count, kind, ...rest));

/** Valid messages are made once: making them costs more than all that is done to them. */
const POOL = 200;

/** One thing that happens to the frames of a message. */
interface Edit {
  readonly how: "splice" | "drop" | "repeat" | "swap";
  readonly which: number;
  readonly at: number;
  readonly cut: number;
  readonly put: Uint8Array;
}

const edit: Arbitrary<Edit> = fc.record({
  how: fc.constantFrom("splice", "splice", "splice", "splice", "splice", "drop", "repeat", "swap"),
  which: fc.nat(0xff),
  at: fc.nat(0xffff),
  cut: fc.nat(6),
  put: fc.uint8Array({ maxLength: 6 }),
});

function edited(frames: Frames, { how, which, at, cut, put }: Edit): Frames {
  const place = which % Math.max(1, frames.length);
  const frame = frames[place];
  if (frame === undefined) return [put];
  if (how === "drop") return frames.toSpliced(place, 1);
  if (how === "repeat") return frames.toSpliced(place, 0, frame);
  if (how === "swap") return [...frames.toSpliced(place, 1), frame];
  const from = at % (frame.length + 1);
  const rest = frame.subarray(from + cut);
  return frames.with(place, Uint8Array.of(...frame.subarray(0, from), ...put, ...rest));
}

/** Valid frames, damaged ones, and noise. */
export function hostile(seeds: Seeds): Seeds {
  let pool: readonly Frames[] | undefined;
  const made = fc.record({ pick: fc.nat(), edits: fc.array(edit, { maxLength: 3 }) });
  const damaged = made.map(({ pick, edits }) => {
    pool ??= fc.sample(seeds, POOL);
    return edits.reduce(edited, pool[pick % pool.length] ?? []);
  });
  const noises = fc.array(fc.oneof(noise, opened), { minLength: 1, maxLength: 3 });
  return fc.oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: noises });
}

/** The first frame alone, where a message is one. */
function only([frame = new Uint8Array()]: Frames): Uint8Array {
  return frame;
}

const upward: Seeds = fc.oneof(...Object.values(toRegistrar)).map((m) => [encodeToRegistrar(m)]);
const downward: Seeds = fc.oneof(...Object.values(fromRegistrar)).map((m) => [encodeToClient(m)]);
const roster: Seeds = fc
  .oneof(...Object.values(published))
  .map(({ message, topic }) => encodeRoster(message, topic));
const snapshot: Seeds = published.snapshot.map(({ message, topic }) =>
  encodeRoster(message, topic),
);
const cards: Seeds = anyCard.map((one) => [encode(card, one, "card")]);

function decoder(
  name: string,
  covers: readonly string[],
  of: { readonly seeds: Seeds; readonly check: (frames: Frames) => void },
): Target {
  return targetOf({ name, covers, arbitrary: hostile(of.seeds), check: of.check, ...FRAMES });
}

/** What is read in one pass is what is read thoroughly. */
function agree(codec: Codec<unknown>, frame: Uint8Array): void {
  const quick = decodeAtOnce(codec, frame);
  if (quick !== undefined) assert.deepEqual(quick, decodeThoroughly(codec, frame, "message"));
}

const AT_ONCE = ["decodeAtOnce", "decodeThoroughly"].map((one) => `lib/wire/codec.ts ${one}`);

export const DECODERS: readonly Target[] = [
  decoder("to-registrar", ["lib/wire/survey.ts decodeToRegistrar"], {
    seeds: upward,
    check: (frames) => {
      const decoded = decodeToRegistrar(only(frames));
      if (!decoded.ok) return assertReason(decoded.reason);
      const again = decodeToRegistrar(encodeToRegistrar(decoded.value));
      assert.ok(again.ok);
      // The length is that of the frame it was read from.
      const bytes = "bytes" in decoded.value ? { bytes: decoded.value.bytes } : {};
      assert.deepEqual({ ...again.value, ...bytes }, decoded.value);
    },
  }),
  decoder("from-registrar", ["lib/wire/survey.ts decodeFromRegistrar"], {
    seeds: downward,
    check: (frames) => {
      const decoded = decodeFromRegistrar(only(frames));
      if (!decoded.ok) return assertReason(decoded.reason);
      assert.deepEqual(decodeFromRegistrar(encodeToClient(decoded.value)), decoded);
    },
  }),
  decoder("roster", ["lib/wire/roster.ts decodeRoster", "lib/client/reading.ts readRoster"], {
    seeds: roster,
    check: (frames) => {
      const decoded = decodeRoster(frames);
      assert.deepEqual(readRoster(frames), decoded, "what is read once is read as ever");
      if (!decoded.ok) return assertReason(decoded.reason);
      const { message, topic } = decoded.value;
      assert.deepEqual(decodeRoster(encodeRoster(message, topic)), decoded);
    },
  }),
  decoder("snapshot", ["lib/wire/snapshot.ts decodeSnapshot"], {
    seeds: snapshot,
    check: ([, ...frames]) => {
      const decoded = decodeSnapshot(frames, "*");
      if (!decoded.ok) return assertReason(decoded.reason);
      assert.deepEqual(decodeSnapshot(encodeSnapshot(decoded.value, "*"), "*"), decoded);
    },
  }),
  decoder("unpack", ["lib/wire/pack.ts unpack", "lib/wire/scan.ts scan"], {
    seeds: fc.oneof(upward, downward, roster),
    check: (frames) => {
      const frame = only(frames);
      const reason = scan(frame);
      const unpacked = unpack(frame);
      assert.equal(unpacked.ok, reason === undefined, "the scan alone decides");
      if (!unpacked.ok) return assertReason(unpacked.reason);
      const again = unpack(pack(unpacked.value as Wire));
      assert.ok(again.ok);
      assert.deepEqual(again.value, unpacked.value);
    },
  }),
  decoder("at-once", AT_ONCE, {
    seeds: fc.oneof(upward, downward, roster),
    check: (frames) => {
      const [first, second = new Uint8Array()] = frames;
      const frame = first ?? second;
      agree(upwardCodec as Codec<unknown>, frame);
      agree(downwardCodec as Codec<unknown>, frame);
      agree(named as Codec<unknown>, second);
    },
  }),
  decoder("card", ["lib/wire/codec.ts decode"], {
    seeds: cards,
    check: (frames) => {
      const decoded = decode(card, only(frames), "card");
      if (!decoded.ok) return assertReason(decoded.reason);
      assert.deepEqual(decode(card, encode(card, decoded.value, "card"), "card"), decoded);
    },
  }),
  decoder(
    "subscription",
    ["lib/transport/subscription.ts readSubscription", "lib/core/topics.ts parseTopic"],
    {
      seeds: roster.map(([topic = new Uint8Array()]) => [Uint8Array.of(1, ...topic)]),
      check: (frames) => {
        const frame = only(frames);
        const subscription = readSubscription(frame);
        if (subscription === undefined) return;
        const bytes = new TextEncoder().encode(subscription.topic);
        assert.deepEqual([...bytes], [...frame.subarray(1)], "a topic stands for its bytes alone");
        const topic = parseTopic(subscription.topic);
        if ("service" in topic && isServiceName(topic.service))
          assert.ok(!topic.service.includes("\0"));
      },
    },
  ),
];

/** A reason is one short line: it goes into a log that others read. */
function assertReason(reason: string): void {
  assert.ok(reason.length > 0 && reason.length < 600, `a reason of ${reason.length} characters`);
  assert.ok(!reason.includes("\n"), reason);
}
