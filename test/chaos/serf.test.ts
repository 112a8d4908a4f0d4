import assert from "node:assert/strict";
import { test } from "node:test";
import { heardOfSerf, serfAgents } from "./serf.ts";
import { Places } from "./places.ts";

test("hears of joins and failures of agents, and of nothing else", () => {
  const stamp = "2026/01/01 10:00:00 [INFO] serf: ";
  assert.deepEqual(heardOfSerf(`${stamp}EventMemberJoin: serf-c0.1 10.77.2.1`), {
    event: "joined",
    id: "serf-c0.1",
  });
  assert.deepEqual(heardOfSerf(`${stamp}EventMemberFailed: serf-c0.1 10.77.2.1`), {
    event: "removed",
    id: "serf-c0.1",
  });
  for (const text of [`${stamp}EventMemberJoin: witness 10.77.5.1`, "[INFO] memberlist: Suspect"]) {
    assert.equal(heardOfSerf(text), undefined);
  }
});

test("agents of one node differ in name and ports", () => {
  const places = new Places({ registrars: ["r0"], crews: ["c0"], watchers: [] });
  const agents = serfAgents(places, "c0", 2);
  const commands = agents.map(({ role }) => (typeof role === "string" ? [] : role).join(" "));
  assert.match(
    commands[0] ?? "",
    /-node=serf-c0\.0 -bind=10\.77\.2\.1:7946 -rpc-addr=127\.0\.0\.1:7373/,
  );
  assert.match(
    commands[1] ?? "",
    /-node=serf-c0\.1 -bind=10\.77\.2\.1:7947 -rpc-addr=127\.0\.0\.1:7374/,
  );
});
