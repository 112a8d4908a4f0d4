import type { Authority } from "./messages.ts";
import type { RegistrarTuning } from "./options.ts";
import type { LeftCause, Status } from "./peer.ts";
import type { PeerEvent, RegistrarEvent } from "./record-event.ts";

/** The version of the shape below; it grows when a reader of the one before would be misled. */
export const RECORDING_VERSION = 1;

/** An event and when it was. `revision` is the one that published it, or null. */
export type RecordedPeerEvent = PeerEvent & {
  readonly atMs: number;
  readonly revision: number | null;
};

/** An event of the registrar and when it was. */
export type RecordedRegistrarEvent = RegistrarEvent & { readonly atMs: number };

/** How a peer stands, as far as the registrar knows; nulls once it is gone. */
export interface PeerState {
  readonly service: string;
  readonly id: string;
  readonly instance: string | null;
  readonly standing: "alive" | "suspect" | "gone";
  /** Why it is suspect. */
  readonly cause: LeftCause | null;
  readonly status: Status | null;
  readonly edition: number | null;
  readonly connected: boolean;
}

/** What is remembered under one name, all its runs together. */
export interface RecordedPeer extends PeerState {
  /** Earlier events that were forgotten. */
  readonly dropped: number;
  /** Oldest first. */
  readonly events: readonly RecordedPeerEvent[];
}

/** What a recording says beside its peers. */
export interface RecordingHead {
  readonly version: typeof RECORDING_VERSION;
  /** What was asked for: a name, or `*` for all. */
  readonly service: string;
  /** The run of the registrar. */
  readonly epoch: string;
  readonly authority: Authority;
  readonly tuning: RegistrarTuning;
  /** How long it had run. All times below count from its start, in milliseconds. */
  readonly ranMs: number;
  /** Of the registrar itself, oldest first. */
  readonly registrar: readonly RecordedRegistrarEvent[];
}

/**
 * Everything a registrar remembers of its peers, present and departed, as plain data that JSON can
 * carry. It is what `replay` of `rollcall/testing` takes.
 */
export interface Recording extends RecordingHead {
  /** When it was made, by the clock of whoever asked for it, in milliseconds since 1970. */
  readonly takenAt: number;
  readonly peers: readonly RecordedPeer[];
}

/** One part of a recording on its way over the wire. */
export interface RecordingPage {
  /** In the first page alone. */
  readonly head: RecordingHead | null;
  readonly peers: readonly RecordedPeer[];
}
