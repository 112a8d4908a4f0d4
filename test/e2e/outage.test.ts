import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { watch } from "../../lib/index.ts";
import type { Watcher } from "../../lib/index.ts";
import { during } from "../helpers/during.ts";
import { ids, record, told } from "../helpers/record.ts";
import { ANYWHERE, Rig } from "../helpers/rig.ts";
import { until } from "../helpers/until.ts";
import { Child, idsOf } from "./child.ts";
import type { Crew } from "./child.ts";

/** Long enough for learning with all its extensions, on a busy machine. */
const SETTLED_MS = 30_000;
/** The late crew thaws so long after the registrar is back: well within its learning time. */
const LATE_MS = 1500;

/** How the crews come back: soon, as slowly as an option allows, as over a long way. */
const PACES: Readonly<Record<string, Crew["options"]>> = {
  steady: {},
  late: { reconnectMinMs: 1000 },
  dying: { preset: "wan" },
};

interface Scene {
  readonly rig: Rig;
  readonly registrar: Child;
  readonly endpoints: { readonly survey: string; readonly roster: string };
  readonly crews: Readonly<Record<"steady" | "late" | "dying", Child>>;
  readonly watchers: readonly Watcher[];
  readonly survivors: readonly string[];
  /** Every loss of a survivor that any watcher was shown. */
  readonly losses: string[];
  /** Why those of the dying crew left, by watcher. */
  readonly causes: Set<string>[];
}

/** Three crews of ten, a named watcher, an anonymous one, and one of all services. */
async function scene(t: TestContext): Promise<Scene> {
  const rig = new Rig(t);
  const registrar = await Child.start(rig, "registrar", ANYWHERE);
  const endpoints = registrar.last as unknown as Scene["endpoints"];
  const crew = (prefix: string): Crew => {
    const options = PACES[prefix] ?? {};
    return {
      registrar: endpoints.survey,
      service: "cache",
      prefix,
      count: 10,
      tell: true,
      options,
    };
  };
  const start = (prefix: string): Promise<Child> => Child.start(rig, "crew", crew(prefix));
  const [steady, late, dying] = await Promise.all([start("steady"), start("late"), start("dying")]);
  const watchers = [
    watch({ registrar: endpoints.survey, service: "cache", logger: false }),
    watch({ roster: endpoints.roster, service: "cache", logger: false }),
    watch({ registrar: endpoints.survey, service: "*", logger: false }),
  ];
  for (const watcher of watchers) {
    rig.after(() => watcher.close());
    await until(() => watcher.peers.length === 30 && watcher.view.authority === "live", {
      deadlineMs: SETTLED_MS,
      what: "all are listed by a registrar that judges",
    });
  }
  const survivors = [...idsOf(crew("late")), ...idsOf(crew("steady"))];
  const losses: string[] = [];
  const causes = watchers.map(() => new Set<string>());
  watchers.forEach((watcher, i) => {
    record(watcher.changes$, (change) => {
      if (change.kind !== "left") return;
      if (survivors.includes(change.peer.id)) losses.push(`watcher ${i}: ${told(change)}`);
      else causes[i]?.add(change.cause);
    });
    record(watcher.peers$, (peers) => {
      const listed = new Set(ids(peers));
      for (const id of survivors) if (!listed.has(id)) losses.push(`watcher ${i} lacks ${id}`);
    });
  });
  const crews = { steady, late, dying };
  return { rig, registrar, endpoints, crews, watchers, survivors, losses, causes };
}

/** The registrar is back: one crew comes late, one never, and nobody who lives is ever missing. */
async function comeBack(t: TestContext, scene: Scene): Promise<void> {
  const { crews, watchers, losses, causes, survivors } = scene;
  const backMs = performance.now();
  await during(LATE_MS, () => assert.deepEqual(losses, []));
  crews.late.thaw();
  for (const watcher of watchers) {
    await until(() => watcher.peers.length === survivors.length, {
      deadlineMs: SETTLED_MS,
      what: "the dead have left",
    });
  }
  t.diagnostic(`the dead left ${Math.round(performance.now() - backMs)} ms after its return`);
  await during(3000, () => assert.deepEqual(losses, []));
  for (const watcher of watchers) {
    assert.deepEqual(ids(watcher.peers), survivors);
    // A busy machine may have kept the registrar from looking once more.
    await until(() => watcher.view.authority === "live", {
      deadlineMs: SETTLED_MS,
      what: "the registrar trusts itself",
    });
  }
  assert.deepEqual(
    causes.map((set) => [...set]),
    watchers.map(() => ["not-returned"]),
  );
  const crewed = [crews.steady, crews.late].flatMap(({ lines }) => lines.slice(1));
  assert.equal(crewed.length, 20 * 10, "each survivor was told of each of the dead");
  for (const { left, told: how } of crewed) {
    assert.equal(how, `left ${String(left)} (not-returned)`);
    assert.match(String(left), /^dying-/);
  }
}

// They mostly wait, so they wait side by side.
describe("outages", { concurrency: 4 }, () => {
  test("a registrar killed for 3 s and restarted on its ports loses nobody who lives", async (t) => {
    const before = await scene(t);
    const { registrar, crews, watchers, losses, endpoints, rig } = before;
    registrar.kill();
    crews.dying.kill();
    crews.late.freeze();
    await until(() => watchers.every((watcher) => watcher.view.authority === "stale"), {
      what: "every watcher knows that its list is stale",
    });
    await during(3000, () => assert.deepEqual(losses, []));
    await Child.start(rig, "registrar", endpoints);
    await comeBack(t, before);
  });

  test("a registrar that goes and comes back again and again loses nobody", async (t) => {
    const before = await scene(t);
    const { watchers, losses, endpoints, rig } = before;
    let { registrar } = before;
    for (let round = 0; round < 4; round += 1) {
      await registrar.end();
      registrar = await Child.start(rig, "registrar", endpoints);
    }
    for (const watcher of watchers) {
      await until(() => watcher.view.authority === "live", {
        deadlineMs: SETTLED_MS,
        what: "the last registrar judges",
      });
      assert.equal(watcher.peers.length, 30);
    }
    assert.deepEqual(losses, []);
    assert.deepEqual(
      before.causes,
      watchers.map(() => new Set()),
    );
  });

  test("a registrar stopped for 2.6 s, when some members have given it up and some have not", async (t) => {
    const before = await scene(t);
    const { registrar, losses, watchers } = before;
    registrar.freeze();
    await during(2600, () => assert.deepEqual(losses, []));
    registrar.thaw();
    // For as long as it may take to judge, and to learn before that.
    await during(6000, () => assert.deepEqual(losses, []));
    assert.deepEqual(
      before.causes,
      watchers.map(() => new Set()),
    );
    for (const watcher of watchers) assert.equal(watcher.peers.length, 30);
  });

  test("a registrar stopped for 6 s loses nobody who lives", async (t) => {
    const before = await scene(t);
    const { registrar, crews, losses } = before;
    registrar.freeze();
    crews.dying.kill();
    crews.late.freeze();
    await during(6000, () => assert.deepEqual(losses, []));
    registrar.thaw();
    await comeBack(t, before);
  });
});
