/** Something that is brought about and lifted again. */
export type Fault =
  /** `kill -9`; lifted by starting it again. */
  | { readonly kind: "crash"; readonly node: string }
  /** SIGSTOP; lifted by SIGCONT. */
  | { readonly kind: "freeze"; readonly node: string }
  /** Packets of a node to these others are lost, or theirs to it, or both. */
  | {
      readonly kind: "cut";
      readonly node: string;
      readonly others: readonly string[];
      readonly direction: "in" | "out" | "both";
    }
  /** The table of open files of a registrar is filled by connections that say nothing. */
  | { readonly kind: "full"; readonly node: string }
  /** Everything through the proxy takes longer, each way as long as it says. */
  | {
      readonly kind: "delay";
      readonly node: string;
      readonly upMs: number;
      readonly downMs: number;
      readonly jitterMs: number;
    }
  /** So many packets in a hundred are lost. */
  | { readonly kind: "loss"; readonly node: string; readonly percent: number };

/** A fault and when it lasts, in milliseconds from the start of its era. */
export interface PlannedFault {
  readonly fault: Fault;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch of faults, after which all are lifted and everything has to become well again. */
export interface Era {
  /** The registrar to which nothing is done, where there is one. */
  readonly spared: string | null;
  readonly faults: readonly PlannedFault[];
  readonly lengthMs: number;
}

/** A fault in a few words. */
export function told(fault: Fault): string {
  switch (fault.kind) {
    case "crash":
      return `${fault.node} killed`;
    case "freeze":
      return `${fault.node} stopped`;
    case "cut": {
      const arrow = { in: "<-x-", out: "-x->", both: "<-x->" }[fault.direction];
      return `${fault.node} ${arrow} ${fault.others.join(" ")}`;
    }
    case "full":
      return `${fault.node} has no file left`;
    case "delay":
      return `${fault.node} delays ${fault.upMs} ms up, ${fault.downMs} ms down, ${fault.jitterMs} ms jitter`;
    case "loss":
      return `${fault.percent} % of packets lost`;
    default:
      return fault satisfies never;
  }
}
