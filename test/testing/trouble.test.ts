import assert from "node:assert/strict";
import { test } from "node:test";
import { Trouble } from "../../lib/testing/trouble.ts";

test("a trouble lasts until its last reason ends", () => {
  const trouble = new Trouble();
  trouble.begin(10);
  trouble.begin(20);
  trouble.end(30);
  assert.deepEqual([trouble.isOpen, trouble.sinceMs, trouble.endMs], [true, 10, Infinity]);
  trouble.end(40);
  trouble.end(50);
  assert.deepEqual([trouble.isOpen, trouble.sinceMs, trouble.endMs], [false, null, 40]);
});

test("what begins again after a short pause has never ended", () => {
  const trouble = new Trouble(100);
  trouble.moment(0);
  trouble.begin(100);
  assert.deepEqual([trouble.sinceMs, trouble.withoutPauseMs], [0, 100]);
  trouble.clear(150);
  trouble.begin(300);
  assert.equal(trouble.sinceMs, 300);
  assert.deepEqual(trouble.spans, [
    { fromMs: 0, toMs: 150 },
    { fromMs: 300, toMs: Infinity },
  ]);
});

test("a trouble counts in a time that it touches for longer than its grace", () => {
  const trouble = new Trouble();
  trouble.begin(100);
  trouble.end(200);
  assert.ok(trouble.touched(200, 300));
  assert.ok(trouble.touched(0, 100));
  assert.ok(!trouble.touched(201, 300));
  assert.ok(!trouble.touched(0, 99));
  assert.ok(trouble.touched(0, 150, 50));
  assert.ok(!trouble.touched(0, 149, 50));
});
