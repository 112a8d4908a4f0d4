import assert from "node:assert/strict";
import { test } from "node:test";
import { type Readable, readUntilClosed } from "../../lib/transport/reading.ts";

function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** A socket that gives these in order, then closes. */
function script(...steps: readonly (string | Error)[]): Readable {
  const left = [...steps];
  return {
    get closed() {
      return left.length === 0;
    },
    receive: async () => {
      const step = left[0];
      const last = left.length === 1;
      if (!last) left.shift();
      if (step instanceof Error) {
        left.length = last ? 0 : left.length;
        throw step;
      }
      if (last) left.length = 0;
      return [Buffer.from(step ?? "")];
    },
  };
}

async function read(socket: Readable, message = (_text: string): void => undefined) {
  const heard: string[] = [];
  const failures: string[] = [];
  await readUntilClosed(socket, {
    message: ([frame]) => {
      heard.push(String(frame));
      message(String(frame));
    },
    failed: (error) => {
      failures.push(String(error));
      throw new Error("the handler of failures fails");
    },
  });
  return { heard, failures };
}

test("a message that comes with the close is not handed on", async () => {
  assert.deepEqual(await read(script("a", "b")), { heard: ["a"], failures: [] });
});

test("the end of a waiting receive by a close is no failure", async () => {
  assert.deepEqual(await read(script("a", errno("EAGAIN"))), { heard: ["a"], failures: [] });
});

test("a wake-up without a message is no end", async () => {
  assert.deepEqual(await read(script("a", errno("EAGAIN"), "b", errno("EAGAIN"))), {
    heard: ["a", "b"],
    failures: [],
  });
});

test("a socket that fails is reported once and not read any more", async () => {
  assert.deepEqual(await read(script("a", errno("ENOTSOCK"), "b", "c")), {
    heard: ["a"],
    failures: ["Error: ENOTSOCK"],
  });
});

test("handlers that throw do not end the reading", async () => {
  const { heard, failures } = await read(script("a", "b", "c"), (text) => {
    throw new Error(`boom ${text}`);
  });
  assert.deepEqual(heard, ["a", "b"]);
  assert.deepEqual(failures, ["Error: boom a", "Error: boom b"]);
});

test("wake-ups without a message, one after the other, leave the event loop its turns", async () => {
  let [asked, isClosed] = [0, false];
  // With no turn in between it would never close: then it fails for good instead.
  setTimeout(() => (isClosed = true), 20);
  const socket: Readable = {
    get closed() {
      return isClosed;
    },
    receive: async () => {
      asked += 1;
      throw errno(asked > 10_000_000 ? "no turn" : "EAGAIN");
    },
  };
  assert.deepEqual(await read(socket), { heard: [], failures: [] });
  assert.ok(asked > 0);
});
