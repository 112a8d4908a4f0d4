import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, peerTable } from "../../lib/cli/render/peers.ts";
import { inColour, plainly } from "../../lib/cli/render/style.ts";
import { layLine, layTable } from "../../lib/cli/render/table.ts";
import type { Table } from "../../lib/cli/render/table.ts";
import { widthOf } from "../../lib/cli/render/text.ts";
import { NOW, peer } from "./samples.ts";

const TABLE: Table = {
  columns: [
    { title: "NAME", rank: 3, least: 6 },
    { title: "COUNT", rank: 2, align: "right" },
    { title: "NOTE", rank: 1, least: 5, optional: true },
  ],
  rows: [
    [{ text: "short" }, { text: "1" }, { text: "" }],
    [{ text: "rather long" }, { text: "1000" }, { text: "日本語 notes" }],
  ],
};

test("a table is as wide as its cells need", () => {
  assert.deepEqual(layTable(TABLE, 80, plainly), [
    "NAME         COUNT  NOTE",
    "short            1",
    "rather long   1000  日本語 notes",
  ]);
});

test("where room is short, the widest cells are cut first", () => {
  assert.deepEqual(layTable(TABLE, 25, plainly), [
    "NAME      COUNT  NOTE",
    "short         1",
    "rather …   1000  日本語 …",
  ]);
});

test("where cutting is not enough, the least important column goes", () => {
  assert.deepEqual(layTable(TABLE, 17, plainly), [
    "NAME        COUNT",
    "short           1",
    "rather lo…   1000",
  ]);
  assert.deepEqual(layTable(TABLE, 8, plainly), ["NAME", "short", "rather …"]);
});

test("an optional column without content is left out", () => {
  const table = { ...TABLE, rows: TABLE.rows.slice(0, 1) };
  assert.deepEqual(layTable(table, 80, plainly), ["NAME   COUNT", "short      1"]);
});

test("colours take no room and cells cannot bring their own", () => {
  const table: Table = {
    columns: [{ title: "A", rank: 1 }],
    rows: [[{ text: "\u001b[2J", style: "red" }]],
  };
  assert.deepEqual(layTable(table, 80, inColour), [
    "\u001b[1mA\u001b[22m",
    "\u001b[31m\\x1b[2J\u001b[39m",
  ]);
});

test("a line is cut at its end", () => {
  const cells = [{ text: "one" }, { text: "two" }, { text: "three" }];
  assert.equal(layLine(cells, 80, plainly), "one  two  three");
  assert.equal(layLine(cells, 12, plainly), "one  two  t…");
  assert.equal(layLine(cells, 4, plainly), "one");
});

test("peers are shown with all that is known, within any width", () => {
  const peers = [
    peer({ zone: "a", tags: ["blue", "canary"], version: "1.2.0", weight: 0.1 + 0.2 }),
    peer({ id: "x".repeat(60), address: "fd00::1", port: 443, standing: "suspect" }),
    peer({ id: "\u001b[31m\u202e", port: 0, joinedAt: NOW + 5000 }),
  ];
  const options = { wallMs: NOW, paint: plainly, showsService: true };
  const [head, ...rows] = peerTable(peers, { ...options, width: Infinity });
  assert.match(
    head ?? "",
    /^SERVICE +ID +ADDRESS +STATUS +STANDING +ZONE +WEIGHT +VERSION +TAGS +AGE$/,
  );
  assert.match(
    rows[0] ?? "",
    /^cache +c1 +10\.0\.0\.1:8080 +passing +alive +a +0\.3 +1\.2\.0 +blue,canary +1m$/,
  );
  assert.match(rows[1] ?? "", /^cache +x{60} +\[fd00::1\]:443 +passing +suspect +1 +1m$/);
  assert.match(rows[2] ?? "", /^cache +\\x1b\[31m\\u\{202e\} +10\.0\.0\.1 +passing +alive +1 +0s$/);
  for (let width = 30; width <= 120; width += 1) {
    const lines = peerTable(peers, { ...options, width });
    assert.ok(
      lines.every((line) => widthOf(line) <= width),
      `wider than ${width}`,
    );
  }
});

test("an address is host and port as one writes them", () => {
  assert.equal(addressOf({ address: "", port: 0 }), "");
  assert.equal(addressOf({ address: "::1", port: 0 }), "::1");
  assert.equal(addressOf({ address: "::1", port: 1 }), "[::1]:1");
  assert.equal(addressOf({ address: "host", port: 1 }), "host:1");
});
