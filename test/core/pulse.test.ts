import assert from "node:assert/strict";
import { test } from "node:test";
import { tuneRegistrar } from "../../lib/core/options.ts";
import { PulseTimer } from "../../lib/core/pulse.ts";
import { LAN } from "./samples.ts";

test("the first sign of life is due at once, the next ones at every interval", () => {
  const pulse = new PulseTimer(LAN);
  assert.equal(pulse.due(5), true);
  assert.equal(pulse.due(5), false);
  assert.equal(pulse.nextMs(), 1005);
  assert.equal(pulse.due(1004), false);
  assert.equal(pulse.due(1005), true);
});

test("news hastens it", () => {
  const pulse = new PulseTimer(LAN);
  pulse.due(0);
  pulse.hasten();
  assert.equal(pulse.due(1), true);
  assert.equal(pulse.due(2), false);
});

test("who begins to listen is answered within the coalescing time, a crowd together", () => {
  const pulse = new PulseTimer(LAN);
  pulse.due(0);
  pulse.greet(100, LAN.coalesceMs);
  pulse.greet(110, LAN.coalesceMs);
  assert.equal(pulse.nextMs(), 120);
  assert.equal(pulse.due(120), true);
  assert.equal(pulse.nextMs(), 1120);
});

test("greeting never puts it off", () => {
  const pulse = new PulseTimer(LAN);
  pulse.due(0);
  pulse.greet(995, LAN.coalesceMs);
  assert.equal(pulse.nextMs(), 1000);
  const hasty = new PulseTimer(tuneRegistrar({ announceIntervalMs: 20, coalesceMs: 10_000 }));
  hasty.due(0);
  hasty.greet(10, LAN.coalesceMs);
  assert.equal(hasty.nextMs(), 20);
});
