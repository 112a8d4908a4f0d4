import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, nextMs } from "../../lib/core/contact.ts";
import type { Contact } from "../../lib/core/contact.ts";
import { Follower } from "../../lib/core/follower.ts";
import type { Connection } from "../../lib/core/io.ts";
import { Link } from "../../lib/core/link.ts";
import { Respondent } from "../../lib/core/respondent.ts";
import { CLIENT_LAN, pulseOf, randomOf, welcomeOf } from "./samples.ts";

function contactOf(hasSurvey: boolean): Contact {
  const random = randomOf();
  const options = { source: 0, services: ["cache"], tuning: CLIENT_LAN, random, emit: () => {} };
  return {
    source: 0,
    link: hasSurvey ? new Link(CLIENT_LAN, random) : null,
    respondent: new Respondent(CLIENT_LAN.helloTimeoutMs, () => 1),
    follower: new Follower(options),
  };
}

const idle = (): Contact => contactOf(true);

function accepted(): Contact {
  const contact = contactOf(true);
  contact.link?.dial(0);
  contact.link?.welcomed(welcomeOf(), 0);
  contact.respondent.opened(welcomeOf(), 0, 0);
  contact.respondent.accepted();
  return contact;
}

function refused(): Contact {
  const contact = contactOf(true);
  contact.link?.refuse("ERR_ID_TAKEN", false, 0);
  return contact;
}

function subscribed(isHeard: boolean): Contact {
  const contact = contactOf(false);
  contact.follower.follow(null, 0);
  if (isHeard) contact.follower.received("P\0", pulseOf(), 0);
  return contact;
}

const STALE: Connection = { kind: "stale", sinceMs: 70 };

type Row = readonly [
  contacts: string,
  before: string,
  made: readonly Contact[],
  live: boolean,
  is: Connection,
];

const ROWS: readonly Row[] = [
  ["nobody answers", "never", [idle(), idle()], false, { kind: "connecting" }],
  ["nobody answers", "before", [idle(), idle()], true, STALE],
  ["one has accepted", "never", [idle(), accepted()], false, { kind: "live" }],
  ["one refused and one has accepted", "before", [refused(), accepted()], true, { kind: "live" }],
  ["one refused and one is silent", "never", [refused(), idle()], false, { kind: "connecting" }],
  [
    "all refused",
    "before",
    [refused(), refused()],
    true,
    { kind: "refused", code: "ERR_ID_TAKEN" },
  ],
  ["a roster alone is heard", "never", [subscribed(true)], false, { kind: "live" }],
  ["a roster alone is silent", "never", [subscribed(false)], false, { kind: "connecting" }],
  ["a roster alone is silent", "before", [subscribed(false)], true, STALE],
  [
    "one refused and a roster is silent",
    "never",
    [refused(), subscribed(false)],
    false,
    { kind: "connecting" },
  ],
];

for (const [contacts, before, made, wasLive, expected] of ROWS) {
  test(`where ${contacts} and one was live ${before}, the client is ${expected.kind}`, () => {
    assert.deepEqual(judge(made, wasLive, 70), expected);
  });
}

test("a client without registrars is connecting for ever", () => {
  assert.deepEqual(judge([], false, 0), { kind: "connecting" });
  assert.equal(nextMs([]), Infinity);
});

test("the earliest wish of any part is what counts", () => {
  assert.equal(nextMs([idle()]), Infinity);
  const dialled = idle();
  dialled.link?.dial(0);
  assert.equal(nextMs([idle(), dialled]), 2000);
  const asking = accepted();
  asking.respondent.askAgain(900);
  assert.equal(nextMs([dialled, asking]), 900);
  const following = subscribed(true);
  following.follower.advance(0);
  assert.ok(nextMs([following]) < 3001);
});
