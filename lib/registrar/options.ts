import { RollcallError } from "../core/errors.ts";
import { lossyFreezeBoundMs, tuneRegistrar } from "../core/options.ts";
import { REGISTRAR_OPTIONS } from "../core/option-table.ts";
import type { Preset } from "../core/option-table.ts";
import type { RegistrarTuning } from "../core/options.ts";
import { checkOptions } from "../host/check.ts";
import type { Logger } from "../host/log.ts";
import { settleRegistrarKeys } from "../keys/options.ts";
import type { RegistrarKeys, SettledRegistrarKeys } from "../keys/options.ts";
import { formatEndpoint, parseEndpoint } from "../transport/endpoint.ts";

/** Where a registrar listens unless told otherwise. */
export const DEFAULT_SURVEY = "tcp://127.0.0.1:5570";
export const DEFAULT_ROSTER = "tcp://127.0.0.1:5571";

/** Sockets of clients that vanished without a word are reclaimed after this or later. */
const HEARTBEAT_TIMEOUT_MS = 30_000;

/** Options of `startRegistrar`; every number of `REGISTRAR_OPTIONS` may be given as well. */
export interface RegistrarOptions extends Partial<{
  [K in keyof RegistrarTuning]: number | undefined;
}> {
  /** Where members and named watchers connect. Default `tcp://127.0.0.1:5570`; port 0 is a free one. */
  readonly survey?: string | undefined;
  /** Where the lists are published. Default `tcp://127.0.0.1:5571`. */
  readonly roster?: string | undefined;
  /** The roster endpoint as clients reach it, where that differs from the one bound (NAT). */
  readonly advertise?: string | undefined;
  /** Numbers for a situation; single ones given beside it win. Default `lan`. */
  readonly preset?: Preset | undefined;
  /** False: lost connections are not noticed at once, surveys alone judge. Default true. */
  readonly disconnectMessages?: boolean | undefined;
  /** Encrypts both sockets and lets in listed keys alone. Default: none, anybody gets in. */
  readonly keys?: RegistrarKeys | undefined;
  /** A pino logger, or false for silence. Default: warnings and errors on stderr. */
  readonly logger?: Logger | false | undefined;
  /** Closes the registrar. */
  readonly signal?: AbortSignal | undefined;
}

/** Options checked and complete. */
export interface RegistrarSettings {
  readonly survey: string;
  readonly roster: string;
  readonly advertise: string | null;
  readonly tuning: RegistrarTuning;
  readonly heartbeatTimeoutMs: number;
  readonly disconnectMessages: boolean;
  readonly keys: SettledRegistrarKeys | null;
}

const OWN = {
  survey: true,
  roster: true,
  advertise: true,
  preset: true,
  disconnectMessages: true,
  keys: true,
  logger: true,
  signal: true,
} satisfies Record<Exclude<keyof RegistrarOptions, keyof RegistrarTuning>, true>;

/**
 * Checks the options before any socket is made; throws `ERR_OPTION` or `ERR_ENDPOINT`, and
 * `ERR_CONFIG` where a file of keys cannot be used.
 */
export function settleRegistrar(options: RegistrarOptions): RegistrarSettings {
  checkOptions("startRegistrar", options, { ...REGISTRAR_OPTIONS, ...OWN });
  const { advertise, disconnectMessages = true } = options;
  const survey = endpointOf(options.survey ?? DEFAULT_SURVEY, "survey");
  const roster = endpointOf(options.roster ?? DEFAULT_ROSTER, "roster");
  if (survey === roster && !survey.endsWith(":0")) {
    throw new RollcallError("ERR_OPTION", `survey and roster are both ${survey}`);
  }
  if (typeof disconnectMessages !== "boolean") {
    throw new RollcallError("ERR_OPTION", `disconnectMessages is ${String(disconnectMessages)}`);
  }
  const tuning = tuneRegistrar(options);
  return {
    survey,
    roster,
    advertise:
      advertise === undefined
        ? null
        : formatEndpoint(parseEndpoint(advertise, "connect", "advertise")),
    tuning,
    heartbeatTimeoutMs: Math.max(HEARTBEAT_TIMEOUT_MS, 2 * lossyFreezeBoundMs(tuning)),
    disconnectMessages,
    keys: settleRegistrarKeys(options.keys),
  };
}

function endpointOf(text: string, name: string): string {
  return formatEndpoint(parseEndpoint(text, "bind", name));
}
