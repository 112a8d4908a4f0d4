import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Pace } from "../../lib/core/pace.ts";

test("a step ends after so many things, or after so much work", () => {
  const pace = new Pace({ leastMs: 20, share: 1 });
  for (let said = 0; said < 64; said += 1) {
    assert.ok(pace.isFree(0));
    pace.spend(0, 0);
  }
  assert.equal(pace.isFree(0), false);
  assert.equal(pace.nextMs(), 20);
  pace.spend(20, 160);
  assert.equal(pace.nextMs(), 180);
});

test("what ends a step early pauses for what was said in it", () => {
  const pace = new Pace({ leastMs: 20, share: 0.25 });
  pace.spend(0, 10);
  assert.ok(pace.isFree(0));
  pace.rest(0);
  assert.equal(pace.nextMs(), 40);
  pace.rest(0);
  assert.equal(pace.nextMs(), 40, "an empty step shortens nothing");
});

test("however much there is to say, it takes no more than its share", () => {
  const cost = fc.double({ min: 0, max: 200, noNaN: true });
  fc.assert(
    fc.property(fc.array(cost, { maxLength: 400 }), (costs) => {
      const share = 0.25;
      const pace = new Pace({ leastMs: 20, share });
      let nowMs = 0;
      let spentMs = 0;
      for (const costMs of costs) {
        if (!pace.isFree(nowMs)) nowMs = pace.nextMs();
        // One step's work, and the thing that made it full, may not be paid for yet.
        assert.ok(spentMs <= nowMs * share + 50 + 1e-6, `${spentMs} of ${nowMs} ms`);
        pace.spend(nowMs, costMs);
        spentMs += costMs;
      }
    }),
  );
});
