import { pino } from "pino";
import type { Change, Logger } from "../index.ts";
import { isScreen, paintFor } from "./io.ts";
import type { Io } from "./io.ts";
import { inColour } from "./render/style.ts";
import { safeJson, visibleJson } from "./render/text.ts";

/** The log of one command, on stderr. */
export interface Log extends Logger {
  /** Lines for the terminal go here while a live view holds it; null for back to stderr. */
  divert(sink: ((line: string) => void) | null): void;
}

/** Opens the log: readable on a terminal, JSON lines otherwise. */
export async function openLog(io: Io, level: string): Promise<Log> {
  const pretty = isScreen(io, io.stderr)
    ? await prettifier(paintFor(io, io.stderr) === inColour)
    : null;
  let sink: ((line: string) => void) | null = null;
  const write = (line: string): void => {
    if (pretty === null) io.stderr.write(safeJson(line));
    else if (sink === null) io.stderr.write(pretty.forTerminal(visibleJson(line)));
    else sink(pretty.forView(line).trimEnd());
  };
  const logger = pino({ level, base: null }, { write });
  return {
    debug: (facts, event) => logger.debug(facts, event),
    info: (facts, event) => logger.info(facts, event),
    warn: (facts, event) => logger.warn(facts, event),
    error: (facts, event) => logger.error(facts, event),
    divert: (to) => {
      sink = to;
    },
  };
}

/** Logs who came and who went, with causes. */
export function logChange(log: Logger, { kind, cause, peer }: Change): void {
  const { service, id, instance } = peer;
  const facts = { service, id, instance, cause };
  if (kind === "updated") log.debug(facts, "peer.updated");
  else log.info(facts, `peer.${kind}`);
}

interface Prettifier {
  readonly forTerminal: (line: string) => string;
  /** Without escapes: the view makes every text safe and would show them. */
  readonly forView: (line: string) => string;
}

/** Loaded only where a person reads, because services that log JSON need none of it. */
async function prettifier(colorize: boolean): Promise<Prettifier> {
  const { prettyFactory } = await import("pino-pretty");
  const options = { singleLine: true, translateTime: "SYS:HH:MM:ss.l" };
  return {
    forTerminal: prettyFactory({ ...options, colorize }),
    forView: prettyFactory({ ...options, colorize: false }),
  };
}
