import assert from "node:assert/strict";
import { test } from "node:test";
import { isSpoken, Respondent } from "../../lib/core/respondent.ts";
import type { Wishes } from "../../lib/core/respondent.ts";
import { ANY_EPOCH } from "../../lib/core/messages.ts";
import { CARD, EPOCH, OTHER_EPOCH, SECRET, welcomeOf } from "./samples.ts";

const RETRY_MS = 2000;
const MEMBER: Wishes = {
  instance: "c1-1",
  secret: SECRET,
  identity: { service: "cache", id: "c1", instance: "c1-1" },
  showing: { edition: 3, card: CARD },
  services: [],
};
const BOTH: Wishes = { ...MEMBER, services: ["cache"] };
const WATCHER: Wishes = {
  instance: "w-1",
  secret: SECRET,
  identity: null,
  showing: null,
  services: ["cache"],
};
const NOTHING: Wishes = { ...MEMBER, showing: null };

function newRespondent(): Respondent {
  let joins = 0;
  return new Respondent(RETRY_MS, () => (joins += 1));
}

function opened(): Respondent {
  const respondent = newRespondent();
  respondent.opened(welcomeOf(), 0.5, 0);
  return respondent;
}

test("before a greeting nothing is said", () => {
  const respondent = newRespondent();
  assert.deepEqual(respondent.due(BOTH, 1e9), []);
  assert.equal(respondent.answer({ kind: "survey", round: 1 }), null);
  assert.equal(respondent.update({ edition: 2, card: CARD }, 0, 0), null);
  assert.deepEqual(respondent.leave(0, MEMBER, 0), []);
  assert.equal(respondent.explain(1, "cache", "c1"), null);
  respondent.askAgain(0);
  assert.equal(respondent.nextMs(), Infinity);
  assert.equal(respondent.epoch, null);
});

test("a newcomer asks ahead of its first greeting, and only then", () => {
  const respondent = newRespondent();
  const early = respondent.early(BOTH);
  assert.ok(early?.kind === "join");
  assert.deepEqual([early.epoch, early.version], [ANY_EPOCH, 1]);
  respondent.opened(welcomeOf(), 0.5, 0);
  assert.deepEqual(respondent.due(MEMBER, 0), []);
  assert.equal(respondent.nextMs(), RETRY_MS, "an answer is awaited");
  respondent.closed();
  assert.equal(respondent.early(BOTH), null, "it may be listed, and spreads its return");
});

test("a newcomer that consumes as well asks for both once it is greeted", () => {
  const respondent = newRespondent();
  respondent.early(BOTH);
  respondent.opened(welcomeOf(), 0.5, 0);
  assert.deepEqual(
    respondent.due(BOTH, 0).map(({ kind, epoch }) => [kind, epoch]),
    [
      ["join", EPOCH],
      ["watch", EPOCH],
    ],
  );
});

test("a newcomer that changes its mind before its greeting says goodbye behind its join", () => {
  const respondent = newRespondent();
  respondent.early(MEMBER);
  assert.deepEqual(respondent.leave(0, MEMBER, 0), [
    { kind: "leave", epoch: ANY_EPOCH, proofMs: 0 },
  ]);
  respondent.closed();
  assert.deepEqual(respondent.leave(0, MEMBER, 0), [], "the connection took the join with it");
});

test("who wants no place in the list asks nothing ahead of the greeting", () => {
  for (const wishes of [WATCHER, NOTHING]) {
    const respondent = newRespondent();
    assert.equal(respondent.early(wishes), null);
    respondent.opened(welcomeOf(), 0.5, 0);
    assert.equal(respondent.nextMs(), 0);
  }
});

test("a member asks to be listed at once, and names the run it speaks to", () => {
  const respondent = opened();
  assert.equal(respondent.nextMs(), 0);
  assert.deepEqual(respondent.due(MEMBER, 0), [
    {
      kind: "join",
      version: 1,
      epoch: EPOCH,
      service: "cache",
      id: "c1",
      instance: "c1-1",
      secret: SECRET,
      edition: 3,
      card: CARD,
      previous: null,
      sequence: 1,
      proof: null,
      bytes: 0,
    },
  ]);
  assert.equal(respondent.epoch, EPOCH);
});

test("it asks for all it wants: to be listed, to consume, both, or nothing", () => {
  const kinds = (wishes: Wishes): readonly string[] =>
    opened()
      .due(wishes, 0)
      .map(({ kind }) => kind);
  assert.deepEqual(kinds(MEMBER), ["join"]);
  assert.deepEqual(kinds(WATCHER), ["watch"]);
  assert.deepEqual(kinds(BOTH), ["join", "watch"]);
  assert.deepEqual(kinds(NOTHING), []);
});

test("without an answer it asks again, and accepted it rests", () => {
  const respondent = opened();
  respondent.due(MEMBER, 0);
  assert.equal(respondent.nextMs(), RETRY_MS);
  assert.deepEqual(respondent.due(MEMBER, RETRY_MS - 1), []);
  assert.equal(respondent.due(MEMBER, RETRY_MS).length, 1);
  respondent.accepted();
  assert.ok(respondent.isAccepted);
  assert.equal(respondent.nextMs(), Infinity);
});

test("who wants nothing is not woken", () => {
  const respondent = opened();
  respondent.due(NOTHING, 0);
  assert.equal(respondent.nextMs(), Infinity);
});

test("after a loss it is not accepted and says nothing", () => {
  const respondent = opened();
  respondent.accepted();
  respondent.closed();
  assert.equal(respondent.isAccepted, false);
  assert.equal(respondent.nextMs(), Infinity);
  assert.deepEqual(respondent.leave(0, MEMBER, 0), []);
});

test("a reconnect to the same run comes back at once and says where it was listed", () => {
  const respondent = opened();
  respondent.accepted();
  respondent.closed();
  respondent.opened(welcomeOf(), 0.5, 1000);
  assert.equal(respondent.nextMs(), 1000);
  const [join] = respondent.due(MEMBER, 1000);
  assert.equal(join?.kind === "join" && join.previous, EPOCH);
});

test("the return to a new run is spread over the jitter that it tells", () => {
  const respondent = opened();
  respondent.accepted();
  respondent.closed();
  respondent.opened(welcomeOf({ epoch: OTHER_EPOCH }), 0.5, 1000);
  assert.equal(respondent.nextMs(), 1100);
  const [join] = respondent.due(MEMBER, 1100);
  assert.deepEqual(join?.kind === "join" && [join.previous, join.epoch], [EPOCH, OTHER_EPOCH]);
});

test("who was never accepted does not claim to return", () => {
  const respondent = opened();
  respondent.closed();
  respondent.opened(welcomeOf({ epoch: OTHER_EPOCH }), 0.5, 1000);
  assert.equal(respondent.nextMs(), 1000);
  const [join] = respondent.due(MEMBER, 1000);
  assert.equal(join?.kind === "join" && join.previous, null);
});

test("asked to ask again, it does", () => {
  const respondent = opened();
  respondent.due(MEMBER, 0);
  respondent.accepted();
  respondent.askAgain(500);
  assert.equal(respondent.due(BOTH, 500).length, 2);
});

test("it answers surveys, takes its leave and asks questions in the name of the run", () => {
  const respondent = opened();
  assert.deepEqual(respondent.answer({ kind: "survey", round: 9 }), {
    kind: "answer",
    epoch: EPOCH,
    round: 9,
    stalledMs: 0,
  });
  assert.deepEqual(respondent.leave(0, MEMBER, 0), [{ kind: "leave", epoch: EPOCH, proofMs: 0 }]);
  assert.deepEqual(respondent.explain(4, "cache", "c1"), {
    kind: "explain",
    epoch: EPOCH,
    token: 4,
    service: "cache",
    id: "c1",
  });
});

test("an update is sent where the member is listed, and waits for the join elsewhere", () => {
  const respondent = opened();
  const showing = { edition: 4, card: CARD };
  assert.equal(respondent.update(showing, 0, 0), null);
  respondent.accepted();
  assert.deepEqual(respondent.update(showing, 0, 0), {
    kind: "update",
    epoch: EPOCH,
    ...showing,
    proofMs: 0,
    bytes: 0,
  });
});

test("a card whose publication is not confirmed is said again until it is", () => {
  const respondent = opened();
  respondent.due(MEMBER, 0);
  respondent.accepted();
  assert.deepEqual(respondent.due(MEMBER, 10), []);
  assert.equal(respondent.nextMs(), 10 + RETRY_MS);
  const again = (nowMs: number): readonly string[] =>
    respondent.due(MEMBER, nowMs).map((message) => {
      return message.kind === "update" ? `${message.edition} ${message.proofMs}` : message.kind;
    });
  assert.deepEqual(again(9 + RETRY_MS), []);
  assert.deepEqual(again(10 + RETRY_MS), ["3 0"]);
  assert.deepEqual(again(11 + RETRY_MS), []);
  assert.deepEqual(again(10 + 2 * RETRY_MS), ["3 0"]);
  respondent.recorded(2);
  assert.deepEqual(again(100_000), [], "an older edition confirms nothing, but we are heard");
  assert.deepEqual(again(100_000 + RETRY_MS), ["3 0"]);
  respondent.recorded(3);
  assert.deepEqual(again(1e9), []);
  assert.equal(respondent.nextMs(), Infinity);
  // A change that drains wants its proof whenever it is said, within what is left of its time.
  respondent.update({ edition: 4, card: CARD }, RETRY_MS + 700, 2e9);
  const draining: Wishes = { ...MEMBER, showing: { edition: 4, card: CARD } };
  assert.deepEqual(respondent.due(draining, 2e9), []);
  const [update] = respondent.due(draining, 2e9 + RETRY_MS);
  assert.equal(update?.kind === "update" && update.proofMs, 700);
  respondent.closed();
  assert.equal(respondent.nextMs(), Infinity);
  assert.deepEqual(respondent.due(draining, 3e9), []);
});

test("a watcher has no card to say again", () => {
  const respondent = opened();
  respondent.due(WATCHER, 0);
  respondent.accepted();
  assert.deepEqual(respondent.due(WATCHER, 1e9), []);
  assert.equal(respondent.nextMs(), Infinity);
});

const VERSIONS: readonly (readonly [min: number, max: number, spoken: boolean])[] = [
  [1, 1, true],
  [0, 1, true],
  [1, 9, true],
  [2, 9, false],
  [0, 0, false],
];

for (const [versionMin, versionMax, spoken] of VERSIONS) {
  test(`a registrar of versions ${versionMin} to ${versionMax} is ${spoken ? "" : "not "}understood`, () => {
    assert.equal(isSpoken(welcomeOf({ versionMin, versionMax })), spoken);
  });
}

test("each JOIN has a greater number than the one before", () => {
  const respondent = newRespondent();
  const said = [respondent.early(MEMBER)];
  for (let connection = 0; connection < 3; connection += 1) {
    respondent.closed();
    respondent.opened(welcomeOf(), 0.5, 0);
    said.push(...respondent.due(MEMBER, 0), ...respondent.due(MEMBER, RETRY_MS));
  }
  const numbers = said.map((message) => (message?.kind === "join" ? message.sequence : 0));
  assert.deepEqual(numbers, [1, 2, 3, 4, 5, 6, 7]);
});
