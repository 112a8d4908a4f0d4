import { REGISTRAR_OPTIONS, startRegistrar } from "../../index.ts";
import type { Registrar, RegistrarOptions } from "../../index.ts";
import { print } from "../command.ts";
import type { CliCommand, Context } from "../command.ts";
import { registrarKeys } from "../keys.ts";
import { logChange } from "../log.ts";
import type { ServingOutput } from "../output.ts";
import { jsonLine } from "../render/text.ts";
import type { Options } from "../settings/options.ts";
import { JSON_LINES, REGISTRAR } from "../settings/tables.ts";
import { aborted } from "../stop.ts";

/** `rollcall serve`: a registrar until a signal comes. */
export const serve: CliCommand = {
  name: "serve",
  operands: "",
  summary: "run a registrar",
  description: `Runs a registrar until SIGINT, SIGTERM or SIGHUP. Prints its endpoints as bound when it
listens, and logs who joins and who leaves, with causes.

With --key and --allow both sockets are encrypted and only listed keys get in: {"members": [{"key",
"services": ["cache"] or "*", "name"}], "watchers": [{"key", "name"}]}. SIGHUP then reads the list
again.`,
  settings: [...REGISTRAR, JSON_LINES],
  logLevel: "info",
  run,
};

async function run(context: Context): Promise<number> {
  const { options, log, stop } = context;
  const registrar = await startRegistrar({ ...registrarOptions(options), logger: log });
  try {
    registrar.changes$.subscribe((change) => logChange(log, change));
    if (options.text("allow") !== undefined) {
      stop.instead("SIGHUP", () => void registrar.reloadKeys());
    }
    print(context, options.isOn("json") ? jsonLine(output(registrar)) : sentence(registrar));
    await aborted(stop.signal);
  } finally {
    await registrar.close();
  }
  return 0;
}

/** The options of a registrar as they were given. */
function registrarOptions(options: Options): RegistrarOptions {
  const disconnectMessages = options.value("disconnectMessages");
  return {
    ...options.numbers(REGISTRAR_OPTIONS),
    survey: options.text("survey"),
    roster: options.text("roster"),
    advertise: options.text("advertise"),
    preset: options.preset,
    disconnectMessages: typeof disconnectMessages === "boolean" ? disconnectMessages : undefined,
    keys: registrarKeys(options),
  };
}

function output({ endpoints, epoch }: Registrar): ServingOutput {
  return { kind: "serving", ...endpoints, epoch };
}

function sentence({ endpoints }: Registrar): string {
  return `serving: survey ${endpoints.survey} roster ${endpoints.roster}`;
}
