import assert from "node:assert/strict";
import { test } from "node:test";
import { LimitedLog, loggerFor } from "../../lib/host/log.ts";
import { Log } from "../helpers/rig.ts";

test("an event is told once in ten seconds, and then how often it was left out", () => {
  const log = new Log();
  let nowMs = 0;
  const limited = new LimitedLog(log, () => nowMs);
  for (; nowMs < 10_000; nowMs += 100) limited.warn("junk", { at: nowMs });
  assert.deepEqual(log.of("junk"), [{ at: 0 }]);
  limited.warn("junk", { at: nowMs });
  assert.deepEqual(log.of("junk"), [{ at: 0 }, { at: 10_000, leftOut: 99 }]);
  nowMs = 30_000;
  limited.warn("junk", { at: nowMs });
  assert.deepEqual(log.of("junk").at(-1), { at: 30_000 });
});

test("events are limited each by itself", () => {
  const log = new Log();
  const limited = new LimitedLog(log, () => 0);
  for (const event of ["a", "b", "a", "c", "b"]) limited.warn(event, {});
  for (const event of ["d", "d"]) limited.error(event, {});
  assert.deepEqual(
    log.lines.map(({ event, level }) => `${level} ${event}`),
    ["warn a", "warn b", "warn c", "error d"],
  );
});

test("the logger is the one given, none for false, and one for warnings by default", () => {
  const log = new Log();
  assert.equal(loggerFor(log), log);
  const silent = loggerFor(false);
  for (const level of ["debug", "info", "warn", "error"] as const) silent[level]({}, "nothing");
  const standard = loggerFor(undefined);
  for (const level of ["debug", "info", "warn", "error"] as const) {
    assert.equal(typeof standard[level], "function");
  }
  assert.equal("level" in standard && standard.level, "warn");
});
