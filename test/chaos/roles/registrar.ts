/** A registrar in a process of its own, which tells how it stands several times a second. */
import { startRegistrar } from "../../../lib/index.ts";
import type { Logger, RegistrarOptions } from "../../../lib/index.ts";
import { serve, setupOf, tell } from "./role.ts";

/** What it binds, and for whom it counts. */
export interface RegistrarSetup extends Pick<RegistrarOptions, "survey" | "roster"> {
  readonly service: string;
}

const TELL_MS = 200;

const { service, ...options } = setupOf<RegistrarSetup>();
const note = (facts: object, event: string): void =>
  tell({ kind: "note", text: `${event} ${JSON.stringify(facts)}` });
const logger: Logger = { debug() {}, info: note, warn: note, error: note };
const registrar = await startRegistrar({ ...options, logger });
serve();
tell({ kind: "up" });
setInterval(() => {
  const { authority, revision, peers } = registrar.view(service);
  const alive = peers.filter(({ standing }) => standing === "alive").length;
  tell({ kind: "registrar", authority, revision, alive });
}, TELL_MS);
