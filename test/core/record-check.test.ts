import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RollcallError } from "../../lib/core/errors.ts";
import type { ExplanationOf } from "../../lib/core/explainer.ts";
import { checkExplanation, checkRecording } from "../../lib/core/record-check.ts";
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
  refused(withPeer({ standing: "\u001b[2J" }), /peers\[0\]\.standing is no word/);
  refused(
    withPeer({ events: [{ kind: "released", atMs: 1 }] }),
    /events\[0\]\.revision is no number/,
  );
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

const EXPLANATION: ExplanationOf = {
  service: "cache",
  id: "c1",
  instance: "i1",
  standing: "suspect",
  cause: "missed-surveys",
  status: "passing",
  edition: 3,
  connected: true,
  dropped: 0,
  events: [
    { agoMs: 5, event: "gone: goodbye", detail: { kind: "gone", cause: "goodbye" }, revision: 4 },
  ],
  registrar: [{ agoMs: 9, event: "registrar started", detail: { kind: "started" } }],
};

test("an explanation is read as it was written, also with kinds that are not known here", () => {
  assert.deepEqual(checkExplanation(JSON.parse(JSON.stringify(EXPLANATION))), EXPLANATION);
  assert.equal(checkExplanation(null), null);
  const [event] = EXPLANATION.events;
  const newer = { ...EXPLANATION, events: [{ ...event, detail: { kind: "promoted", to: 1 } }] };
  assert.deepEqual(checkExplanation(newer), newer);
});

test("what is no explanation is refused with the place, whatever would have been shown of it", () => {
  const wrong = (change: object, message: RegExp): void => {
    const value = { ...EXPLANATION, ...change };
    assert.throws(() => checkExplanation(value), { code: "ERR_WIRE", message });
  };
  assert.throws(() => checkExplanation([]), { message: /explanation is no object/ });
  for (const name of ["service", "id", "standing", "connected", "dropped", "events", "registrar"])
    wrong({ [name]: undefined }, new RegExp(`explanation\\.${name} is no`));
  const [event] = EXPLANATION.events;
  wrong({ standing: "\u001b[2J" }, /standing is no word/);
  wrong({ events: [{ ...event, revision: "4" }] }, /events\[0\]\.revision is no number/);
  wrong({ events: [{ ...event, detail: 1 }] }, /events\[0\]\.detail is no object/);
  wrong({ registrar: [{ agoMs: "now" }] }, /registrar\[0\]\.event is no text/);
});
