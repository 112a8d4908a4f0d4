import type { View } from "../../index.ts";
import { print } from "../command.ts";
import type { Context } from "../command.ts";
import { paintFor } from "../io.ts";
import { viewOutput } from "../output.ts";
import { peerTable } from "../render/peers.ts";
import { layLine } from "../render/table.ts";
import { jsonLine, pad } from "../render/text.ts";
import { duration } from "../render/time.ts";
import type { Expected } from "./stage.ts";

/** What was done to a member. */
export type DemoAction = "start" | "kill -9" | "SIGTERM" | "SIGSTOP" | "SIGCONT";

/** One act of the demo and how the watcher saw it: one line of `demo --json`. */
export interface DemoEvent {
  readonly kind: "event";
  readonly action: DemoAction;
  readonly id: string;
  readonly pid: number;
  readonly seen: Expected["kind"];
  readonly cause: Expected["cause"];
  /** From the act to the watcher's list. */
  readonly latencyMs: number;
}

const WIDTHS = [26, 6, 8, 16, 8] as const;

const WORDS: Readonly<Record<DemoAction, string>> = {
  start: "process started",
  "kill -9": "killed with kill -9",
  SIGTERM: "told to end (SIGTERM)",
  SIGSTOP: "frozen (SIGSTOP)",
  SIGCONT: "thawed (SIGCONT)",
};

/** Prints what the demo does, as text for people or as JSON lines. */
export class Report {
  readonly #context: Context;
  readonly #isJson: boolean;

  constructor(context: Context) {
    this.#context = context;
    this.#isJson = context.options.isOn("json");
  }

  say(text: string): void {
    if (!this.#isJson) print(this.#context, text);
  }

  head(): void {
    this.say("");
    this.say(this.#row(["WHAT HAPPENS TO A MEMBER", "MEMBER", "SEEN AS", "CAUSE", "AFTER"], true));
  }

  event(event: DemoEvent): void {
    if (this.#isJson) return print(this.#context, jsonLine(event));
    const { action, id, seen, cause, latencyMs } = event;
    this.say(this.#row([WORDS[action], id, seen, cause, duration(latencyMs)]));
  }

  list(view: View): void {
    if (this.#isJson) return print(this.#context, jsonLine(viewOutput(view, Date.now())));
    const paint = paintFor(this.#context.io, this.#context.io.stdout);
    const options = { width: 80, wallMs: Date.now(), paint, showsService: false };
    this.say("");
    for (const line of peerTable(view.peers, options)) this.say(`  ${line}`);
  }

  #row(texts: readonly string[], isHead = false): string {
    const cells = WIDTHS.map((width, at) => ({
      text: pad(texts[at] ?? "", width, at === WIDTHS.length - 1 ? "right" : "left"),
      style: isHead ? ("bold" as const) : ("plain" as const),
    }));
    return `  ${layLine(cells, Infinity, paintFor(this.#context.io, this.#context.io.stdout))}`;
  }
}

/** An event in one sentence, for the live view. */
export function sentenceOf({ action, id, pid, seen, cause, latencyMs }: DemoEvent): string {
  const what = action === "start" ? "started" : WORDS[action];
  return `${id} (pid ${pid}) ${what}: ${seen} (${cause}) after ${duration(latencyMs)}`;
}
