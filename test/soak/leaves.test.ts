import assert from "node:assert/strict";
import { test } from "node:test";
import { leavesReport } from "./leaves-report.ts";
import { leaves } from "./leaves.ts";

test("after 50 leaves that were proved complete, no request is sent to those who left", async (t) => {
  const outcome = await leaves({ leaves: 50, rate: 300, isDeaf: false }, () => {});
  const report = leavesReport(outcome);
  t.diagnostic(report);
  assert.equal(outcome.departures.length, 50);
  assert.ok(
    outcome.departures.every(({ isComplete }) => isComplete),
    report,
  );
  assert.equal(outcome.strays.sent, 0, report);
  assert.equal(outcome.failed, 0, report);
  assert.ok(outcome.requests > 100, report);
});

test("clients that acknowledge but do not heed their lists are found out", async () => {
  const outcome = await leaves({ leaves: 12, rate: 300, isDeaf: true }, () => {});
  assert.ok(outcome.strays.sent > 0, leavesReport(outcome));
});
