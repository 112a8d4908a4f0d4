import assert from "node:assert/strict";
import { test } from "node:test";
import { Places } from "./places.ts";
import { rulesOf } from "./wire-rules.ts";

const CAST = { registrars: ["r0", "r1"], crews: ["c0", "c1"], watchers: ["w0"] };

test("a whole wire has a chain without rules", () => {
  const rules = rulesOf({ cuts: [], lossPercent: 0 });
  assert.match(rules, /policy accept;\n {2}}/);
  assert.doesNotMatch(rules, /drop/);
});

test("a cut is one rule for its direction, and loss a rule for all packets", () => {
  const rules = rulesOf({
    cuts: [
      { from: ["10.0.0.1"], to: ["10.0.0.2", "10.0.0.3"] },
      { from: ["10.0.0.1"], to: [] },
    ],
    lossPercent: 2.5,
  });
  assert.match(rules, /ip saddr \{ 10\.0\.0\.1 \} ip daddr \{ 10\.0\.0\.2, 10\.0\.0\.3 \} drop\n/);
  assert.match(rules, /numgen random mod 1000 < 25 counter drop/);
  assert.equal(rules.match(/drop/g)?.length, 2, "a cut from or to nobody is no rule");
});

test("everybody has an address of its own, and those behind the proxy meet registrars there", () => {
  const places = new Places(CAST, ["c1"]);
  const all = [...CAST.registrars, ...CAST.crews, ...CAST.watchers, "aside"];
  const addresses = [...all.map((node) => places.addressOf(node)), ...places.proxyAddresses];
  assert.equal(new Set(addresses).size, addresses.length);
  assert.equal(places.hostOf("r1", "c0"), places.addressOf("r1"));
  assert.equal(places.hostOf("r1", "c1"), places.proxyAddresses[1]);
  assert.equal(places.surveyOf("r1", "c0"), `tcp://${places.addressOf("r1")}:5570`);
});
