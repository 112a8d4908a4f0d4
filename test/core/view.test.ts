import assert from "node:assert/strict";
import { test } from "node:test";
import type { View, ViewSource } from "../../lib/core/view.ts";

/** The names are fixed, and the compiler keeps these complete. */
const VIEW: Readonly<Record<keyof View, true>> = {
  service: true,
  revision: true,
  asOf: true,
  authority: true,
  peers: true,
  changes: true,
  sources: true,
  consumer: true,
};
const SOURCE: Readonly<Record<keyof ViewSource, true>> = {
  registrar: true,
  service: true,
  epoch: true,
  revision: true,
  authority: true,
};

test("a view and its sources have the names that users write", () => {
  const view: View = {
    service: "cache",
    revision: 1,
    asOf: 0,
    authority: "live",
    peers: [],
    changes: [],
    sources: [
      { registrar: "tcp://r", service: "cache", epoch: null, revision: 0, authority: "stale" },
    ],
    consumer: { kind: "anonymous" },
  };
  assert.deepEqual(Object.keys(view), Object.keys(VIEW));
  assert.deepEqual(Object.keys(view.sources[0] ?? {}), Object.keys(SOURCE));
});
