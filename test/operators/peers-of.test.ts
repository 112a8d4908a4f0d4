import assert from "node:assert/strict";
import { test } from "node:test";
import { of } from "rxjs";
import { peersOf } from "../../lib/index.ts";
import { ids, record } from "../helpers/record.ts";
import { peerOf, Source } from "./views.ts";

test("only those who may be given work, and only when they differ", () => {
  const source = new Source();
  const views = ["a b c? d! e*", "a b c? d!", "a b c", "a b c", "a b/2 c", "", "f?"].map((words) =>
    source.view(words),
  );
  const pool = record(of(...views).pipe(peersOf()));
  assert.deepEqual(pool.values.map(ids), [["a", "b"], ["a", "b", "c"], ["a", "b", "c"], []]);
  assert.ok(pool.values.every((list) => Object.isFrozen(list)));
});

test("an empty first list is a list", () => {
  assert.deepEqual(record(of(new Source().view("")).pipe(peersOf())).values, [[]]);
});

test("a changed card is news, a copy of it is not", () => {
  const source = new Source();
  const lists = [{}, {}, { weight: 2 }, { weight: 2, metadata: { rack: "7" } }];
  const views = lists.map((change) => source.of([peerOf("a", change)]));
  const pool = record(of(...views).pipe(peersOf()));
  assert.deepEqual(
    pool.values.map(([peer]) => [peer?.weight, peer?.metadata["rack"]]),
    [
      [1, undefined],
      [2, undefined],
      [2, "7"],
    ],
  );
});
