/**
 * Rollcall: a registrar calls the roll of every process that joined and publishes who is alive;
 * members are listed, watchers hold the list as an RxJS observable.
 */
export { join, LEAVE_DEADLINE_MS } from "./client/join.ts";
export type { LeaveProof } from "./client/farewell.ts";
export type { LeaveOptions, Member } from "./client/join.ts";
export { latest } from "./client/latest.ts";
export { DEFAULT_REGISTRAR } from "./client/options.ts";
export type { CardOptions, ClientOptions, JoinOptions, WatchOptions } from "./client/options.ts";
export type { ConnectionState } from "./client/streams.ts";
export { watch } from "./client/watch.ts";
export type { Watcher } from "./client/watch.ts";
export type { Change } from "./core/changes.ts";
export { ERRORS, RollcallError } from "./core/errors.ts";
export type { ErrorCode } from "./core/errors.ts";
export type { ExplainedEvent, ExplanationOf } from "./core/explainer.ts";
export { LIMITS } from "./core/limits.ts";
export type { Authority } from "./core/messages.ts";
export { CLIENT_OPTIONS, PRESETS, REGISTRAR_OPTIONS } from "./core/option-table.ts";
export type { OptionRow, Preset } from "./core/option-table.ts";
export {
  freezeBoundMs,
  lossyFreezeBoundMs,
  learningMs,
  pauseToleratedMs,
  tuneClient,
  tuneRegistrar,
} from "./core/options.ts";
export type { ClientTuning, RegistrarTuning } from "./core/options.ts";
export type {
  Card,
  Endpoint,
  JoinedCause,
  LeftCause,
  Peer,
  Standing,
  Status,
} from "./core/peer.ts";
export type { PeerEvent, RegistrarEvent } from "./core/record-event.ts";
export { checkRecording } from "./core/record-check.ts";
export { describePeerEvent, describeRegistrarEvent } from "./core/record-text.ts";
export type {
  PeerState,
  RecordedPeer,
  RecordedPeerEvent,
  RecordedRegistrarEvent,
  Recording,
  RecordingHead,
} from "./core/recording.ts";
export type { Consumer, View, ViewSource } from "./core/view.ts";
export type { Logger } from "./host/log.ts";
export type { WaitOptions } from "./host/wait.ts";
export { readKeyFile, writeKeyFile } from "./keys/files.ts";
export type { ClientKeys, RegistrarKeys } from "./keys/options.ts";
export { makeKeyPair } from "./keys/pair.ts";
export type { KeyPair } from "./keys/pair.ts";
export type { AllowRules, MemberRule, WatcherRule } from "./keys/rules.ts";
export { arrivals, departures } from "./operators/arrivals.ts";
export type { Arrival, Departure } from "./operators/arrivals.ts";
export { guard } from "./operators/guard.ts";
export type { GuardOptions } from "./operators/guard.ts";
export { peersOf } from "./operators/peers-of.ts";
export { select } from "./operators/select.ts";
export type { SelectOptions, ZonePreference } from "./operators/selection.ts";
export { settle } from "./operators/settle.ts";
export type { SettleOptions } from "./operators/settle.ts";
export { subset } from "./operators/subset.ts";
export type { SubsetOptions } from "./operators/subset.ts";
export { DEFAULT_ROSTER, DEFAULT_SURVEY } from "./registrar/options.ts";
export type { RegistrarOptions } from "./registrar/options.ts";
export { startRegistrar } from "./registrar/registrar.ts";
export type { Registrar, RegistrarCounters } from "./registrar/registrar.ts";
export type { RegistrarEndpoints } from "./transport/port.ts";
