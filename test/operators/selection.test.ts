import assert from "node:assert/strict";
import { test } from "node:test";
import { select } from "../../lib/index.ts";
import type { Peer, SelectOptions } from "../../lib/index.ts";
import { selectionOf } from "../../lib/operators/selection.ts";
import { code } from "../helpers/rig.ts";
import { peerOf } from "./views.ts";

const HTTP = { protocol: "http", host: "10.0.0.1", port: 80, scope: "private" } as const;
const GRPC = { protocol: "grpc", host: "10.0.0.1", port: 81, scope: "private" } as const;

type Row = readonly [options: SelectOptions, peer: Partial<Peer>, isSelected: boolean];

const ROWS: readonly Row[] = [
  [{}, {}, true],
  [{}, { standing: "suspect" }, true],
  [{ tags: undefined, zone: undefined }, {}, true],
  [{ tags: ["blue"] }, { tags: ["blue", "fast"] }, true],
  [{ tags: ["blue", "fast"] }, { tags: ["fast", "blue"] }, true],
  [{ tags: ["blue", "fast"] }, { tags: ["blue"] }, false],
  [{ tags: ["blue"] }, { tags: ["blueish"] }, false],
  [{ version: "^1.2.0" }, { version: "1.9.3" }, true],
  [{ version: "^1.2.0" }, { version: "v1.2.0" }, true],
  [{ version: "^1.2.0" }, { version: "1.1.9" }, false],
  [{ version: "^1.2.0" }, { version: "2.0.0" }, false],
  [{ version: "^1.2.0" }, {}, false],
  [{ version: "*" }, {}, false],
  [{ version: "*" }, { version: "0.0.1" }, true],
  [{ version: "*" }, { version: "latest" }, false],
  [{ version: "*" }, { version: "1.2" }, false],
  [{ version: ">=1 <3 || 5.x" }, { version: "5.7.0" }, true],
  [{ version: ">=1 <3 || 5.x" }, { version: "4.0.0" }, false],
  [{ version: "^1.2.0" }, { version: "1.3.0-rc.1" }, false],
  [{ version: "^1.3.0-rc.0" }, { version: "1.3.0-rc.1" }, true],
  [{ status: ["passing"] }, { status: "passing" }, true],
  [{ status: ["passing", "warning"] }, { status: "warning" }, true],
  [{ status: ["passing"] }, { status: "draining" }, false],
  [{ protocol: "grpc" }, { endpoints: [HTTP, GRPC] }, true],
  [{ protocol: "grpc" }, { endpoints: [HTTP] }, false],
  [{ protocol: "grpc" }, { endpoints: [] }, false],
  [{ tags: ["blue"], version: "1.x" }, { tags: ["blue"], version: "1.0.0" }, true],
  [{ tags: ["blue"], version: "1.x" }, { tags: ["blue"], version: "2.0.0" }, false],
];

for (const [options, change, isSelected] of ROWS) {
  const words = `${JSON.stringify(options)} ${isSelected ? "keeps" : "leaves out"}`;
  test(`${words} ${JSON.stringify(change)}`, () => {
    const peer = peerOf("a", change);
    assert.deepEqual(selectionOf(options)([peer]), isSelected ? [peer] : []);
  });
}

/** Options as JavaScript may give them, and a word of the message. */
const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [undefined, /select takes an object/],
  [{ tag: ["blue"] }, /no option "tag"/],
  [{ tags: "blue" }, /tags is "blue"/],
  [{ tags: [] }, /tags is \[\]/],
  [{ tags: [""] }, /tags is ""/],
  [{ version: "one" }, /version is "one", which is no range/],
  [{ version: "" }, /version is ""/],
  [{ version: 1 }, /version is 1/],
  [{ version: "1 || ".repeat(60) }, /version has 300 characters, at most 256/],
  [{ status: ["passing", "well"] }, /status has "well", which is none of passing/],
  [{ status: "passing" }, /status is "passing"/],
  [{ protocol: "" }, /protocol is ""/],
  [{ zone: "" }, /zone.prefer is ""/],
  [{ zone: null }, /zone takes an object/],
  [{ zone: {} }, /zone.prefer is undefined/],
  [{ zone: { prefer: "a", min: 1 } }, /zone has no option "min"/],
  [{ zone: { prefer: "a", minPeers: 0 } }, /zone.minPeers is 0 but takes a whole number from 1/],
  [{ zone: { prefer: "a", minPeers: 1.5 } }, /zone.minPeers is 1.5/],
  [{ zone: { prefer: "a", minShare: 2 } }, /zone.minShare is 2 but takes a number from 0 to 1/],
  [{ zone: { prefer: "a", minShare: NaN } }, /zone.minShare/],
];

for (const [options, message] of REFUSED) {
  test(`select(${JSON.stringify(options)}) is refused at once`, () => {
    const call = (): unknown => select(options as SelectOptions);
    assert.throws(call, code("ERR_OPTION"));
    assert.throws(call, message);
  });
}

test("a peer is judged once for as long as it is the same object", () => {
  const selection = selectionOf({ tags: ["blue"] });
  let looks = 0;
  const peer = peerOf("a");
  const watched = new Proxy(peer, {
    get: (target, name) => {
      if (name === "tags") looks += 1;
      return Reflect.get(target, name) as unknown;
    },
  });
  for (let round = 0; round < 3; round += 1) selection([watched]);
  assert.equal(looks, 1);
});
