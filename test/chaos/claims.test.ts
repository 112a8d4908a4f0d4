import assert from "node:assert/strict";
import { test } from "node:test";
import { theDeadAreOut } from "./claims/absence.ts";
import { UNDER_FAULTS, UNDER_HEAVY_LOSS, UNDER_LOSS } from "./claims/claims.ts";
import { nobodyIsGone, nobodyLeaves } from "./claims/lossy.ts";
import { nobodyLeavesForNothing, theLivingAreListed } from "./claims/presence.ts";
import { viewsBecomeTheTruth } from "./claims/rest.ts";
import { revisionsNeverGoBack } from "./claims/revisions.ts";
import { ALICE, BEGIN_MS, BOB, BOUNDS, CAST, Tale } from "./tales.ts";

const { plainMs, troubledMs, healMs, returnMs, toleratedMs } = BOUNDS;

test("a story without faults breaks no claim", () => {
  for (const claim of new Set([...UNDER_FAULTS, ...UNDER_LOSS, ...UNDER_HEAVY_LOSS])) {
    assert.deepEqual(new Tale().judge(claim), [], claim.name);
  }
});

test("a live peer that is lost for a moment is found", () => {
  const tale = new Tale().loses(1000, ALICE).gets(1020, ALICE);
  const [found, ...others] = tale.judge(theLivingAreListed);
  assert.deepEqual(others, []);
  assert.equal(found?.watcher, "w0");
  assert.equal(found.fromMs, BEGIN_MS + 1000);
  assert.equal(found.toMs, BEGIN_MS + 1020);
  assert.match(found.text, /w0 lacks c0\.0/);
  assert.equal(tale.judge(nobodyLeavesForNothing).length, 1);
  assert.equal(tale.judge(nobodyLeaves).length, 1);
});

test("while one registrar is in trouble, the other has to vouch", () => {
  const tale = new Tale().at(500, { kind: "down", node: "r0" }).loses(1000, ALICE);
  assert.equal(tale.judge(theLivingAreListed).length, 1);
});

test("with every registrar in trouble nobody can vouch, but nobody leaves for nothing either", () => {
  const tale = new Tale();
  for (const node of CAST.registrars) tale.at(500, { kind: "down", node });
  tale.loses(1000, ALICE).gets(1500, ALICE);
  assert.deepEqual(tale.judge(theLivingAreListed), []);
  assert.equal(tale.judge(nobodyLeavesForNothing).length, 1);
});

test("a cut between a member and a registrar may cost it its place where nobody else can vouch", () => {
  const tale = new Tale()
    .at(500, { kind: "cut", cut: "a", from: ["c0"], to: ["r0"] })
    .at(500, { kind: "down", node: "r1" })
    .loses(3000, ALICE);
  assert.deepEqual(tale.judge(theLivingAreListed), []);
  assert.deepEqual(tale.judge(nobodyLeavesForNothing), []);
  assert.equal(tale.loses(3000, BOB).judge(nobodyLeavesForNothing).length, 1);
});

test("a registrar can vouch again once its trouble and the way back are over, or all was seen well", () => {
  const cut = (): Tale =>
    new Tale()
      .at(0, { kind: "cut", cut: "a", from: CAST.registrars, to: ["c0"] })
      .at(5000, { kind: "mended", cut: "a" });
  const soon = cut().loses(5500, ALICE).gets(6000, ALICE);
  assert.deepEqual(soon.judge(theLivingAreListed), []);
  const well = soon.at(5400, { kind: "settled", sinceMs: BEGIN_MS + 5200 });
  assert.equal(well.judge(theLivingAreListed).length, 1);
  const late = cut().loses(5001 + healMs, ALICE);
  assert.equal(late.judge(theLivingAreListed).length, 1);
});

test("a member that was silent for too long may be missing until it is back; a short pause excuses nothing", () => {
  const paused = (lengthMs: number): Tale =>
    new Tale()
      .at(0, { kind: "frozen", node: "c0" })
      .at(lengthMs, { kind: "thawed", node: "c0" })
      .loses(900, ALICE)
      .gets(lengthMs + 1000, ALICE);
  assert.deepEqual(paused(4000).judge(theLivingAreListed), []);
  assert.deepEqual(paused(4000).judge(nobodyLeavesForNothing), []);
  assert.equal(paused(toleratedMs - 1).judge(theLivingAreListed).length, 1);
  const stalled = new Tale()
    .at(4000, { kind: "stall", node: "c0", sinceMs: BEGIN_MS })
    .loses(900, ALICE)
    .gets(5000, ALICE);
  assert.deepEqual(stalled.judge(theLivingAreListed), []);
});

test("a newcomer has to be listed once it had the time to join everywhere", () => {
  const carol = { id: "c1.1", instance: "carol" };
  const joined = (): Tale => new Tale().at(0, { kind: "joined", node: "c1", runs: [carol] });
  assert.equal(joined().judge(theLivingAreListed).length, 1);
  assert.deepEqual(joined().gets(returnMs, carol).judge(theLivingAreListed), []);
});

test("a dead peer in a list beyond the bound is found, also when it comes back", () => {
  const dies = (): Tale => new Tale().at(0, { kind: "down", node: "c0" });
  assert.equal(dies().judge(theDeadAreOut).length, 1);
  assert.deepEqual(dies().loses(plainMs, ALICE).judge(theDeadAreOut), []);
  assert.equal(
    dies()
      .loses(plainMs + 1, ALICE)
      .judge(theDeadAreOut).length,
    1,
  );
  const ghost = dies().loses(40, ALICE).gets(9000, ALICE).loses(9050, ALICE);
  const [found] = ghost.judge(theDeadAreOut);
  assert.equal(found?.fromMs, BEGIN_MS + 9000);
  assert.match(found.text, /w0 lists c0\.0, dead for 9000 ms/);
});

test("while one registrar is in trouble the dead may stay longer, with all in trouble without end", () => {
  const dies = (): Tale => new Tale().at(0, { kind: "down", node: "c0" });
  const one = (): Tale => dies().at(-50, { kind: "frozen", node: "r0" });
  assert.deepEqual(one().loses(troubledMs, ALICE).judge(theDeadAreOut), []);
  assert.equal(
    one()
      .loses(troubledMs + 1, ALICE)
      .judge(theDeadAreOut).length,
    1,
  );
  assert.deepEqual(one().at(-50, { kind: "frozen", node: "r1" }).judge(theDeadAreOut), []);
});

test("a watcher that was stopped may know nothing of a death", () => {
  const tale = new Tale()
    .at(-50, { kind: "frozen", node: "w0" })
    .at(0, { kind: "down", node: "c0" });
  assert.deepEqual(tale.judge(theDeadAreOut), []);
});

test("while very many are silent removals may be held", () => {
  const tale = new Tale()
    .at(0, { kind: "down", node: "c0" })
    .at(-100, { kind: "cut", cut: "a", from: ["c1"], to: CAST.registrars });
  assert.deepEqual(tale.judge(theDeadAreOut), []);
});

test("revisions that go back, skip or return to an old run are found", () => {
  const back = new Tale()
    .views(0, { epoch: "a", revision: 5 })
    .views(10, { epoch: "a", revision: 4 });
  assert.match(
    back.judge(revisionsNeverGoBack)[0]?.text ?? "",
    /r0 goes back from revision 5 to 4/,
  );
  const old = new Tale()
    .views(0, { epoch: "a", revision: 5 })
    .views(10, { epoch: "b", revision: 1 })
    .views(20, { epoch: "a", revision: 6 });
  assert.match(old.judge(revisionsNeverGoBack)[0]?.text ?? "", /returns to a run that was over/);
  const own = new Tale().at(0, {
    kind: "view",
    node: "w0",
    revision: 3,
    authority: "live",
    gone: [],
    sources: [],
  });
  assert.equal(own.views(10, { epoch: "a", revision: 1 }).judge(revisionsNeverGoBack).length, 1);
  const good = new Tale()
    .views(0, { epoch: "a", revision: 5 })
    .views(10, { epoch: "b", revision: 1 });
  assert.deepEqual(good.judge(revisionsNeverGoBack), []);
});

test("lists that do not become the truth, or not in time, are found", () => {
  const healed = (): Tale =>
    new Tale().at(0, { kind: "down", node: "c0" }).at(500, { kind: "healed" });
  const good = healed()
    .loses(100, ALICE)
    .at(4000, { kind: "settled", sinceMs: BEGIN_MS + 900 });
  assert.deepEqual(good.judge(viewsBecomeTheTruth), []);
  assert.match(healed().judge(viewsBecomeTheTruth)[0]?.text ?? "", /w0 lists c0\.0, which is dead/);
  const never = healed().loses(100, ALICE).at(healMs, { kind: "unsettled", why: "r0 is learning" });
  assert.match(never.judge(viewsBecomeTheTruth)[0]?.text ?? "", /r0 is learning/);
  const lacking = healed().loses(100, ALICE).loses(200, BOB);
  assert.match(lacking.judge(viewsBecomeTheTruth)[0]?.text ?? "", /w0 lacks c1\.0/);
});

test("under loss a peer that is gone is found, and one that is suspect only where nobody may leave", () => {
  const suspect = new Tale().loses(0, ALICE).gets(900, ALICE);
  assert.deepEqual(suspect.judge(nobodyIsGone), []);
  const gone = new Tale().loses(0, ALICE).views(0, { epoch: "a", revision: 2 }, [ALICE]);
  assert.match(gone.judge(nobodyIsGone)[0]?.text ?? "", /w0 holds c0\.0 for gone/);
  const dead = new Tale()
    .at(-10, { kind: "down", node: "c0" })
    .views(0, { epoch: "a", revision: 2 }, [ALICE]);
  assert.deepEqual(dead.judge(nobodyIsGone), []);
});
