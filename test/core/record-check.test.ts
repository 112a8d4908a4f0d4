import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RollcallError } from "../../lib/core/errors.ts";
import { checkRecording } from "../../lib/core/record-check.ts";
import { RECORDING } from "./record-samples.ts";

const refused = (value: unknown, message: RegExp): void => {
  assert.throws(() => checkRecording(value), { code: "ERR_WIRE", message });
};

test("a recording in which everything happens is read as it was written", () => {
  const text = JSON.stringify(RECORDING);
  assert.deepEqual(checkRecording(JSON.parse(text)), RECORDING);
});

test("what is no recording is refused with the place", () => {
  const [peer] = RECORDING.peers;
  assert.ok(peer !== undefined);
  const withPeer = (change: object): object => ({ ...RECORDING, peers: [{ ...peer, ...change }] });
  refused(null, /recording is no object/);
  refused([], /recording is no object/);
  refused({ ...RECORDING, version: 2 }, /version 2, not 1/);
  refused({ ...RECORDING, ranMs: "long" }, /recording\.ranMs is no number/);
  refused({ ...RECORDING, tuning: {} }, /tuning has no surveyIntervalMs/);
  refused({ ...RECORDING, tuning: { ...RECORDING.tuning, missedMax: 0 } }, /tuning/);
  refused({ ...RECORDING, registrar: [{ kind: "bored", atMs: 1 }] }, /registrar\[0\].*bored/);
  refused(withPeer({ connected: 1 }), /peers\[0\]\.connected is no flag/);
  refused(withPeer({ events: [{ kind: "gone", atMs: 1 }] }), /events\[0\]\.cause is no text/);
  refused(withPeer({ events: [{ kind: "gone", cause: "x", atMs: NaN }] }), /atMs is no number/);
  refused(withPeer({ events: [{ kind: "toString", atMs: 1 }] }), /unknown kind toString/);
});

test("whatever is changed in a recording, it is read or refused, and nothing else happens", () => {
  const paths = fc.array(fc.constantFrom("peers", "events", "0", "registrar", "tuning", "kind"), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(paths, fc.jsonValue(), (path, value) => {
      const changed = structuredClone(RECORDING) as unknown as Record<string, unknown>;
      let at = changed;
      for (const key of path.slice(0, -1)) {
        const next = at[key];
        if (typeof next !== "object" || next === null) return;
        at = next as Record<string, unknown>;
      }
      at[path.at(-1) ?? ""] = value;
      try {
        checkRecording(changed);
      } catch (error) {
        assert.ok(error instanceof RollcallError && error.code === "ERR_WIRE", String(error));
      }
    }),
    { numRuns: 500 },
  );
});
