import assert from "node:assert/strict";
import { test } from "node:test";
import { Link } from "../../lib/core/link.ts";
import { CLIENT_LAN, welcomeOf } from "./samples.ts";

/** A link without jitter: the longest pauses. */
function linkOf(random = 0): Link {
  return new Link(CLIENT_LAN, () => random);
}

function opened(): Link {
  const link = linkOf();
  link.dial(0);
  link.welcomed(welcomeOf(), 0);
  return link;
}

test("an idle link wants nothing", () => {
  const link = linkOf();
  assert.deepEqual(link.state, { kind: "idle" });
  assert.equal(link.nextMs(), Infinity);
  assert.equal(link.due(1e9), "none");
  assert.equal(link.welcome, null);
});

test("without a greeting it hangs up, pauses and dials anew", () => {
  const link = linkOf();
  assert.equal(link.dial(0), "dial");
  assert.equal(link.due(1999), "none");
  assert.equal(link.due(2000), "hangup");
  assert.deepEqual(link.state, { kind: "waiting", untilMs: 2100 });
  assert.equal(link.due(2099), "none");
  assert.equal(link.due(2100), "dial");
  assert.deepEqual(link.state, { kind: "dialling", untilMs: 4100 });
});

test("the pauses grow up to what the registrar told, and shrink by chance", () => {
  const pauses: number[] = [];
  const link = opened();
  for (let nowMs = link.nextMs(); pauses.length < 8; nowMs = link.nextMs()) {
    if (link.due(nowMs) !== "dial") pauses.push(link.nextMs() - nowMs);
  }
  assert.deepEqual(pauses, [100, 200, 400, 800, 1600, 2000, 2000, 2000]);
  const hasty = linkOf(0.5);
  hasty.dial(0);
  hasty.due(2000);
  assert.equal(hasty.nextMs(), 2075);
});

test("a registrar that greets and then refuses for now is dialled ever less often", () => {
  const link = linkOf();
  const pauses: number[] = [];
  for (let nowMs = 0; pauses.length < 4; nowMs = link.nextMs()) {
    link.dial(nowMs);
    link.welcomed(welcomeOf(), nowMs);
    assert.equal(link.refuse("ERR_LIMIT", true, nowMs), "hangup");
    pauses.push(link.nextMs() - nowMs);
  }
  assert.deepEqual(pauses, [100, 200, 400, 800]);
  link.dial(5000);
  link.welcomed(welcomeOf(), 5000);
  link.accepted();
  link.refuse("ERR_LIMIT", true, 5000);
  assert.equal(link.nextMs(), 5100);
});

test("an open link is given up after two intervals and a window of silence", () => {
  const link = opened();
  assert.deepEqual(link.welcome, welcomeOf());
  assert.equal(link.nextMs(), 2500);
  link.heard(1000);
  assert.equal(link.nextMs(), 3500);
  assert.equal(link.due(3499), "none");
  assert.equal(link.due(3500), "detach");
  assert.equal(link.welcome, null);
});

test("a connection that closed has the time of a new one to be greeted", () => {
  const link = opened();
  link.lost(700);
  assert.deepEqual(link.state, { kind: "dialling", untilMs: 2700 });
  link.lost(900);
  assert.deepEqual(link.state, { kind: "dialling", untilMs: 2700 });
});

test("a refusal for good is final", () => {
  const link = opened();
  assert.equal(link.refuse("ERR_REPLACED", false, 10), "hangup");
  assert.deepEqual(link.state, { kind: "refused", code: "ERR_REPLACED" });
  assert.equal(link.nextMs(), Infinity);
  assert.equal(link.due(1e9), "none");
});

test("a stall of our own moves the deadlines", () => {
  const link = opened();
  link.postpone(1000);
  assert.equal(link.nextMs(), 3500);
  link.lost(100);
  link.postpone(1000);
  assert.equal(link.nextMs(), 3100);
});

test("nothing but a greeting is expected of a dialled link, and nothing of one that hung up", () => {
  const expected = (link: Link): readonly boolean[] => [
    link.expects("welcome"),
    link.expects("survey"),
  ];
  const link = linkOf();
  assert.deepEqual(expected(link), [false, false]);
  link.dial(0);
  assert.deepEqual(expected(link), [true, false]);
  link.welcomed(welcomeOf(), 0);
  assert.deepEqual(expected(link), [true, true]);
  link.due(2500);
  assert.deepEqual(expected(link), [false, false]);
  link.refuse("ERR_REPLACED", false, 2600);
  assert.deepEqual(expected(link), [false, false]);
});
