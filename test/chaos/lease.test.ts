import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../helpers/until.ts";
import { holdLease, keepLeases } from "./lease.ts";

test("a lease that is renewed lasts, one that is not runs out, and its holder may come back", async (t) => {
  const told: string[] = [];
  const keeper = await keepLeases((event, id) => void told.push(`${event} ${id}`), 0);
  t.after(() => keeper.close());
  const stops = ["a", "b"].map((id) => holdLease("127.0.0.1", id, keeper.port));
  t.after(() => stops.forEach((stop) => stop()));
  await until(() => keeper.held() === 2, { what: "both hold a lease" });
  stops[1]?.();
  await until(() => told.length > 0, { what: "the lease that is not renewed runs out" });
  assert.deepEqual(told, ["removed b"]);
  const stop = holdLease("127.0.0.1", "b", keeper.port);
  t.after(stop);
  await until(() => told.length > 1, { what: "its holder is back" });
  assert.deepEqual(told, ["removed b", "returned b"]);
});
