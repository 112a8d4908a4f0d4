import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../lib/core/limits.ts";

test("every limit is a whole number above zero", () => {
  for (const [name, limit] of Object.entries(LIMITS)) {
    assert.ok(Number.isSafeInteger(limit) && limit > 0, `${name} is ${limit}`);
  }
});

test("the largest card fits into a frame, and a full page or delta beside it", () => {
  const endpoint = LIMITS.hostBytesMax + 2 * LIMITS.wordBytesMax + 8;
  const card =
    LIMITS.endpointsMax * endpoint +
    LIMITS.tagsMax * (LIMITS.tagBytesMax + 3) +
    LIMITS.metadataBytesMax +
    LIMITS.metadataEntriesMax * 6 +
    2 * LIMITS.wordBytesMax;
  const entry = card + LIMITS.idBytesMax + LIMITS.instanceBytesMax + 64;
  assert.ok(entry + LIMITS.deltaBytesMax < LIMITS.frameBytesMax);
  assert.ok(entry + LIMITS.pageBytesMax < LIMITS.frameBytesMax);
});

test("what belongs together fits together", () => {
  assert.ok(LIMITS.watchedServicesMax <= LIMITS.followedServicesMax);
  assert.ok(LIMITS.tombstonesMax <= LIMITS.changesMax);
  assert.ok(LIMITS.textBytesMax > LIMITS.idBytesMax + LIMITS.serviceBytesMax);
});
