import assert from "node:assert/strict";
import { test } from "node:test";
import { Budget } from "../../lib/balance/http/budget.ts";
import { Targets } from "../../lib/balance/http/target.ts";
import { code } from "../helpers/rig.ts";

const NUMBERS = { ratio: 0.2, minPerSecond: 1, windowMs: 10_000 };

/** How many retries are allowed in a row. */
function allowed(budget: Budget, nowMs: number): number {
  let count = 0;
  while (budget.withdraw(nowMs)) count += 1;
  return count;
}

test("a fifth of the requests and one per second may be retried, within the window", () => {
  const budget = new Budget(NUMBERS);
  for (let n = 0; n < 100; n += 1) budget.deposit(5_000_000);
  assert.equal(allowed(budget, 5_000_000), 30);
  assert.equal(allowed(budget, 5_008_900), 0, "all were used within the window");
  assert.equal(allowed(budget, 5_010_000), 10, "what is older does not count, for or against");
  assert.equal(allowed(budget, 9_000_000), 10);
});

test("time that stands still or goes back does no harm", () => {
  const budget = new Budget(NUMBERS);
  budget.deposit(50_000);
  assert.equal(allowed(budget, 50_000), 10);
  assert.equal(allowed(budget, 40_000), 0);
});

test("names of services are told from other hosts", () => {
  const targets = new Targets(".rollcall");
  const orders = { kind: "service", service: "orders", protocol: "http", host: "orders.rollcall" };
  for (let again = 0; again < 2; again += 1) {
    assert.deepEqual(targets.of("http://orders.rollcall"), orders);
    assert.deepEqual(targets.of(new URL("http://Orders.rollcall/a")), orders);
  }
  const encoded = targets.of("https://größe.rollcall");
  assert.deepEqual([encoded.kind === "service" && encoded.service], ["größe"]);
  const dotted = targets.of("http://eu.orders.rollcall");
  assert.deepEqual([dotted.kind === "service" && dotted.service], ["eu.orders"]);
  for (const other of ["http://rollcall", "http://orders.example.org", "nonsense", undefined]) {
    assert.deepEqual(targets.of(other), { kind: "elsewhere" });
  }
  assert.throws(() => targets.of("http://orders.rollcall:81"), code("ERR_OPTION"));
  for (let n = 0; n < 3000; n += 1) targets.of(`http://s${n}.rollcall`);
  assert.deepEqual(targets.of("http://orders.rollcall"), orders);
});
