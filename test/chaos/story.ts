import type { Fault } from "./faults.ts";

/** Who takes part. Names are short, such as `r0`, `c3`, `w1`. */
export interface Cast {
  readonly registrars: readonly string[];
  /** Processes with several members each. */
  readonly crews: readonly string[];
  readonly watchers: readonly string[];
}

/** One run of a member, as a list names it. */
export interface Run {
  readonly id: string;
  readonly instance: string;
}

/** What one registrar is to a watcher at one moment. */
export interface Seen {
  readonly registrar: string;
  readonly epoch: string | null;
  readonly revision: number;
  readonly authority: string;
}

/** What the program did: a fault begins before it is brought about and ends after it was lifted. */
export type Deed =
  /** A process serves, or is no more. */
  | { readonly kind: "up" | "down"; readonly node: string }
  /** SIGSTOP and SIGCONT. */
  | { readonly kind: "frozen" | "thawed"; readonly node: string }
  /** No packet of these gets to those. */
  | {
      readonly kind: "cut";
      readonly cut: string;
      readonly from: readonly string[];
      readonly to: readonly string[];
    }
  | { readonly kind: "mended"; readonly cut: string }
  /** Its table of open files is full, or no longer. */
  | { readonly kind: "full" | "freed"; readonly node: string }
  /** All faults were lifted. */
  | { readonly kind: "healed" }
  /** All lists have been the truth since then, without a pause. */
  | { readonly kind: "settled"; readonly sinceMs: number }
  /** As `settled`, but not within the bound. */
  | { readonly kind: "unsettled"; readonly why: string };

/** What the processes told. */
export type Told =
  /** The event loop of a process stood still from then until now. */
  | { readonly kind: "stall"; readonly node: string; readonly sinceMs: number }
  | { readonly kind: "joined"; readonly node: string; readonly runs: readonly Run[] }
  /** A change of `peers$`. */
  | {
      readonly kind: "list";
      readonly node: string;
      readonly came: readonly Run[];
      readonly went: readonly Run[];
    }
  /** A view, with those who are no longer in it even as suspects. */
  | {
      readonly kind: "view";
      readonly node: string;
      readonly revision: number;
      readonly authority: string;
      readonly gone: readonly Run[];
      readonly sources: readonly Seen[];
    }
  /** How a registrar stands by its own account. */
  | {
      readonly kind: "registrar";
      readonly node: string;
      readonly authority: string;
      readonly revision: number;
      readonly alive: number;
    }
  /** A log line of a registrar. */
  | { readonly kind: "note"; readonly node: string; readonly text: string }
  /** Another system beside ours took somebody from its list, or has it back. */
  | {
      readonly kind: "other";
      readonly node: string;
      readonly system: string;
      readonly event: "removed" | "returned";
      readonly id: string;
    };

/** Something that happened, in milliseconds of the clock that all processes share. */
export type Fact = { readonly atMs: number } & (Deed | Told);

/** A fault as it was brought about. */
export interface DoneFault {
  readonly fault: Fault;
  readonly fromMs: number;
  readonly toMs: number;
}

/** All that is known of one run of a scenario. */
export interface Story {
  readonly scenario: string;
  readonly seed: number;
  readonly cast: Cast;
  /** From when on claims are made: everything was up and listed. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly facts: readonly Fact[];
  readonly faults: readonly DoneFault[];
}
