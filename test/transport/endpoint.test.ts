import assert from "node:assert/strict";
import { test } from "node:test";
import { RollcallError } from "../../lib/core/errors.ts";
import {
  formatEndpoint,
  isLoopback,
  parseEndpoint,
  resolveAdvertised,
} from "../../lib/transport/endpoint.ts";

const long = `/${"x".repeat(106)}`;

const READ = [
  ["tcp://127.0.0.1:5570", { kind: "tcp", host: "127.0.0.1", port: 5570 }],
  ["tcp://localhost:1", { kind: "tcp", host: "localhost", port: 1 }],
  [
    "tcp://my_box-1.example.org.:65535",
    { kind: "tcp", host: "my_box-1.example.org.", port: 65_535 },
  ],
  ["tcp://[::1]:80", { kind: "tcp", host: "::1", port: 80 }],
  ["tcp://[fe80::1%eth0]:80", { kind: "tcp", host: "fe80::1%eth0", port: 80 }],
  ["tcp://0.0.0.0:80", { kind: "tcp", host: "0.0.0.0", port: 80 }],
  ["ipc:///run/rollcall", { kind: "ipc", path: "/run/rollcall" }],
  ["ipc://rollcall.sock", { kind: "ipc", path: "rollcall.sock" }],
  ["ipc://@abstract", { kind: "ipc", path: "@abstract" }],
  [`ipc://${long}`, { kind: "ipc", path: long }],
] as const;

for (const [text, endpoint] of READ) {
  test(`${text.slice(0, 40)} is an endpoint`, () => {
    for (const use of ["bind", "connect"] as const)
      assert.deepEqual(parseEndpoint(text, use, "survey"), endpoint);
    assert.equal(formatEndpoint(endpoint), text);
  });
}

test("the star and port 0 can be bound only", () => {
  for (const text of ["tcp://*:5570", "tcp://127.0.0.1:0"]) {
    assert.equal(formatEndpoint(parseEndpoint(text, "bind", "survey")), text);
    assert.throws(() => parseEndpoint(text, "connect", "registrar"), { code: "ERR_ENDPOINT" });
  }
});

const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  [undefined, /string/],
  [5570, /string/],
  ["", /neither/],
  ["127.0.0.1:5570", /neither/],
  ["TCP://127.0.0.1:5570", /neither/],
  ["http://127.0.0.1:5570", /neither/],
  ["inproc://x", /neither/],
  ["tcp://", /port is missing/],
  ["tcp://127.0.0.1", /port is missing/],
  ["tcp://[::1]", /port is missing/],
  ["tcp://127.0.0.1:", /port has to be/],
  ["tcp://127.0.0.1:99999", /port has to be/],
  ["tcp://127.0.0.1:-1", /port has to be/],
  ["tcp://127.0.0.1:1e3", /port has to be/],
  ["tcp://127.0.0.1:*", /port has to be/],
  ["tcp://127.0.0.1:80/path", /port has to be/],
  ["tcp://127.0.0.1:80 ", /port has to be/],
  ["tcp://:80", /host is missing/],
  ["tcp://::1:80", /brackets/],
  ["tcp://[::1:80", /brackets/],
  ["tcp://[127.0.0.1]:80", /no IPv6/],
  ["tcp://[]:80", /no IPv6/],
  ["tcp://256.0.0.1:80", /neither a name nor/],
  ["tcp://127.1:80", /neither a name nor/],
  ["tcp://a b:80", /not a name/],
  ["tcp://eth0;10.0.0.1:80", /not a name/],
  ["tcp://-x:80", /not a name/],
  [`tcp://${"x".repeat(254)}:80`, /not a name/],
  ["tcp://höst:80", /not a name/],
  ["ipc://", /path is missing/],
  ["ipc://*", /named/],
  ["ipc:///a\0b", /NUL/],
  [`ipc://${long}x`, /107/],
  [`ipc:///${"ü".repeat(54)}`, /107/],
  [`ipc:///${"x".repeat(1000)}`, /512/],
];

for (const [text, why] of REFUSED) {
  test(`${JSON.stringify(text)?.slice(0, 40)} is refused`, () => {
    assert.throws(
      () => parseEndpoint(text, "bind", "roster"),
      (error: unknown) => {
        assert.ok(error instanceof RollcallError);
        assert.equal(error.code, "ERR_ENDPOINT");
        assert.match(error.message, why);
        assert.match(error.message, /roster/);
        return true;
      },
    );
  });
}

test("loopback is what nobody outside can reach", () => {
  const inside = [
    "tcp://127.0.0.1:1",
    "tcp://127.9.9.9:1",
    "tcp://[::1]:1",
    "tcp://[::ffff:127.0.0.1]:1",
    "tcp://localhost:1",
    "tcp://LocalHost:1",
    "tcp://a.localhost:1",
    "ipc://x",
  ];
  const outside = [
    "tcp://*:0",
    "tcp://0.0.0.0:1",
    "tcp://[::]:1",
    "tcp://10.0.0.1:1",
    "tcp://127.example.org:1",
    "tcp://box:1",
  ];
  for (const text of inside) assert.equal(isLoopback(text), true, text);
  for (const text of outside) assert.equal(isLoopback(text), false, text);
});

const ADVERTISED = [
  ["tcp://10.0.0.1:5571", "tcp://box:5570", "tcp://10.0.0.1:5571"],
  ["tcp://*:5571", "tcp://box:5570", "tcp://box:5571"],
  ["tcp://0.0.0.0:5571", "tcp://10.0.0.1:5570", "tcp://10.0.0.1:5571"],
  ["tcp://[::]:5571", "tcp://[fd00::1]:5570", "tcp://[fd00::1]:5571"],
  ["tcp://[0:0:0:0:0:0:0:0]:5571", "tcp://box:5570", "tcp://box:5571"],
  ["tcp://[::ffff:0.0.0.0]:5571", "tcp://box:5570", "tcp://box:5571"],
  ["tcp://[::1]:5571", "tcp://box:5570", "tcp://[::1]:5571"],
  ["tcp://*:5571", "ipc:///run/survey", "tcp://127.0.0.1:5571"],
  ["ipc:///run/roster", "ipc:///run/survey", "ipc:///run/roster"],
] as const;

for (const [advertised, dialled, found] of ADVERTISED) {
  test(`${advertised} is ${found} for who dialled ${dialled}`, () => {
    assert.equal(resolveAdvertised(advertised, dialled), found);
  });
}

test("nonsense that is advertised is refused", () => {
  for (const advertised of ["", "tcp://*:0", "tcp://10.0.0.1:0", "tcp://*:70000"]) {
    assert.throws(() => resolveAdvertised(advertised, "tcp://box:5570"), { code: "ERR_ENDPOINT" });
  }
});
