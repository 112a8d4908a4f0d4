import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Outlet } from "../../lib/transport/outlet.ts";
import { makeDealer, type SurveyDealer } from "../../lib/transport/sockets.ts";
import { until } from "../helpers/until.ts";
import { freshEndpoints, Registrar } from "./rig.ts";

/** An outlet that writes down the address family of each socket it makes. */
function outlet(t: TestContext) {
  const families: ("IPv4" | "IPv6")[] = [];
  const heard: number[] = [];
  const made = new Outlet<SurveyDealer>({
    make: (ipv6) => {
      families.push(ipv6 ? "IPv6" : "IPv4");
      return makeDealer({ reconnectMinMs: 10, ipv6 });
    },
    message: (frames) => heard.push(frames.length),
    failed: (error) => assert.fail(String(error)),
  });
  t.after(() => made.close(0));
  return { families, heard, open: (endpoint: string) => made.open(endpoint), made };
}

test("a name under which nobody answers is tried in the other address family", (t) => {
  const { families, open, made } = outlet(t);
  for (let attempt = 0; attempt < 3; attempt += 1) open("tcp://nobody.invalid:1");
  made.drop(0);
  open("tcp://nobody.invalid:1");
  assert.deepEqual(families, ["IPv4", "IPv6", "IPv4", "IPv6"]);
  open("tcp://another.invalid:1");
  assert.equal(families.at(-1), "IPv4");
});

test("a name under which somebody answered is tried in the same address family", async (t) => {
  const registrar = await Registrar.open(t, {});
  const endpoint = registrar.port.endpoints.survey.replace("127.0.0.1", "localhost");
  const { families, heard, open } = outlet(t);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    open(endpoint);
    await until(() => heard.length === attempt, { what: "a welcome" });
  }
  assert.deepEqual(families, ["IPv4", "IPv4", "IPv4"]);
});

test("an address has one family", (t) => {
  const { families, open } = outlet(t);
  const endpoints = ["tcp://[::1]:1", "tcp://127.0.0.1:1", freshEndpoints(t, "ipc").survey];
  for (const endpoint of endpoints) for (const _ of "ab") open(endpoint);
  assert.deepEqual(families, ["IPv6", "IPv6", "IPv4", "IPv4", "IPv4", "IPv4"]);
});
