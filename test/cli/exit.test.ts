import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Rig } from "../helpers/rig.ts";
import { finished, Run, served } from "./cli.ts";

const NOBODY = "tcp://127.0.0.1:9";

interface Case {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  { args: [], code: 64, says: /^Usage: rollcall / },
  { args: ["moon"], code: 64, says: /^rollcall: ERR_OPTION: unknown command 'moon'/ },
  { args: ["join", "cache", "echo"], code: 64, says: /^rollcall: ERR_OPTION: put "--"/ },
  { args: ["join", "*"], code: 64, says: /^rollcall: ERR_OPTION: .*service is "\*"/ },
  { args: ["join", "c", "--weight", "-1"], code: 64, says: /ERR_OPTION: .*--weight is "-1"/ },
  { args: ["serve", "--survey", "tcp://a:b"], code: 64, says: /ERR_ENDPOINT: .*\(from --survey\)/ },
  {
    args: ["serve"],
    env: { ROLLCALL_SURVEY: "udp://a:1" },
    code: 78,
    says: /^rollcall: ERR_CONFIG: .*udp.*\(from the environment variable ROLLCALL_SURVEY\)\n$/,
  },
  { args: ["serve", "--config", "missing.json"], code: 78, says: /ERR_CONFIG: .*missing\.json/ },
  {
    args: ["peers", "--registrar", NOBODY, "--timeout-ms", "100"],
    code: 69,
    says: /^rollcall: ERR_UNREACHABLE: .*tcp:\/\/127\.0\.0\.1:9 in 100 ms\n$/,
  },
  {
    args: ["explain", "cache", "c1", "--registrar", NOBODY, "--timeout-ms", "100"],
    code: 69,
    says: /^rollcall: ERR_UNREACHABLE: /,
  },
  {
    // The time to wait for a registrar is not waited for.
    args: ["peers", "--registrar", NOBODY, "--roster", NOBODY, "--timeout-ms", "3600000"],
    code: 64,
    says: /^rollcall: ERR_OPTION: .*registrar and roster/,
  },
];

test("errors are told on stderr with their code, and the exit code is that of the table", async (t) => {
  for (const { args, env = {}, code, says } of CASES) {
    const found = await finished(t, args, { env });
    assert.equal(found.code, code, `${args.join(" ")}: ${found.stderr}`);
    assert.match(found.stderr, says);
    assert.equal(found.stdout, "", args.join(" "));
  }
});

test("an endpoint in use is told with its own code", async (t) => {
  const registrar = await new Rig(t).registrar();
  const { code, stderr } = await finished(t, ["serve", "--survey", registrar.endpoints.survey]);
  assert.equal(code, 69);
  assert.match(stderr, /rollcall: ERR_ADDRESS_IN_USE: /);
});

test("flag over environment over file, in a real run", async (t) => {
  const folder = new Rig(t).folder();
  const config = join(folder, "app.json");
  const [flag, env, file] = ["flag", "env", "file"].map((name) => `ipc://${join(folder, name)}`);
  writeFileSync(config, JSON.stringify({ survey: file, roster: file, zone: "a" }));
  const run = new Run(t, ["serve", "--json", "--config", config, "--survey", `${flag}`], {
    env: { ROLLCALL_SURVEY: `${env}.survey`, ROLLCALL_ROSTER: env },
  });
  await run.printed((text) => text.includes("\n"), "listens");
  const [serving] = run.objects;
  assert.deepEqual([serving?.["survey"], serving?.["roster"]], [flag, env]);
  const byVariable = await finished(t, ["peers", "--json"], {
    env: { ROLLCALL_REGISTRAR: flag, ROLLCALL_CONFIG: join(folder, "member.json") },
  });
  assert.equal(byVariable.code, 78, "the file that a variable names has to be there");
  writeFileSync(join(folder, "member.json"), JSON.stringify({ registrar: flag, timeoutMs: 9000 }));
  const found = await finished(t, ["peers", "--config", "member.json"], { cwd: folder });
  assert.equal(found.code, 0, found.stderr);
  writeFileSync(join(folder, "wrong.json"), JSON.stringify({ registrars: flag }));
  const wrong = await finished(t, ["peers", "--config", "wrong.json"], { cwd: folder });
  assert.equal(wrong.code, 78);
  assert.match(wrong.stderr, /ERR_CONFIG: .*unknown key "registrars" in wrong\.json\n$/);
});

test("a second signal ends at once what does not end by itself", async (t) => {
  const { run: registrar, survey } = await served(t);
  const flags = ["--registrar", survey, "--leave-deadline-ms", "60000"];
  const run = new Run(t, ["join", "cache", ...flags]);
  await run.printed((text) => text.includes("joined "), "is listed");
  // A frozen registrar confirms no goodbye.
  registrar.child.kill("SIGSTOP");
  // Whichever of the two is delivered first, the second is told by its own code.
  run.child.kill("SIGTERM");
  run.child.kill("SIGINT");
  const code = await run.code();
  assert.ok(code === 130 || code === 143, `${code}`);
});
