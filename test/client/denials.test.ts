import assert from "node:assert/strict";
import { test } from "node:test";
import { Denials } from "../../lib/client/denials.ts";
import type { ErrorCode } from "../../lib/core/errors.ts";
import type { ClientEffect, Connection } from "../../lib/core/io.ts";

const TARGETS = [
  { endpoint: "tcp://127.0.0.1:1", hasSurvey: true },
  { endpoint: "tcp://127.0.0.1:2", hasSurvey: true },
];

function scene(targets = TARGETS): { readonly denials: Denials; readonly shown: string[] } {
  const shown: string[] = [];
  const show = (connection: Connection): void => {
    shown.push(connection.kind === "refused" ? connection.code : connection.kind);
  };
  return { denials: new Denials({ targets, keys: {} }, show), shown };
}

function refused(source: number, code: ErrorCode): ClientEffect {
  return { kind: "refused", source, code, text: "", final: false };
}

/** True where who waits is told to give up. */
function isFinal(effect: ClientEffect): boolean {
  return effect.kind === "refused" && effect.final;
}

test("a denial counts when every registrar denies", () => {
  const { denials, shown } = scene();
  assert.ok(!isFinal(denials.judged(refused(0, "ERR_NOT_AUTHORISED"))));
  assert.equal(denials.code, undefined);
  assert.ok(isFinal(denials.judged(refused(1, "ERR_NOT_AUTHORISED"))));
  assert.equal(denials.code, "ERR_NOT_AUTHORISED");
  // Asked again and again, told once.
  assert.ok(isFinal(denials.judged(refused(1, "ERR_NOT_AUTHORISED"))));
  denials.connected({ kind: "stale", sinceMs: 0 });
  assert.deepEqual(shown, ["ERR_NOT_AUTHORISED"]);
});

test("a refusal for good beside a denial leaves nobody to wait for", () => {
  const { denials } = scene();
  assert.ok(!isFinal(denials.judged(refused(0, "ERR_ID_TAKEN"))));
  assert.ok(isFinal(denials.judged(refused(1, "ERR_NOT_AUTHORISED"))));
});

test("a registrar that is full or hangs up denies nothing", () => {
  const { denials } = scene(TARGETS.slice(1));
  assert.ok(!isFinal(denials.judged(refused(0, "ERR_LIMIT"))));
  const broken = denials.refusal(0, "survey", "broken");
  assert.ok(broken !== null && broken.code === "ERR_UNREACHABLE");
  assert.ok(!isFinal(denials.judged(broken)));
  assert.equal(denials.code, undefined);
});

test("the survey connection counts where there is one, else the roster", () => {
  const { denials } = scene();
  assert.equal(denials.refusal(0, "roster", "denied"), null);
  assert.equal(denials.refusal(0, "survey", "denied")?.code, "ERR_NOT_AUTHORISED");
  assert.equal(denials.refusal(7, "survey", "denied"), null);
  const anonymous = scene([{ endpoint: "tcp://127.0.0.1:2", hasSurvey: false }]).denials;
  assert.match(anonymous.refusal(0, "roster", "mismatch")?.text ?? "", /has no keys/);
});

test("a denial ends when the registrar speaks with us, and how we stand is shown again", () => {
  const { denials, shown } = scene(TARGETS.slice(1));
  denials.connected({ kind: "live" });
  denials.judged(refused(0, "ERR_NOT_AUTHORISED"));
  denials.connected({ kind: "stale", sinceMs: 0 });
  denials.judged({ kind: "accepted", source: 0 });
  denials.connected({ kind: "live" });
  assert.deepEqual(shown, ["live", "ERR_NOT_AUTHORISED", "stale", "live"]);
  denials.lifted(0);
  assert.equal(shown.length, 4);
});
