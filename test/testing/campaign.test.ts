import assert from "node:assert/strict";
import { test } from "node:test";
import { Campaign } from "./campaign-run.ts";
import { progressLine, summaryTable } from "./campaign-text.ts";
import { runSeeds } from "./campaign-worker.ts";

/** Run every time, beside those that are fresh. */
const SEEDS = 2000;
const FROM = 100_000;

test("every claim holds for a fixed list of seeds", async (t) => {
  const campaign = new Campaign({ seeds: SEEDS, from: FROM, jobs: 2, minutes: Infinity });
  const summary = await campaign.run();
  t.diagnostic(progressLine(summary));
  assert.deepEqual(
    summary.violations.map(({ story }) => story),
    [],
  );
  assert.equal(summary.seeds, SEEDS);
  // All kinds of things happened, to all kinds of installations.
  assert.deepEqual(Object.keys(summary.registrars), ["1", "2", "3", "4", "5"]);
  const kinds = "start leave drain update crash stop stall partition cut slow report".split(" ");
  for (const kind of kinds) assert.ok((summary.actions[kind] ?? 0) > SEEDS / 20, kind);
});

test("a campaign ends when its time is up", async () => {
  const summary = await new Campaign({ seeds: 1e9, from: 1, jobs: 1, minutes: 1e-6 }).run();
  assert.ok(summary.seeds < 100, `${summary.seeds}`);
  assert.match(summaryTable(summary), /^seeds +\d+, from 1\n[^]*violations +none\n$/);
});

test("the same seeds take the same steps", () => {
  const order = { from: 7, seeds: 3 };
  assert.deepEqual(runSeeds(order), runSeeds(order));
});
