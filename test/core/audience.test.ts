import assert from "node:assert/strict";
import { test } from "node:test";
import { Audience } from "../../lib/core/audience.ts";

test("a subscriber of all services counts for each of them", () => {
  const audience = new Audience();
  audience.add("cache");
  audience.add("cache");
  audience.add("*");
  assert.equal(audience.of("cache"), 3);
  assert.equal(audience.of("orders"), 1);
  assert.equal(audience.isNamed("orders"), false);
});

test("a name nobody subscribes to any more is forgotten, and never counts below nothing", () => {
  const audience = new Audience();
  audience.add("cache");
  audience.remove("cache");
  audience.remove("cache");
  assert.equal(audience.isNamed("cache"), false);
  audience.add("cache");
  assert.equal(audience.of("cache"), 1);
});
