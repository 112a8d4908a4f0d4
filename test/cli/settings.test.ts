import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RollcallError } from "../../lib/index.ts";
import { readConfigFile } from "../../lib/cli/settings/config-file.ts";
import { readEndpoint } from "../../lib/cli/settings/endpoint.ts";
import { Options } from "../../lib/cli/settings/options.ts";
import { resolve } from "../../lib/cli/settings/resolve.ts";
import type { Sources } from "../../lib/cli/settings/resolve.ts";
import { flagOf, kebabOf, variableOf } from "../../lib/cli/settings/setting.ts";
import type { Setting, ValueKind } from "../../lib/cli/settings/setting.ts";
import { MEMBER, REGISTRAR, REGISTRARS, ROSTERS } from "../../lib/cli/settings/tables.ts";
import { readText, readTexts, readValue } from "../../lib/cli/settings/values.ts";
import { watchOptions } from "../../lib/cli/watching.ts";
import { code, Rig } from "../helpers/rig.ts";

const SETTINGS: readonly Setting[] = [...REGISTRAR, ...MEMBER];
const FILE = { path: "app.json", values: {} };

function from(sources: Partial<Sources>): Options {
  return new Options(resolve(SETTINGS, { flags: {}, env: {}, file: null, ...sources }));
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof RollcallError);
    return `${error.code}: ${error.message.split(": ").slice(1).join(": ")}`;
  }
  return assert.fail("nothing was thrown");
}

test("names follow from the option: flag in kebab case, variable in capitals", () => {
  assert.equal(kebabOf("surveyIntervalMs"), "survey-interval-ms");
  const named = (key: string): string => {
    const setting = SETTINGS.find((one) => one.key === key);
    assert.ok(setting !== undefined);
    return `${flagOf(setting)} ${variableOf(setting)}`;
  };
  assert.equal(named("surveyIntervalMs"), "survey-interval-ms ROLLCALL_SURVEY_INTERVAL_MS");
  assert.equal(named("tags"), "tag ROLLCALL_TAGS");
  assert.equal(named("version"), "app-version ROLLCALL_VERSION");
});

test("a flag wins over the environment, that over the file", () => {
  const flags = { "missed-max": "5" };
  const env = { ROLLCALL_MISSED_MAX: "6", ROLLCALL_STALL_MS: "600", ROLLCALL_ZONE: "" };
  const file = { ...FILE, values: { missedMax: 7, stallMs: 700, coalesceMs: 70, zone: "file" } };
  const options = from({ flags, env, file });
  const read = ["missedMax", "stallMs", "coalesceMs", "peersMax"].map((key) => options.number(key));
  assert.deepEqual(read, [5, 600, 70, undefined]);
  assert.equal(options.text("zone"), "file", "an empty variable counts as unset");
});

const WRONG: readonly (readonly [sources: Partial<Sources>, message: string])[] = [
  [
    { flags: { "missed-max": "x" } },
    'ERR_OPTION: --missed-max is "x" but takes a whole number from 1 to 100',
  ],
  [
    { flags: { "missed-max": "1.5" } },
    'ERR_OPTION: --missed-max is "1.5" but takes a whole number from 1 to 100',
  ],
  [
    { env: { ROLLCALL_MISSED_MAX: "0" } },
    'ERR_CONFIG: the environment variable ROLLCALL_MISSED_MAX is "0" but takes a whole number from 1 to 100',
  ],
  [
    { file: { ...FILE, values: { missedMax: "3" } } },
    'ERR_CONFIG: missedMax in app.json is "3" but takes a whole number from 1 to 100',
  ],
  [
    { file: { ...FILE, values: { zone: null } } },
    "ERR_CONFIG: zone in app.json is null but takes a text",
  ],
  [
    { flags: { preset: "moon" } },
    'ERR_OPTION: --preset is "moon" but takes one of local, lan, wan',
  ],
  [{ flags: { metadata: ["rack"] } }, 'ERR_OPTION: --metadata is "rack" but takes pairs key=value'],
  [
    { flags: { endpoint: ["http://a:1", "nonsense"] } },
    'ERR_OPTION: --endpoint is ["http://a:1","nonsense"] but takes proto://host:port?scope',
  ],
  [
    { env: { ROLLCALL_DISCONNECT_MESSAGES: "maybe" } },
    'ERR_CONFIG: the environment variable ROLLCALL_DISCONNECT_MESSAGES is "maybe" but takes true or false',
  ],
];

test("a wrong value is told with source, option and value", () => {
  for (const [sources, message] of WRONG)
    assert.equal(
      messageOf(() => from(sources)),
      message,
    );
});

test("what the library refuses is told with its source as well", () => {
  const wrong = (detail: string): RollcallError => new RollcallError("ERR_ENDPOINT", detail);
  const flags = { survey: "tcp://a", roster: "tcp://b" };
  const byFlag = from({ flags }).blame(wrong('survey is "tcp://a": no port, unlike roster'));
  assert.equal(byFlag.code, "ERR_ENDPOINT");
  assert.match(byFlag.message, /unlike roster \(from --survey\)$/);
  const env = { ROLLCALL_SURVEY: "tcp://a" };
  const byEnv = from({ env }).blame(wrong('survey is "tcp://a"'));
  assert.equal(byEnv.code, "ERR_CONFIG");
  assert.match(byEnv.message, /\(from the environment variable ROLLCALL_SURVEY\)$/);
  const other = new RollcallError("ERR_ID_TAKEN", "survey");
  assert.equal(from({ env }).blame(other), other);
});

const ENDPOINTS: readonly (readonly [text: string, parts: readonly unknown[] | undefined])[] = [
  ["http://10.0.0.1:8080", ["http", "10.0.0.1", 8080, "private"]],
  ["http://10.0.0.1:8080?public", ["http", "10.0.0.1", 8080, "public"]],
  ["grpc://[fd00::1]:90?zone-a", ["grpc", "fd00::1", 90, "zone-a"]],
  ["unix://host", ["unix", "host", 0, "private"]],
  ["http://host:65536", undefined],
  ["http://:80", undefined],
  ["http://fd00::1:80", undefined],
  ["//host:80", undefined],
  ["host:80", undefined],
  ["http://host:80/path", undefined],
  ["", undefined],
];

test("an endpoint is read as proto://host:port?scope", () => {
  for (const [text, parts] of ENDPOINTS) {
    const found = readEndpoint(text);
    const read = found && [found.protocol, found.host, found.port, found.scope];
    assert.deepEqual(read, parts, text);
  }
});

const LIST: ValueKind = { kind: "list", placeholder: "tag" };

test("several values: repeated flags, commas or JSON in a variable, lists in a file", () => {
  const value = (reading: ReturnType<typeof readText>): unknown =>
    reading.ok ? reading.value : "wrong";
  assert.deepEqual(value(readTexts(["a,b", "c"], LIST)), ["a,b", "c"]);
  assert.deepEqual(value(readText("a, b,", LIST)), ["a", "b"]);
  assert.deepEqual(value(readText('["a,b"]', LIST)), ["a,b"]);
  assert.deepEqual(value(readText("[1]", LIST)), "wrong");
  assert.deepEqual(value(readText("[", LIST)), "wrong");
  assert.deepEqual(value(readValue("a", LIST)), ["a"]);
  const pairs: ValueKind = { kind: "record" };
  assert.deepEqual(value(readTexts(["a=1=2", "b="], pairs)), { a: "1=2", b: "" });
  assert.deepEqual(value(readText("a=1,b=2", pairs)), { a: "1", b: "2" });
  assert.deepEqual(value(readText('{"a":"1"}', pairs)), { a: "1" });
  assert.deepEqual(value(readValue({ a: 1 }, pairs)), "wrong");
  const sent = Object.keys(value(readTexts(["__proto__=1"], pairs)) as object);
  assert.deepEqual(sent, ["__proto__"]);
  const endpoint = { protocol: "http", host: "a", port: 1, scope: "private" };
  const endpoints: ValueKind = { kind: "endpoints" };
  assert.deepEqual(value(readText("http://a:1,http://a:1", endpoints)), [endpoint, endpoint]);
  assert.deepEqual(value(readValue([{ host: "a", port: 1 }], endpoints)), [{ host: "a", port: 1 }]);
});

test("of registrar and roster, the one given more deliberately wins", () => {
  const env = { ROLLCALL_REGISTRAR: "tcp://a:1", ROLLCALL_ROSTER: "tcp://b:1" };
  const options = (flags: Sources["flags"]): Options =>
    new Options(resolve([REGISTRARS, ROSTERS], { flags, env, file: null }));
  const byFlag = watchOptions(options({ roster: ["tcp://c:1"] }), "*");
  assert.deepEqual([byFlag.registrar, byFlag.roster], [undefined, ["tcp://c:1"]]);
  // An environment or a file may serve a registrar as well, whose roster is where it binds.
  const both = watchOptions(options({}), "*");
  assert.deepEqual([both.registrar, both.roster], [["tcp://a:1"], undefined]);
  const flags = watchOptions(options({ registrar: ["tcp://c:1"], roster: ["tcp://d:1"] }), "*");
  assert.deepEqual([flags.registrar, flags.roster], [["tcp://c:1"], ["tcp://d:1"]]);
});

test("a configuration file is one JSON object of known keys", (t) => {
  const path = join(new Rig(t).folder(), "app.json");
  const read = (text: string): unknown => {
    writeFileSync(path, text);
    return readConfigFile(path, new Set(["missedMax", "zone"])).values;
  };
  assert.deepEqual(read('{"missedMax": 3}'), { missedMax: 3 });
  assert.deepEqual(read('\uFEFF{"zone": "a"}'), { zone: "a" });
  assert.match(
    messageOf(() => read("{")),
    /^ERR_CONFIG: .*app\.json is not JSON: /,
  );
  assert.match(
    messageOf(() => read("[]")),
    /^ERR_CONFIG: .*app\.json is not one JSON object$/,
  );
  assert.match(
    messageOf(() => read('{"missed-max": 3}')),
    /^ERR_CONFIG: unknown key "missed-max" in .*app\.json \(did you mean missedMax\?\)$/,
  );
  assert.match(
    messageOf(() => read('{"moon": 3}')),
    /^ERR_CONFIG: unknown key "moon" in .*json$/,
  );
  assert.throws(() => readConfigFile(`${path}.missing`, new Set()), code("ERR_CONFIG"));
});
