import {
  lossyFreezeBoundMs,
  pauseToleratedMs,
  tuneClient,
  tuneRegistrar,
} from "../../lib/index.ts";
import { silenceMs } from "../../lib/core/options.ts";

/** What is promised, in milliseconds, with the slack of a machine that does much else. */
export interface Bounds {
  /** A dead or frozen one is out of every list while a registrar judges. */
  readonly outMs: number;
  /** So much later where a registrar was lost meanwhile: watchers hold it for live until they notice. */
  readonly lostMs: number;
  /** Stopped for less than this, nobody may leave a list. */
  readonly harmlessMs: number;
  /** One that joined, or thawed, is in every list. */
  readonly inMs: number;
  /** No registrar learns or holds for longer. */
  readonly spareMs: number;
}

/** What scheduling on a busy machine may add. */
const SLACK_MS = 1000;

/** The documented bounds with the default options, from `lib/core/options.ts`. */
export function documentedBounds(): Bounds {
  const registrar = tuneRegistrar();
  const client = tuneClient();
  const { surveyIntervalMs, answerWindowMs, reconnectMaxMs, rejoinJitterMs } = registrar;
  const silence = silenceMs(surveyIntervalMs, answerWindowMs);
  return {
    outMs: lossyFreezeBoundMs(registrar) + SLACK_MS,
    lostMs: Math.max(silence, 3 * registrar.announceIntervalMs) + SLACK_MS,
    harmlessMs: pauseToleratedMs(registrar),
    // The connection is found dead, made anew, greeted, and a snapshot asked for twice.
    inMs:
      silence +
      reconnectMaxMs +
      client.helloTimeoutMs +
      rejoinJitterMs +
      3 * client.snapshotTimeoutMs +
      SLACK_MS,
    spareMs: Math.max(registrar.learningMaxMs, registrar.holdMaxMs) + SLACK_MS,
  };
}
