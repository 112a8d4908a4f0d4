import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { finished, Run, served } from "./cli.ts";

/** A member that holds its place until the test ends. */
async function joined(t: TestContext, survey: string, ...args: readonly string[]): Promise<Run> {
  const run = new Run(t, ["join", ...args, "--registrar", survey]);
  await run.printed((text) => text.includes("joined "), "is listed");
  return run;
}

test("serve, join, peers, explain: from an empty list to the memory of a goodbye", async (t) => {
  const { run, survey, roster } = await served(t);
  assert.match(survey, /^tcp:\/\/127\.0\.0\.1:\d+$/);
  const flags = ["--id", "c1", "--port", "8080", "--zone", "a", "--tag", "blue", "--tag", "x,y"];
  const facts = ["--metadata", "rack=7", "--weight", "0.5", "--app-version", "1.2.0"];
  const member = await joined(t, survey, "cache", ...flags, ...facts);
  await joined(t, survey, "db", "--id", "d1", "--endpoint", "pg://10.0.0.9:5432?public");

  const list = await finished(t, ["peers", "--json", "--registrar", survey]);
  assert.equal(list.code, 0, list.stderr);
  const { kind, peers } = JSON.parse(list.stdout) as {
    readonly kind: string;
    readonly peers: readonly Readonly<Record<string, unknown>>[];
  };
  assert.equal(kind, "view");
  const [first, second] = peers;
  const { instance, joinedAt, ...rest } = first ?? {};
  assert.match(String(instance), /^[0-9a-f]{32}$/);
  assert.match(String(joinedAt), /^\d{4}-.*Z$/);
  assert.deepEqual(rest, {
    service: "cache",
    id: "c1",
    address: "127.0.0.1",
    port: 8080,
    endpoints: [{ protocol: "tcp", host: "127.0.0.1", port: 8080, scope: "private" }],
    standing: "alive",
    status: "passing",
    zone: "a",
    weight: 0.5,
    version: "1.2.0",
    tags: ["blue", "x,y"],
    metadata: { rack: "7" },
  });
  assert.deepEqual(second?.["endpoints"], [
    { protocol: "pg", host: "10.0.0.9", port: 5432, scope: "public" },
  ]);

  const table = await finished(t, ["peers", "cache", "--roster", roster]);
  assert.match(table.stdout, /^ID .*\nc1  127\.0\.0\.1:8080  passing  alive .* blue,x,y +\d+s\n$/);

  member.child.kill("SIGTERM");
  assert.equal(await member.code(), 0);
  assert.match(member.stderr, /"msg":"member\.left"/);
  const explain = ["explain", "cache", "c1", "--registrar", survey];
  const told = await finished(t, explain);
  // Of itself the registrar tells when it had learned, which on a busy machine is in the middle.
  assert.match(
    told.stdout.replace(/^.* ago {2}registrar .*\n/gm, ""),
    /^cache\/c1 is gone: not connected\n.* ago {2}joined: .*\n.*gone: goodbye {2}revision \d+\n.*goodbye in revision \d+.*\n.*proof .*\n$/,
  );
  const json = JSON.parse((await finished(t, [...explain, "--json"])).stdout) as {
    readonly standing: string;
    readonly events: readonly { readonly event: string; readonly at: string }[];
  };
  assert.equal(json.standing, "gone");
  assert.ok(json.events.some(({ event }) => event === "gone: goodbye"));
  assert.match(json.events.at(-1)?.at ?? "", /^\d{4}-.*Z$/);

  const unknown = await finished(t, ["explain", "cache", "nobody", "--registrar", survey]);
  assert.equal(unknown.code, 66);
  assert.match(unknown.stderr, /^rollcall: ERR_NOT_FOUND: .*cache\/nobody\n$/);

  run.child.kill("SIGINT");
  assert.equal(await run.code(), 0);
  assert.match(
    run.stderr,
    /"msg":"peer\.joined"[^]*"msg":"peer\.left"[^]*"msg":"registrar\.closed"/,
  );
});

test("watch prints each change with its cause, connection and authority too", async (t) => {
  // A busy machine must not make the registrar take the member's death for its own pause.
  const { survey } = await served(t, "--stall-ms", "60000");
  const flags = ["--registrar", survey, "--log-level", "error"];
  const one = new Run(t, ["watch", "cache", "--json", ...flags]);
  const all = new Run(t, ["watch", ...flags]);
  const views = new Run(t, ["watch", "cache", "--json", "--views", ...flags]);
  for (const run of [one, all, views]) {
    // On a busy machine the registrar may have learned before anybody watched.
    await run.printed((text) => /learning|authority\W+live|"view"/.test(text), "has a list");
  }
  const member = await joined(t, survey, "cache", "--id", "c1");
  await joined(t, survey, "db", "--id", "d1");
  await one.printed((text) => text.includes('"joined"'), "sees the member");
  member.child.kill("SIGKILL");
  await one.printed((text) => text.includes('"left"'), "sees it die");
  await all.printed((text) => /left .*\n/.test(text) && /db\/d1/.test(text), "sees both");
  await views.printed((text) => text.includes('"suspect"'), "has a view with the suspect");

  const changes = one.objects.filter(({ kind }) => kind === "joined" || kind === "left");
  const told = changes.map(({ kind, service, id, cause }) => [kind, service, id, cause]);
  assert.deepEqual(told, [
    ["joined", "cache", "c1", "new"],
    ["left", "cache", "c1", "connection-lost"],
  ]);
  assert.deepEqual(
    one.objects.filter(({ kind }) => kind === "connection").map(({ state }) => state),
    ["connecting", "live"],
  );
  assert.ok(one.objects.some(({ kind, authority }) => kind === "authority" && authority !== null));
  assert.match(all.stdout, /\d\d:\d\d:\d\d\.\d{3} {2}joined +new +db\/d1 {2}127\.0\.0\.1\n/);
  assert.match(all.stdout, /left +connection-lost +cache\/c1/);
  const sizes = views.objects.flatMap(({ peers }) => (Array.isArray(peers) ? [peers.length] : []));
  assert.deepEqual([...new Set(sizes)], [0, 1]);
  for (const run of [one, all, views]) {
    run.child.kill("SIGTERM");
    assert.equal(await run.code(), 0, run.stderr);
    assert.equal(run.stderr, "");
  }
});

test("a reader that goes away ends watch quietly", async (t) => {
  const { survey } = await served(t);
  const run = new Run(t, ["watch", "--json", "--registrar", survey, "--log-level", "error"]);
  await run.printed((text) => text.includes("\n"), "prints something");
  run.child.stdout?.destroy();
  await joined(t, survey, "cache");
  assert.equal(await run.code(), 0);
  assert.equal(run.stderr, "");
});

test("hostile names reach a terminal as escapes and JSON unchanged", async (t) => {
  const { run, survey } = await served(t);
  const id = "evil\u001b[31m\u009b0m\u202e";
  await joined(t, survey, "cache", "--id", id);
  const { stdout } = await finished(t, ["peers", "--registrar", survey]);
  assert.ok(stdout.includes("evil\\x1b[31m\\x9b0m\\u{202e}"));
  const json = (await finished(t, ["peers", "--json", "--registrar", survey])).stdout;
  const { peers } = JSON.parse(json) as { readonly peers: readonly { readonly id: string }[] };
  assert.equal(peers[0]?.id, id);
  await run.logged((text) => text.includes("peer.joined"), "logs the member");
  for (const text of [stdout, json, run.stderr]) assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}/u);
});

test("an idle log reader does not end a registrar", async (t) => {
  const { run, survey } = await served(t);
  run.child.stderr?.destroy();
  await joined(t, survey, "cache", "--id", "c1");
  await joined(t, survey, "cache", "--id", "c2");
  assert.equal((await finished(t, ["peers", "--registrar", survey])).code, 0);
  run.child.kill("SIGTERM");
  assert.equal(await run.code(), 0);
});

test("a command line that has ended leaves no child, no socket and no timer behind", async (t) => {
  const { run, survey } = await served(t);
  const watcher = new Run(t, ["watch", "--registrar", survey]);
  await watcher.printed((text) => text.includes("live"), "is connected");
  const closed = once(run.child, "close");
  run.child.kill("SIGTERM");
  await closed;
  const again = new Run(t, ["serve", "--survey", survey, "--roster", "tcp://127.0.0.1:0"]);
  await again.printed((text) => text.includes(survey), "binds the same port at once");
  await watcher.printed((text) => /stale[^]*live/.test(text), "is back");
});
