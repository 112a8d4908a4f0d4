import assert from "node:assert/strict";
import { test } from "node:test";
import { Watchers } from "../../lib/grpc/watchers.ts";
import { record } from "../helpers/record.ts";
import { Rig } from "../helpers/rig.ts";

test("one watcher for one target, closed when the last share is given back", async (t) => {
  const rig = new Rig(t);
  const registrar = await rig.registrar();
  const watchers = new Watchers({ registrar: registrar.endpoints.survey, logger: false });
  rig.after(() => watchers.close());
  const take = (service: string) => watchers.take({ service, registrar: undefined });
  const [first, second, other] = [take("orders"), take("orders"), take("invoices")];
  assert.equal(first.watcher, second.watcher);
  assert.notEqual(first.watcher, other.watcher);
  const connection = record(first.watcher.connection$);
  first.release();
  first.release();
  assert.equal(watchers.size, 2, "the second channel still has it");
  second.release();
  assert.equal(watchers.size, 1);
  const again = take("orders");
  assert.notEqual(again.watcher, first.watcher);
  await watchers.close();
  assert.deepEqual(connection.last, { kind: "closed" });
  assert.equal(watchers.size, 0);
  again.release();
});
