import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENT_OPTIONS, PRESETS, REGISTRAR_OPTIONS } from "../../lib/core/option-table.ts";
import type { OptionRow, Preset } from "../../lib/core/option-table.ts";
import {
  freezeBoundMs,
  lossyFreezeBoundMs,
  patienceOf,
  learningMs,
  pauseToleratedMs,
  silenceMs,
  TICK_MS,
  tuneClient,
  tuneRegistrar,
} from "../../lib/core/options.ts";

type Tune = (given: Record<string, unknown>) => Readonly<Record<string, number>>;

/** As JavaScript calls them: with any value. */
const TUNERS: Readonly<Record<string, readonly [Readonly<Record<string, OptionRow>>, Tune]>> = {
  registrar: [REGISTRAR_OPTIONS, (given) => tuneRegistrar(given)],
  client: [CLIENT_OPTIONS, (given) => tuneClient(given)],
};
const HOUR = 3_600_000;
/** What has to be set along, so that a value at the edge is not refused for another's sake. */
const ALONG: Readonly<Record<string, Record<string, number>>> = {
  learningMaxMs: { reconnectMaxMs: 10 },
  reconnectMaxMs: { learningMaxMs: HOUR },
};

for (const [who, [table, tune]] of Object.entries(TUNERS)) {
  for (const [name, row] of Object.entries(table)) {
    test(`${name} of a ${who} is ${row.lan} unless set, and by preset otherwise`, () => {
      assert.equal(tune({})[name], row.lan);
      assert.equal(tune({ [name]: undefined })[name], row.lan);
      for (const preset of PRESETS) assert.equal(tune({ preset })[name], row[preset]);
    });

    test(`${name} of a ${who} takes ${row.min} to ${row.max} over any preset`, () => {
      for (const value of [row.min, row.max]) {
        assert.equal(tune({ preset: "wan", ...ALONG[name], [name]: value })[name], value);
      }
    });

    test(`${name} of a ${who} refuses everything else by name and value`, () => {
      const wrong = [
        [row.min - 1, `${row.min - 1}`],
        [row.max + 1, `${row.max + 1}`],
        [row.min + 0.5, `${row.min + 0.5}`],
        [Number.NaN, "NaN"],
        [Infinity, "Infinity"],
        ["5", '"5"'],
        [true, "true"],
        [{}, "[object Object]"],
      ] as const;
      for (const [value, shown] of wrong) {
        assert.throws(
          () => tune({ [name]: value }),
          (error: Error & { readonly code?: unknown }) =>
            error.code === "ERR_OPTION" && error.message.includes(`${name} is ${shown} `),
          `${name} ${shown}`,
        );
      }
    });
  }

  test(`a preset of a ${who} that does not exist is refused by name`, () => {
    for (const preset of ["moon", "", "constructor", 7]) {
      assert.throws(() => tune({ preset }), {
        code: "ERR_OPTION",
        message: /preset .* is none of/,
      });
    }
  });
}

test("defaults are those of lan", () => {
  assert.deepEqual(tuneRegistrar(), tuneRegistrar({ preset: "lan" }));
  assert.deepEqual(tuneClient(), tuneClient({ preset: "lan" }));
});

test("a learning time that ends before members come back is refused", () => {
  assert.throws(() => tuneRegistrar({ reconnectMaxMs: 2000, learningMaxMs: 1999 }), {
    code: "ERR_OPTION",
    message: /learningMaxMs 1999 is below reconnectMaxMs 2000/,
  });
  assert.equal(tuneRegistrar({ reconnectMaxMs: 2000, learningMaxMs: 2000 }).learningMaxMs, 2000);
});

interface Formulas {
  readonly freeze: number;
  readonly lossy: number;
  readonly pause: number;
  readonly learning: number;
}

const FORMULAS: Readonly<Record<Preset, Formulas>> = {
  local: {
    freeze: 500 + 250 + 2 * 100 + 20 + 5,
    lossy: 500 + 250 + 2 * 100 + 20 + 5,
    pause: 350,
    learning: 500 + 50 + 500 + 250,
  },
  lan: { freeze: 2040, lossy: 4290, pause: 750, learning: 3700 },
  wan: {
    freeze: 2000 + 1500 + 3 * 750 + 20 + 50,
    lossy: 2000 + 1500 + 15 * 750 + 20 + 50,
    pause: 2250,
    learning: 5000 + 1000 + 2000 + 1500,
  },
};

for (const preset of PRESETS) {
  const { freeze, lossy, pause, learning } = FORMULAS[preset];
  test(`${preset} notices a frozen process in ${freeze} ms, bears ${pause}, learns ${learning}`, () => {
    const tuning = tuneRegistrar({ preset });
    assert.equal(freezeBoundMs(tuning), freeze);
    assert.equal(lossyFreezeBoundMs(tuning), lossy);
    assert.equal(pauseToleratedMs(tuning), pause);
    assert.equal(learningMs(tuning), learning);
  });
}

test("a frozen process is out in under 3 s by default, also where packets were lost now and then", () => {
  const tuning = tuneRegistrar();
  assert.ok(freezeBoundMs({ ...tuning, missedMax: patienceOf(tuning, "loss") }) < 3000);
});

test("whoever asks often anyway asks no less where packets are lost", () => {
  const often = tuneRegistrar({ missedMax: 9, lossyMissedMax: 2 });
  assert.equal(lossyFreezeBoundMs(often), freezeBoundMs(often));
});

test("where one late answer is silence, only the answer window is borne", () => {
  assert.equal(pauseToleratedMs(tuneRegistrar({ missedMax: 1 })), 500);
});

test("learning never lasts longer than its ceiling", () => {
  assert.equal(learningMs(tuneRegistrar({ learningMaxMs: 2500 })), 2500);
});

test("a client bears two intervals and a window of silence", () => {
  assert.equal(silenceMs(1000, 500), 2500);
});

test("no interval is shorter than the clockwork's steps", () => {
  assert.ok(REGISTRAR_OPTIONS.surveyIntervalMs.min >= TICK_MS);
  assert.ok(REGISTRAR_OPTIONS.probeIntervalMs.min >= TICK_MS);
});
