import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplanationOf } from "../../lib/index.ts";
import { connectionText, eventLine, explanationLines } from "../../lib/cli/render/events.ts";
import { frame } from "../../lib/cli/render/frame.ts";
import type { FrameState } from "../../lib/cli/render/frame.ts";
import { plainly } from "../../lib/cli/render/style.ts";
import { widthOf } from "../../lib/cli/render/text.ts";
import { joined, NOW, peer, view } from "./samples.ts";

const OPTIONS = { columns: 80, rows: 24, wallMs: NOW, paint: plainly };

function state(given: Partial<FrameState> = {}): FrameState {
  return {
    title: "rollcall watch cache",
    view: view([peer(), peer({ id: "c2", standing: "suspect" })]),
    hasView: true,
    connection: { kind: "live" },
    showsService: false,
    events: [],
    notes: [],
    ...given,
  };
}

test("the head tells connection, authority, revision and how many", () => {
  const lines = frame(state(), OPTIONS);
  assert.deepEqual(lines.slice(0, 3), [
    "rollcall watch cache",
    "connection live   authority live   revision 3   1 alive, 1 suspect",
    "",
  ]);
  assert.match(lines[3] ?? "", /^ID +ADDRESS/);
  assert.equal(lines.length, 6);
});

test("before the first list it says so, and an empty list is told from none", () => {
  const waiting = frame(state({ hasView: false, connection: { kind: "connecting" } }), OPTIONS);
  assert.deepEqual(waiting.slice(1), ["connection connecting   waiting for the first list", ""]);
  const empty = frame(state({ view: view([]) }), OPTIONS);
  assert.equal(empty.at(-1), "nobody");
});

test("a frame is never larger than the terminal", () => {
  const peers = Array.from({ length: 50 }, (_, at) => peer({ id: `peer-${at}`, tags: ["日本語"] }));
  const events = Array.from({ length: 20 }, () => {
    return { wallMs: NOW, event: { kind: "change", change: joined() } } as const;
  });
  const full = state({ view: view(peers), events, notes: ["a log line".repeat(30), "next: more"] });
  for (let rows = 4; rows < 70; rows += 1) {
    for (const columns of [20, 40, 80, 132]) {
      const lines = frame(full, { ...OPTIONS, rows, columns });
      assert.ok(lines.length <= rows, `${lines.length} lines in ${rows} rows`);
      assert.ok(
        lines.slice(3).every((line) => widthOf(line) <= columns),
        `wider than ${columns}`,
      );
    }
  }
  assert.ok(frame(full, OPTIONS).some((line) => /^… and \d+ more$/.test(line)));
});

test("notes cannot control the terminal", () => {
  const lines = frame(state({ notes: ["\u001b[2Jgone"], title: "\u0007" }), OPTIONS);
  assert.equal(lines.at(-1), "\\x1b[2Jgone");
  assert.equal(lines[0], "\\x07");
});

test("events are one line each: what, why, who", () => {
  const line = (event: Parameters<typeof eventLine>[0]["event"]): string =>
    eventLine({ wallMs: NOW, event }, 200, plainly).slice("00:00:00.000  ".length);
  assert.equal(
    line({ kind: "change", change: joined({ id: "a\u001bb" }) }),
    "joined      new              cache/a\\x1bb  10.0.0.1:8080",
  );
  const left = { kind: "left", peer: peer(), cause: "connection-lost" } as const;
  assert.match(line({ kind: "change", change: left }), /^left +connection-lost +cache\/c1/);
  const updated = { kind: "updated", peer: peer({ status: "warning" }), cause: "updated" } as const;
  assert.match(line({ kind: "change", change: updated }), /^updated +warning +cache\/c1/);
  assert.match(line({ kind: "authority", authority: "held" }), /^authority +held +the registrar/);
  assert.equal(line({ kind: "connection", connection: { kind: "live" } }), "connection  live");
});

test("a connection is told in words", () => {
  assert.equal(connectionText({ kind: "stale", since: NOW - 3000 }, NOW), "lost 3.0 s ago");
  assert.equal(
    connectionText({ kind: "refused", code: "ERR_VERSION" }, NOW),
    "refused: ERR_VERSION",
  );
  assert.equal(connectionText({ kind: "connecting" }, NOW), "connecting");
});

test("an explanation is a timeline, oldest first", () => {
  const found: ExplanationOf = {
    service: "cache",
    id: "c1",
    instance: "i1",
    standing: "suspect",
    cause: "missed-surveys",
    status: "passing",
    edition: 2,
    connected: true,
    dropped: 0,
    events: [
      {
        agoMs: 61_000,
        event: "joined: instance i1",
        detail: {
          kind: "joined",
          instance: "i1",
          edition: 1,
          address: "10.0.0.1:80",
          isReturning: false,
        },
        revision: 3,
      },
      {
        agoMs: 1500,
        event: "suspect: missed-surveys",
        detail: { kind: "suspect", cause: "missed-surveys" },
        revision: null,
      },
    ],
    registrar: [{ agoMs: 9000, event: "registrar has learned", detail: { kind: "learned" } }],
  };
  assert.deepEqual(explanationLines(found, plainly), [
    "cache/c1 is suspect: because of missed-surveys, status passing, edition 2, connected",
    "instance i1",
    "     1 min ago  joined: instance i1  revision 3",
    "     9.0 s ago  registrar has learned",
    "     1.5 s ago  suspect: missed-surveys",
  ]);
  assert.equal(
    explanationLines({ ...found, dropped: 4 }, plainly)[2],
    "  4 earlier events are forgotten",
  );
  const gone = { ...found, instance: null, standing: "gone", cause: null, status: null } as const;
  const [head] = explanationLines({ ...gone, edition: null, connected: false }, plainly);
  assert.equal(head, "cache/c1 is gone: not connected");
});
