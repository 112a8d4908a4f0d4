import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, NEVER, of, Subject, throwError } from "rxjs";
import { latest } from "../../lib/index.ts";
import { Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";

test("between two steps only the newest value is kept", async () => {
  const source$ = new Subject<number>();
  const values = latest(source$);
  const first = values.next();
  source$.next(1);
  assert.deepEqual(await first, { done: false, value: 1 });
  for (const value of [2, 3, 4]) source$.next(value);
  assert.deepEqual(await values.next(), { done: false, value: 4 });
  const waiting = values.next();
  source$.next(5);
  source$.next(6);
  // Whoever waits is woken by the first of two, and by then the second is the newest.
  assert.deepEqual(await waiting, { done: false, value: 6 });
});

test("the last value before the end is delivered, then it ends", async () => {
  const source$ = new Subject<number>();
  const values = latest(source$);
  const first = values.next();
  source$.next(1);
  await first;
  source$.next(2);
  source$.complete();
  assert.deepEqual(await values.next(), { done: false, value: 2 });
  assert.deepEqual(await values.next(), { done: true, value: undefined });
  assert.deepEqual(await values.next(), { done: true, value: undefined });
});

test("what is emitted at once is delivered too", async () => {
  const seen: number[] = [];
  for await (const value of latest(of(1, 2, 3))) seen.push(value);
  assert.deepEqual(seen, [3]);
  for await (const value of latest(EMPTY)) assert.fail(String(value));
});

test("a failure comes after the last value", async () => {
  const failure = new Error("over");
  await assert.rejects(latest(throwError(() => failure)).next(), failure);
  const source$ = new Subject<number>();
  const values = latest(source$);
  const first = values.next();
  source$.next(1);
  source$.error(failure);
  assert.deepEqual(await first, { done: false, value: 1 });
  await assert.rejects(values.next(), failure);
});

test("leaving the loop unsubscribes, before the first value and after it", async () => {
  const source$ = new Subject<number>();
  const values = latest(source$);
  const first = values.next();
  assert.equal(source$.observed, true);
  source$.next(1);
  await first;
  await values.return();
  assert.equal(source$.observed, false);
  for await (const value of latest(of(1))) {
    assert.equal(value, 1);
    break;
  }
});

test("a loop that has not begun holds nothing", async () => {
  const values = latest(NEVER);
  assert.deepEqual(await values.return(), { done: true, value: undefined });
});

test("a slow consumer of a real list ends on the newest state", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar({ coalesceMs: 0 });
  const watcher = await rig.ready(registrar);
  const me = await rig.join(registrar, { service: "cache", id: "c1" });
  await until(() => watcher.peers.length === 1, { what: "c1 is listed" });
  let go: () => void = () => undefined;
  let isBusy = false;
  const seen: number[] = [];
  const consuming = (async (): Promise<void> => {
    for await (const peers of latest(watcher.peers$)) {
      seen.push(peers[0]?.weight ?? -1);
      isBusy = true;
      await new Promise<void>((resolve) => (go = resolve));
      isBusy = false;
    }
  })();
  await until(() => isBusy, { what: "the consumer works on the first list" });
  for (let weight = 2; weight <= 60; weight += 1) await me.update({ weight });
  await until(() => watcher.peers[0]?.weight === 60, { what: "the last change has arrived" });
  go();
  await until(() => seen.length === 2, { what: "the consumer takes the next list" });
  assert.deepEqual(seen, [1, 60]);
  go();
  await watcher.close();
  await consuming;
});
