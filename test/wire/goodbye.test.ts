import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Delta } from "../../lib/core/messages.ts";
import { decodeThoroughly, encodeThoroughly } from "../../lib/wire/codec.ts";
import { decodeGoodbye, encodeGoodbye } from "../../lib/wire/goodbye.ts";
import { named } from "../../lib/wire/roster.ts";
import { damaged, published } from "./arbitraries.ts";
import { embedded, rawFrame } from "./frames.ts";
import { entryOf, EPOCH } from "./samples.ts";

type Unnamed = Omit<Delta, "service">;

const GONE = { kind: "gone", id: "a", instance: "b", cause: "goodbye" } as const;
const GOODBYE: Unnamed = {
  kind: "delta",
  epoch: EPOCH,
  revision: 7,
  authority: "live",
  fence: false,
  changes: [GONE],
};

/** Revisions in which one peer leaves, and others. */
const revisions = published.delta.map(({ message }): Unnamed => {
  const { kind, epoch, revision, authority, fence, changes } = message;
  const gone = changes.find((change) => change.kind === "gone");
  const told = gone === undefined ? changes : [gone];
  return { kind, epoch, revision, authority, fence, changes: told };
});

test("a goodbye has the bytes of the general encoder, or is left to it", () => {
  fc.assert(
    fc.property(revisions, (revision) => {
      const frame = encodeThoroughly(named, { ...revision, service: "" } as never, "delta");
      const quick = encodeGoodbye(revision);
      if (quick !== undefined) assert.deepEqual(quick, frame);
      const read = decodeGoodbye(embedded(frame));
      if (read !== undefined) assert.deepEqual(read, revision);
    }),
  );
});

test("a damaged goodbye is read as the general decoder reads it, or left to it", () => {
  const frames = revisions.chain((revision) =>
    damaged([encodeThoroughly(named, { ...revision, service: "" } as never, "delta")]),
  );
  fc.assert(
    fc.property(frames, ([frame = new Uint8Array()]) => {
      const read = decodeGoodbye(embedded(frame));
      if (read === undefined) return;
      assert.deepEqual(decodeThoroughly(named, frame, "message"), { ok: true, value: read });
    }),
    { numRuns: 1000 },
  );
});

test("a usual goodbye is written and read", () => {
  const frame = encodeGoodbye(GOODBYE);
  assert.ok(frame);
  assert.deepEqual(decodeGoodbye(frame), GOODBYE);
});

test("whatever may not travel, or is no goodbye of one peer, is left to the general encoder", () => {
  const put = { kind: "put", entry: entryOf("a"), returned: false } as const;
  for (const change of [
    { changes: [] },
    { changes: [GONE, GONE] },
    { changes: [put] },
    { changes: [{ ...GONE, id: "" }] },
    { changes: [{ ...GONE, id: "x".repeat(256) }] },
    { changes: [{ ...GONE, instance: "" }] },
    { changes: [{ ...GONE, instance: "x".repeat(65) }] },
    { changes: [{ ...GONE, cause: "bored" }] },
    { authority: "unsure" },
    { revision: -1 },
    { revision: 2 ** 32 },
    { epoch: "00" },
  ]) {
    const goodbye = { ...GOODBYE, ...change } as Unnamed;
    assert.equal(encodeGoodbye(goodbye), undefined, JSON.stringify(change));
  }
});

test("a frame that is no goodbye of one peer is left to the general decoder", () => {
  const epoch = new Uint8Array(16);
  const row: readonly unknown[] = [33, epoch, 7, "live", false, [[3, "a", "b", "goodbye"]]];
  assert.ok(decodeGoodbye(rawFrame(row)));
  for (const frame of [
    row.with(0, 34),
    [...row, 1],
    row.with(2, 2 ** 32),
    row.with(3, "unsure"),
    row.with(5, []),
    row.with(5, [[2, "a", "b", "alive"]]),
    row.with(5, [[3, "", "b", "goodbye"]]),
    row.with(5, [[3, "a", "", "goodbye"]]),
    row.with(5, [[3, "a", "b", "bored"]]),
    row.with(5, [[3, "a", "b", "goodbye", 1]]),
  ]) {
    assert.equal(decodeGoodbye(rawFrame(frame)), undefined, JSON.stringify(frame));
  }
});
