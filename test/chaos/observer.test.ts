import assert from "node:assert/strict";
import { test } from "node:test";
import { Observer } from "./observer.ts";
import type { Seen } from "./story.ts";
import { ALICE, BOB, CAST } from "./tales.ts";

const SINCE_MS = 100;

/** An observer that has been told that all is well with Alice and Bob. */
function content(): Observer {
  const observer = new Observer(CAST);
  const sources = CAST.registrars.map((registrar): Seen => ({
    registrar,
    epoch: "a",
    revision: 2,
    authority: "live",
  }));
  observer.take({ atMs: 10, kind: "joined", node: "c0", runs: [ALICE] });
  observer.take({ atMs: 10, kind: "joined", node: "c1", runs: [BOB] });
  for (const node of CAST.registrars) {
    const account = { authority: "live", revision: 2, alive: 2 };
    observer.take({ atMs: 110, kind: "registrar", node, ...account });
  }
  observer.take({ atMs: 20, kind: "list", node: "w0", came: [ALICE, BOB], went: [] });
  const view = { revision: 1, authority: "live", gone: [], sources };
  observer.take({ atMs: 20, kind: "view", node: "w0", ...view });
  return observer;
}

test("an observer that was told that all is well has no complaint", () => {
  assert.equal(content().complaint(2, SINCE_MS), undefined);
  assert.equal(content().members, 2);
});

test("complains of whatever is missing, old or wrong", () => {
  assert.match(content().complaint(3, SINCE_MS) ?? "", /2 of 3 members have joined/);
  assert.match(content().complaint(2, 200) ?? "", /r0 does not tell/);
  const told = (fact: Parameters<Observer["take"]>[0]): string => {
    const observer = content();
    observer.take(fact);
    return observer.complaint(2, SINCE_MS) ?? "";
  };
  const account = {
    kind: "registrar",
    node: "r1",
    authority: "live",
    revision: 2,
    alive: 2,
  } as const;
  assert.match(told({ atMs: 120, ...account, authority: "learning" }), /r1 is learning/);
  assert.match(told({ atMs: 120, ...account, alive: 1 }), /r1 has 1 of 2/);
  assert.match(told({ atMs: 120, ...account, revision: 3 }), /w0 has revision 2 of r1/);
  const list = { kind: "list", node: "w0" } as const;
  assert.match(told({ atMs: 120, ...list, came: [], went: [BOB] }), /w0 lacks 1 who live/);
  const ghost = { id: "c9.9", instance: "ghost" };
  assert.match(
    told({ atMs: 120, ...list, came: [ghost], went: [] }),
    /w0 lists c9\.9, which is dead/,
  );
  assert.match(told({ atMs: 120, kind: "down", node: "r0" }), /r0 does not tell/);
});
