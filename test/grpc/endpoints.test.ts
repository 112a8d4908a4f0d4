import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { copiesOf, COPIES_MAX, ENTRIES_MAX, endpointsOf } from "../../lib/grpc/endpoints.ts";
import { targetOf } from "../../lib/grpc/target.ts";
import { peerOf } from "../core/samples.ts";
import { code } from "../helpers/rig.ts";

const endpoint = (protocol: string, port: number) => {
  return { protocol, host: "10.0.0.1", port, scope: "private" };
};

test("endpoints that speak gRPC are one peer's addresses, else its first one", () => {
  const peers = [
    peerOf("a", { endpoints: [endpoint("http", 1), endpoint("grpc", 2), endpoint("grpc", 3)] }),
    peerOf("b", { endpoints: [endpoint("http", 4), endpoint("tcp", 5)] }),
    peerOf("c", { endpoints: [] }),
    peerOf("d", { endpoints: [endpoint("grpc", 0)] }),
  ];
  const ports = endpointsOf(peers, { protocol: "grpc", byWeight: true }).map(({ addresses }) =>
    addresses.map((address) => "port" in address && address.port),
  );
  assert.deepEqual(ports, [[2, 3], [4]]);
});

test("a heavier peer comes more often, spread over the list; one of weight 0 does not come", () => {
  const peers = [3, 1, 0].map((weight, at) =>
    peerOf(`p${at}`, { weight, endpoints: [endpoint("grpc", at + 1)] }),
  );
  const order = (byWeight: boolean): string =>
    endpointsOf(peers, { protocol: "grpc", byWeight })
      .map(({ addresses: [first] }) => (first !== undefined && "port" in first ? first.port : 0))
      .join("");
  assert.equal(order(true), "1121");
  assert.equal(order(false), "123");
});

test("copies stand to each other as weights do, within bounds", () => {
  assert.deepEqual(copiesOf([1, 1, 1]), [1, 1, 1]);
  assert.deepEqual(copiesOf([100, 300, 200]), [1, 3, 2]);
  assert.deepEqual(copiesOf([0.5, 1, 1.5]), [3, 7, 10]);
  assert.deepEqual(copiesOf([1, 1_000_000]), [1, 10]);
  assert.deepEqual(copiesOf([0, 0]), [0, 0]);
  assert.deepEqual(copiesOf([]), []);
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 1200 }),
      (weights) => {
        const copies = copiesOf(weights);
        const sum = copies.reduce((total, count) => total + count, 0);
        assert.ok(sum <= Math.max(ENTRIES_MAX, weights.length));
        for (const [at, count] of copies.entries()) {
          assert.ok(Number.isInteger(count) && count <= COPIES_MAX);
          assert.equal(count === 0, weights[at] === 0);
        }
      },
    ),
  );
});

test("targets name a service, and a registrar if they have an authority", () => {
  const read = (path: string, authority?: string): unknown =>
    targetOf({ scheme: "rollcall", path, ...(authority === undefined ? {} : { authority }) });
  assert.deepEqual(read("orders"), { service: "orders", registrar: undefined });
  assert.deepEqual(read("orders", ""), { service: "orders", registrar: undefined });
  assert.deepEqual(read("a%2Fb%20c", "10.0.0.1:5570"), {
    service: "a/b c",
    registrar: "tcp://10.0.0.1:5570",
  });
  assert.throws(() => read("orders", "10.0.0.1:99999"), code("ERR_ENDPOINT"));
  for (const path of ["/", "%ff", "a%00b"]) assert.throws(() => read(path), code("ERR_OPTION"));
});
