import assert from "node:assert/strict";
import { test } from "node:test";
import { map, of, Subject, take, throwError } from "rxjs";
import type { View } from "../../lib/index.ts";
import { operate } from "../../lib/operators/alarms.ts";
import type { Step, ViewMachine } from "../../lib/operators/alarms.ts";
import { record } from "../helpers/record.ts";
import { marbles, Source } from "./views.ts";

/** Repeats each view after a while, with its revision and the alarm added up. */
class Echo implements ViewMachine {
  readonly #afterMs: number;
  #view: View | null = null;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  view(view: View): Step {
    this.#view = view;
    return { view, alarms: [{ id: view.revision * 10, afterMs: this.#afterMs }] };
  }

  alarm(id: number): Step {
    const view = this.#view;
    return { view: view && { ...view, revision: view.revision + id }, alarms: [] };
  }
}

for (const afterMs of [1, 99, 100, 101, 5000]) {
  test(`an alarm rings after ${afterMs} ms`, () => {
    const view = new Source().view("a");
    marbles(({ cold, expectObservable }) => {
      const out$ = cold("a-", { a: view }).pipe(
        operate(() => new Echo(afterMs)),
        map(({ revision }) => revision),
      );
      const wait = afterMs > 1 ? ` ${afterMs - 1}ms ` : "";
      expectObservable(out$).toBe(`a${wait}b`, { a: 1, b: 11 });
    });
  });
}

test("several alarms run side by side", () => {
  const source = new Source();
  const views = { a: source.view("a"), b: source.view("a") };
  marbles(({ cold, expectObservable }) => {
    const out$ = cold("ab", views).pipe(
      operate(() => new Echo(10)),
      map(({ revision }) => revision),
    );
    expectObservable(out$).toBe("ab 8ms cd", { a: 1, b: 2, c: 12, d: 22 });
  });
});

test("no alarm outlives its subscriber or the source", () => {
  const view = new Source().view("a");
  marbles(({ cold, expectObservable }) => {
    const echo = operate(() => new Echo(10));
    expectObservable(cold("a--|", { a: view }).pipe(echo)).toBe("a--|", { a: view });
    expectObservable(cold("a", { a: view }).pipe(echo), "--!").toBe("a", { a: view });
    expectObservable(cold("a--#", { a: view }).pipe(echo)).toBe("a--#", { a: view });
  });
});

test("a subscriber that leaves while it is told leaves no timer behind", () => {
  const before = timers();
  const out = record(
    of(new Source().view("a")).pipe(
      operate(() => new Echo(60_000)),
      take(1),
    ),
  );
  assert.equal(out.completed, 1);
  assert.equal(timers(), before);
});

test("each subscriber has a machine of its own, and errors pass", () => {
  let machines = 0;
  const views$ = new Subject<View>();
  const out$ = views$.pipe(operate(() => (machines++, new Echo(1))));
  const [one, two] = [record(out$), record(out$)];
  one.stop();
  two.stop();
  assert.equal(machines, 2);
  assert.equal(views$.observed, false);
  const failed = record(throwError(() => new Error("no")).pipe(operate(() => new Echo(1))));
  assert.equal(failed.errors.length, 1);
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}
