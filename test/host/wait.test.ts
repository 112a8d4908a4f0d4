import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { aborted, closeOnAbort, Deferred, throwIfAborted } from "../../lib/host/wait.ts";
import { code } from "../helpers/rig.ts";

test("a deferred settles once, and lets go of its signal", async () => {
  const { signal } = new AbortController();
  const deferred = new Deferred<number>({ signal });
  assert.equal(getEventListeners(signal, "abort").length, 1);
  deferred.resolve(1);
  deferred.resolve(2);
  deferred.reject(new Error("late"));
  assert.equal(await deferred.promise, 1);
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("a signal ends a wait with its reason as the cause, whether raised later or before", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const later = new Deferred({ signal: controller.signal });
  controller.abort(reason);
  const before = new Deferred({ signal: controller.signal });
  for (const { promise } of [later, before]) {
    await assert.rejects(promise, (error) => {
      assert.equal(error instanceof Error && error.cause, reason);
      return code("ERR_ABORTED")(error);
    });
  }
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  assert.equal(aborted(controller.signal).cause, reason);
});

test("a rejection that nobody looks at does not bring the process down", async () => {
  new Deferred().reject(new Error("unseen"));
  await new Promise((resolve) => setImmediate(resolve));
});

test("throwIfAborted throws for a raised signal only", () => {
  throwIfAborted(undefined);
  throwIfAborted(new AbortController().signal);
  assert.throws(() => throwIfAborted(AbortSignal.abort()), code("ERR_ABORTED"));
});

test("closing by a signal happens once, and is released", () => {
  const controller = new AbortController();
  let closed = 0;
  const handle = {
    close: async (): Promise<void> => {
      closed += 1;
    },
  };
  closeOnAbort(undefined, handle)();
  const release = closeOnAbort(controller.signal, handle);
  release();
  assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  closeOnAbort(controller.signal, handle);
  controller.abort();
  controller.abort();
  assert.equal(closed, 1);
});
