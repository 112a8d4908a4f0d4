import assert from "node:assert/strict";
import { test } from "node:test";
import { urlOf } from "../../lib/balance/index.ts";
import type { UrlOptions } from "../../lib/balance/index.ts";
import { peerOf } from "./samples.ts";

const SEVERAL = peerOf("a", {
  endpoints: [
    { protocol: "tcp", host: "10.0.0.1", port: 9000, scope: "private" },
    { protocol: "http", host: "10.0.0.1", port: 8080, scope: "private" },
    { protocol: "http", host: "a.example.org", port: 80, scope: "public" },
    { protocol: "grpc", host: "10.0.0.1", port: 0, scope: "private" },
  ],
});

test("the endpoint that speaks the protocol, else one that only says tcp", () => {
  const cases: readonly (readonly [UrlOptions, string | undefined])[] = [
    [{}, "http://10.0.0.1:8080"],
    [{ scope: "public" }, "http://a.example.org:80"],
    [{ protocol: "ws" }, "ws://10.0.0.1:9000"],
    [{ protocol: "ws", scope: "public" }, undefined],
    [{ protocol: "grpc" }, "grpc://10.0.0.1:9000"],
  ];
  for (const [options, url] of cases) assert.equal(urlOf(SEVERAL, options), url);
});

test("IPv6 stands in brackets, and what has no port has no URL", () => {
  const at = (host: string, port: number): string | undefined =>
    urlOf(peerOf("a", { endpoints: [{ protocol: "http", host, port, scope: "private" }] }));
  assert.equal(at("fe80::1", 80), "http://[fe80::1]:80");
  assert.equal(at("fe80::1%eth0", 80), "http://[fe80::1%25eth0]:80");
  assert.equal(at("10.0.0.1", 0), undefined);
  assert.equal(at("", 80), undefined);
});

test("what is no scheme is refused", () => {
  assert.throws(() => urlOf(SEVERAL, { protocol: "a b" }), /protocol is "a b"/);
  assert.throws(() => urlOf(SEVERAL, { port: 1 } as UrlOptions), /no option "port"/);
});
