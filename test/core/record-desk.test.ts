import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";
import type { Exported } from "../../lib/core/messages.ts";
import { checkRecording } from "../../lib/core/record-check.ts";
import type { RecordingPage } from "../../lib/core/recording.ts";
import { RegistrarRig } from "./registrar-rig.ts";
import { EPOCH } from "./samples.ts";

/** Asked by a consumer, as only those who are surveyed are answered. */
const ask = (rig: RegistrarRig, route: string, token: number, after = 0, service = "*"): void => {
  if (!rig.surveyor.isKnown(route)) rig.watch(route, ["*"]);
  rig.receive(route, { kind: "export", epoch: EPOCH, token, service, after });
};

const pages = (rig: RegistrarRig, route: string): readonly Exported[] =>
  rig.replies(route).filter((message) => message.kind === "exported");

const pageIn = (page: Exported | undefined): RecordingPage =>
  JSON.parse(page?.json ?? "null") as RecordingPage;

test("one page holds what fits, with the head, and says that nothing follows", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("w1", { service: "web" });
  rig.pass(100);
  ask(rig, "anybody", 5);
  const [page, more] = pages(rig, "anybody");
  assert.equal(more, undefined);
  assert.deepEqual([page?.token, page?.next], [5, 0]);
  const { head, peers } = pageIn(page);
  assert.deepEqual({ ...head, peers }, rig.surveyor.record("*", rig.nowMs));
  assert.deepEqual(
    peers.map(({ service, id }) => `${service}/${id}`),
    ["cache/c1", "web/w1"],
  );
  checkRecording({ ...head, peers, takenAt: 0 });
});

test("one service alone can be asked for, also one that nobody knows", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("w1", { service: "web" });
  rig.pass(100);
  ask(rig, "a", 1, 0, "web");
  rig.pass(50);
  ask(rig, "b", 1, 0, "nobody");
  rig.pass(50);
  assert.deepEqual(
    pageIn(pages(rig, "a")[0]).peers.map(({ id }) => id),
    ["w1"],
  );
  assert.deepEqual(pageIn(pages(rig, "b")[0]).peers, []);
});

test("much comes in pages of bounded size that together are everything, once", () => {
  const rig = RegistrarRig.live();
  for (let n = 0; n < 3000; n += 1) rig.join(`peer-${n}`);
  rig.pass(1000);
  const ids: string[] = [];
  let after = 0;
  for (let token = 1; token < 100; token += 1) {
    rig.clear();
    ask(rig, "asker", token, after);
    rig.pass(20);
    const [page] = pages(rig, "asker");
    assert.ok(page !== undefined && page.json.length < 2 * LIMITS.pageBytesMax);
    assert.equal(pageIn(page).head !== null, after === 0);
    ids.push(...pageIn(page).peers.map(({ id }) => id));
    if (page.next === 0) break;
    assert.ok(page.next > after);
    after = page.next;
  }
  assert.equal(ids.length, 3000);
  assert.equal(new Set(ids).size, 3000);
});

test("one page in one clock step, whoever asks; too many askers are ignored, and noted", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.pass(100);
  const routes = Array.from({ length: LIMITS.recordRequestsMax + 5 }, (_, n) => `r${n}`);
  for (const [token, route] of routes.entries()) ask(rig, route, token);
  const served = (): number => routes.filter((route) => pages(rig, route).length > 0).length;
  assert.equal(served(), 1);
  assert.equal(rig.notes("record.tooMany").length, 4);
  rig.pass(100);
  assert.ok(served() > 5 && served() <= 11, `${served()} in 100 ms`);
  rig.pass(1000);
  assert.equal(served(), LIMITS.recordRequestsMax + 1);
});

test("of one connection the latest request counts, and none of a closed one", () => {
  const rig = RegistrarRig.live();
  ask(rig, "first", 1);
  for (const token of [2, 3]) ask(rig, "second", token);
  ask(rig, "third", 4);
  rig.disconnect("third");
  rig.pass(100);
  assert.deepEqual(
    pages(rig, "second").map(({ token }) => token),
    [3],
  );
  assert.deepEqual(pages(rig, "third"), []);
});

test("a connection that was expelled got the page that it had asked for before", () => {
  const rig = RegistrarRig.live();
  ask(rig, "a", 1);
  ask(rig, "b", 2);
  rig.take({ kind: "expelled", route: "b" });
  rig.pass(100);
  assert.deepEqual(pages(rig, "b"), []);
});

/** A registrar that remembers a recording of some pages. */
function ofManyPages(): RegistrarRig {
  const rig = RegistrarRig.live();
  for (let n = 0; n < 3000; n += 1) rig.join(`peer-${n}`);
  rig.pass(1000);
  return rig;
}

const lettersTo = (rig: RegistrarRig, route: string): number =>
  rig
    .replies(route)
    .map((message) => ("json" in message ? message.json.length : 0))
    .reduce((sum, letters) => sum + letters, 0);

test("one that read nothing had hundreds of pages waiting for it in the registrar", () => {
  const rig = ofManyPages();
  rig.frozen.add("deaf");
  for (let token = 1; token <= 100; token += 1) {
    ask(rig, "deaf", token);
    rig.pass(20);
  }
  assert.ok(lettersTo(rig, "deaf") >= LIMITS.unreadBytesMax);
  assert.ok(lettersTo(rig, "deaf") < LIMITS.unreadBytesMax + 2 * LIMITS.pageBytesMax);
  ask(rig, "other", 1);
  rig.pass(20);
  assert.equal(pages(rig, "other").length, 1, "it waits for nobody");
  // It is back, and has read all that.
  rig.frozen.delete("deaf");
  rig.clear();
  rig.pass(1100);
  assert.deepEqual(
    pages(rig, "deaf").map(({ token }) => token),
    [100],
  );
});

test("one that answers gets page after page, as fast as they are given to anybody", () => {
  const rig = ofManyPages();
  for (let token = 1; token <= 100; token += 1) {
    ask(rig, "reader", token);
    rig.pass(10);
  }
  assert.ok(pages(rig, "reader").length >= 99, `${pages(rig, "reader").length} pages`);
});

test("many that read nothing and wait leave room for those who read", () => {
  const rig = ofManyPages();
  const deaf = Array.from({ length: LIMITS.recordRequestsMax }, (_, n) => `deaf-${n}`);
  for (const route of deaf) rig.frozen.add(route);
  for (let token = 1; token <= 6; token += 1) {
    for (const route of deaf) ask(rig, route, token);
    rig.pass(1000);
  }
  assert.equal(rig.notes("record.tooMany").length, 0);
  ask(rig, "reader", 1);
  ask(rig, "second", 2);
  rig.pass(50);
  assert.equal(pages(rig, "reader").length, 1);
  assert.equal(pages(rig, "second").length, 1);
});

test("explanations that nobody reads end too, and start again with an answer", () => {
  const rig = RegistrarRig.live();
  rig.join("c1");
  rig.join("deaf");
  rig.frozen.add("deaf");
  const explain = (): void => {
    rig.receive("deaf", { kind: "explain", epoch: EPOCH, token: 1, service: "cache", id: "c1" });
  };
  explain();
  const each = lettersTo(rig, "deaf");
  const most = Math.ceil(LIMITS.unreadBytesMax / each);
  for (let n = 0; n < most + 9; n += 1) explain();
  assert.equal(lettersTo(rig, "deaf"), most * each);
  assert.equal(rig.notes("record.unread").length, 10);
  rig.frozen.delete("deaf");
  rig.pass(1100);
  rig.clear();
  explain();
  assert.ok(lettersTo(rig, "deaf") > 0);
});

test("who stops and starts to consume has read nothing by that", () => {
  const rig = ofManyPages();
  rig.frozen.add("deaf");
  for (let token = 1; token <= 50; token += 1) {
    ask(rig, "deaf", token);
    rig.pass(20);
    rig.watch("deaf", []);
    rig.watch("deaf", ["*"]);
  }
  assert.ok(lettersTo(rig, "deaf") < LIMITS.unreadBytesMax + 2 * LIMITS.pageBytesMax);
});

test("a stranger is given nothing of the record and told to come in first", () => {
  const rig = RegistrarRig.live();
  rig.receive("stranger", { kind: "export", epoch: EPOCH, token: 1, service: "*", after: 0 });
  const [service, id] = ["cache", "c1"];
  rig.receive("stranger", { kind: "explain", epoch: EPOCH, token: 1, service, id });
  rig.pass(100);
  assert.deepEqual(
    rig.replies("stranger").map(({ kind }) => kind),
    ["rejoin", "rejoin"],
  );
});
