import assert from "node:assert/strict";
import { test } from "node:test";
import { allocatorOf } from "./allocator.ts";
import { ATTACKS, runCampaign } from "./campaign.ts";
import type { Report } from "./campaign.ts";
import { decodeMany } from "./decoding.ts";
import { Dice, Mill, toRegistrarSeeds } from "./mill.ts";
import { isSound, tableOf } from "./report.ts";
import { sizesOf } from "./sizes.ts";

/** Those that leave nobody behind who has to be waited for. */
const SHORT = new Set(["limits", "connections", "frames", "snapshots", "topics", "churn"]);
/** How much there is of each, and how much of it at least has to be seen by the registrar. */
const FRAMES = 60_000;
const CONNECTIONS = 28;

test("attacks of every kind crash nothing, and an honest member is in every list", async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const report = await runCampaign({
    attacks: ATTACKS.filter(({ name }) => SHORT.has(name)),
    sizes: sizesOf(FRAMES, CONNECTIONS),
    seed,
    minutes: 0,
    restMs: 500,
    // So short a run says nothing about memory but that it was not filled.
    growthMax: 2,
    quietMaxMs: 30_000,
    allocator: allocatorOf("system"),
    progress: (line) => t.diagnostic(line),
  });
  const told = `seed ${seed}\n${tableOf(report)}`;
  assert.ok(isSound(report), told);
  const counted = (attack: string, name: string): number =>
    report.rows.find((row) => row.attack === attack)?.counted[name] ?? 0;
  assert.equal(report.rows.length, SHORT.size, told);
  // What was sent was read: else nothing was attacked.
  assert.ok(counted("frames", "malformed") > FRAMES * 0.2 * 0.4, told);
  assert.ok(counted("connections", "malformed") > CONNECTIONS / 4, told);
  assert.ok(counted("snapshots", "publications") > 500, told);
  assert.ok(counted("churn", "surveys") > CONNECTIONS, told);
});

test("a report with an error, a lack or too much memory is not sound", () => {
  const empty = { warmth: "", rows: [], errors: [], broken: [] };
  const report: Report = { ...empty, allocator: "system", rssMb: [100, 119] };
  assert.ok(isSound(report));
  assert.match(tableOf(report), /19\.0 %/);
  assert.equal(isSound({ ...report, errors: ["exception: boom"] }), false);
  assert.equal(isSound({ ...report, broken: ["1 lists lacked"] }), false);
  assert.match(tableOf({ ...report, broken: ["1 lists lacked"] }), /BROKEN 1 lists lacked/);
});

test("an allocator that is unknown is refused by its name", () => {
  assert.deepEqual(allocatorOf("system").env, {});
  assert.throws(() => allocatorOf("tcmalloc"), /--allocator is tcmalloc/);
});

test("a mill makes the same frames of the same seed, and some of each sort", async () => {
  const seeds = toRegistrarSeeds("ab".repeat(16), 7);
  const frames = (seed: number): readonly string[] => {
    const mill = new Mill(seeds, seed);
    return Array.from({ length: 300 }, () => Buffer.from(mill.frame()).toString("hex"));
  };
  assert.deepEqual(frames(1), frames(1));
  assert.notDeepEqual(frames(1), frames(2));
  assert.ok(new Set(frames(1)).size > 200);
  const { accepted, rejected, thrown } = await decodeMany(4000, 3);
  assert.ok(accepted > 200 && rejected > 2000, `${accepted} of ${accepted + rejected}`);
  assert.deepEqual(thrown, []);
  const dice = new Dice(0);
  assert.equal(new Set(Array.from({ length: 500 }, () => dice.below(10))).size, 10);
});
