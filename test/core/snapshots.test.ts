import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SnapshotDesk } from "../../lib/core/snapshots.ts";

const SECOND = 1000;
/** A byte per millisecond. */
const OPTIONS = { bytesPerSecond: 1000, requestsMax: 3 };

const bytes = (cost: number) => (): number => cost;
const topics = (served: readonly { readonly topic: string }[]): readonly string[] =>
  served.map(({ topic }) => topic);

test("requests are served in order, each once", () => {
  const desk = new SnapshotDesk(OPTIONS, 0);
  for (const topic of ["a", "b", "c"]) assert.ok(desk.request({ topic, service: "cache" }));
  assert.equal(desk.waiting, 3);
  assert.ok(desk.nextMs() <= 0);
  assert.deepEqual(topics(desk.due(0, bytes(10))), ["a", "b", "c"]);
  assert.deepEqual(desk.due(0, bytes(10)), []);
  assert.equal(desk.nextMs(), Infinity);
});

test("one request too many is refused, and one that is cancelled makes room", () => {
  const desk = new SnapshotDesk(OPTIONS, 0);
  for (const topic of ["a", "b", "c"]) desk.request({ topic, service: "cache" });
  assert.equal(desk.request({ topic: "d", service: "cache" }), false);
  desk.cancel("b");
  desk.cancel("unknown");
  assert.equal(desk.request({ topic: "d", service: "cache" }), true);
  assert.deepEqual(topics(desk.due(0, bytes(1))), ["a", "c", "d"]);
});

test("what is cancelled costs nothing", () => {
  const desk = new SnapshotDesk(OPTIONS, 0);
  desk.request({ topic: "a", service: "big" });
  desk.cancel("a");
  desk.due(0, bytes(100_000));
  desk.request({ topic: "b", service: "cache" });
  assert.deepEqual(topics(desk.due(0, bytes(10))), ["b"]);
});

test("beyond the budget requests wait until it has grown", () => {
  const desk = new SnapshotDesk(OPTIONS, 0);
  for (const topic of ["a", "b", "c"]) desk.request({ topic, service: "cache" });
  assert.deepEqual(topics(desk.due(0, bytes(600))), ["a", "b"]);
  const nextMs = desk.nextMs();
  assert.equal(nextMs, 201);
  assert.deepEqual(desk.due(nextMs - 2, bytes(600)), []);
  assert.deepEqual(topics(desk.due(desk.nextMs(), bytes(600))), ["c"]);
});

test("a flood of requests is served a few in a step, and nobody waits for the next one", () => {
  const desk = new SnapshotDesk({ bytesPerSecond: 1_000_000, requestsMax: 10_000 }, 0);
  for (let n = 0; n < 1000; n += 1) desk.request({ topic: `t${n}`, service: "cache" });
  let steps = 0;
  for (; desk.waiting > 0; steps += 1) {
    assert.equal(desk.nextMs(), 0);
    assert.ok(desk.due(0, bytes(1)).length <= 64);
  }
  assert.equal(steps, 16);
  desk.request({ topic: "t", service: "cache" });
  desk.clear();
  assert.equal(desk.nextMs(), Infinity);
});

test("a snapshot larger than a second's budget is served, and those after it pay", () => {
  const desk = new SnapshotDesk(OPTIONS, 0);
  desk.request({ topic: "a", service: "huge" });
  desk.request({ topic: "b", service: "cache" });
  assert.deepEqual(topics(desk.due(0, bytes(10 * SECOND))), ["a"]);
  assert.ok(desk.nextMs() >= 9 * SECOND);
  assert.deepEqual(topics(desk.due(desk.nextMs(), bytes(1))), ["b"]);
});

test("an idle time saves up one second's budget at most, and time never runs backwards", () => {
  const desk = new SnapshotDesk(OPTIONS, 0);
  assert.deepEqual(desk.due(100 * SECOND, bytes(0)), []);
  for (const topic of ["a", "b"]) desk.request({ topic, service: "cache" });
  assert.deepEqual(topics(desk.due(50 * SECOND, bytes(SECOND))), ["a"]);
});

test("bytes in any span stay within the budget, one burst and one snapshot", () => {
  const cost = fc.integer({ min: 1, max: 3000 });
  fc.assert(
    fc.property(fc.array(cost, { minLength: 1, maxLength: 60 }), (costs) => {
      const desk = new SnapshotDesk({ bytesPerSecond: 1000, requestsMax: 100 }, 0);
      for (const [index] of costs.entries())
        desk.request({ topic: String(index), service: String(index) });
      let nowMs = 0;
      let total = 0;
      for (let wake = 0; desk.waiting > 0; wake += 1) {
        for (const { topic } of desk.due(nowMs, (service) => costs[Number(service)] ?? 0)) {
          total += costs[Number(topic)] ?? 0;
        }
        assert.ok(total <= nowMs + 1000 + 3000, `${total} bytes after ${nowMs} ms`);
        assert.ok(desk.nextMs() > nowMs, "what is due was done");
        assert.ok(wake <= costs.length);
        nowMs = desk.nextMs();
      }
    }),
  );
});
