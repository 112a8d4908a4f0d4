import type { Card } from "../core/peer.ts";
import type { Cluster, Rest } from "./cluster.ts";
import type { CutEnds } from "./connection.ts";
import type { Direction } from "./disturbances.ts";
import type { ClientSpec } from "./resident.ts";
import { simulate } from "./simulate.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { Tamper } from "./tamper.ts";
import { Violation } from "./violation.ts";

/** Something that happens to one node at one time. Each ends by itself, so each can be left out. */
export type Action = { readonly atMs: number; readonly node: string } &
  /** Of a registrar, `spec` says nothing. */
  (
    | { readonly kind: "start"; readonly spec: ClientSpec }
    | { readonly kind: "leave"; readonly deadlineMs?: number; readonly wantsProof?: boolean }
    | { readonly kind: "drain"; readonly deadlineMs?: number }
    | { readonly kind: "update"; readonly card: Partial<Card> }
    | { readonly kind: "crash"; readonly restartAfterMs?: number; readonly reset: boolean }
    | { readonly kind: "stop" | "stall"; readonly forMs: number }
    | {
        readonly kind: "partition";
        readonly direction: Direction;
        readonly forMs: number;
        readonly from?: string;
      }
    | {
        readonly kind: "cut";
        readonly which: "survey" | "roster";
        readonly told: CutEnds;
        readonly from?: string;
      }
    | { readonly kind: "report"; readonly of: string; readonly isUnreachable: boolean }
    | { readonly kind: "slow"; readonly readMs: number; readonly forMs: number }
  );

/** A whole run as plain data: what it starts with and what happens. */
export interface Scenario {
  readonly options: Omit<
    SimulateOptions,
    "members" | "watchers" | "tamper" | "invariants" | "traceLines"
  >;
  readonly actions: readonly Action[];
  /** When the troubles are ended, and everybody has the documented time to find back. */
  readonly untilMs: number;
}

/** How a run went. */
export interface Outcome {
  readonly scenario: Scenario;
  /** Null where everything held. */
  readonly violation: Violation | null;
  readonly steps: number;
  /** Virtual time that passed. */
  readonly ranMs: number;
}

/** What a run may be told beside the scenario. */
export interface RunOptions extends Pick<SimulateOptions, "invariants" | "traceLines"> {
  /** Makes the planted bug for this run. */
  readonly plant?: () => Tamper;
  /** How long it goes on at the end. Default `whole`, the documented time. */
  readonly rest?: Rest;
}

/** Runs a scenario to its end and to rest, or to the first violation. */
export function runScenario(
  scenario: Scenario,
  { plant, rest, ...options }: RunOptions = {},
): Outcome {
  const tamper = plant?.() ?? {};
  const cluster = simulate({ ...scenario.options, ...options, tamper });
  let violation: Violation | null = null;
  try {
    for (const action of scenario.actions.toSorted((a, b) => a.atMs - b.atMs)) {
      cluster.runFor(Math.max(0, action.atMs - cluster.nowMs));
      perform(cluster, action);
    }
    cluster.runFor(Math.max(0, scenario.untilMs - cluster.nowMs));
    cluster.settle(rest);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error;
  }
  return { scenario, violation, steps: cluster.steps, ranMs: cluster.nowMs };
}

/** Does one thing to a cluster; false where it changed nothing. */
export function perform(cluster: Cluster, action: Action): boolean {
  const { node } = action;
  switch (action.kind) {
    case "start":
      if (cluster.registrars.includes(node)) return cluster.start(node);
      return action.spec.service === undefined
        ? cluster.watch(node, action.spec)
        : cluster.join(node, action.spec);
    case "leave":
      return cluster.leave(node, action);
    case "drain":
      return cluster.drain(node, action);
    case "report":
      return cluster.report(node, action.of, action.isUnreachable);
    case "update":
      return cluster.update(node, action.card);
    case "crash":
      return cluster.crash(node, action);
    case "stop":
      return cluster.stop(node, action);
    case "stall":
      return cluster.stall(node, action.forMs);
    case "partition":
      return cluster.partition(node, action);
    case "cut":
      return cluster.cut(node, action.which, action);
    case "slow":
      return cluster.slow(node, action);
    default:
      return action satisfies never;
  }
}

/** An action as one line. */
export function describeAction({ atMs, node, kind, ...rest }: Action): string {
  const details = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [`${(atMs / 1000).toFixed(4).padStart(10)}  ${node} ${kind}`, ...details].join(", ");
}
