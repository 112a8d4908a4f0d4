import assert from "node:assert/strict";
import { test } from "node:test";
import { announcementOf, pulseOf } from "../../lib/core/notices.ts";
import { EPOCH } from "./samples.ts";

const SPEAKER = { epoch: EPOCH, authority: "live" } as const;

test("an announcement goes to the followers of its service, a pulse to all who listen", () => {
  assert.deepEqual(announcementOf(SPEAKER, { service: "cache", revision: 7, fence: true }), {
    topic: "Dcache\0",
    message: {
      kind: "announce",
      service: "cache",
      revision: 7,
      fence: true,
      epoch: EPOCH,
      authority: "live",
    },
  });
  assert.deepEqual(pulseOf(SPEAKER, 1000), {
    topic: "P\0",
    message: { kind: "pulse", intervalMs: 1000, epoch: EPOCH, authority: "live" },
  });
});
