/** One number a user may set: what it means and what more and less of it costs. */
export interface OptionRow {
  /** Value under each preset. */
  readonly local: number;
  readonly lan: number;
  readonly wan: number;
  readonly min: number;
  readonly max: number;
  readonly text: string;
  readonly more: string;
  readonly less: string;
}

/** Named situations: one machine, one data centre (the default), links with loss and latency. */
export type Preset = "local" | "lan" | "wan";
export const PRESETS: readonly Preset[] = ["local", "lan", "wan"];

const HOUR = 3_600_000;

/** What a registrar can be told. Times are in milliseconds. */
export const REGISTRAR_OPTIONS = {
  surveyIntervalMs: {
    local: 500,
    lan: 1000,
    wan: 2000,
    min: 20,
    max: HOUR,
    text: "time between two surveys of one member",
    more: "less work; frozen processes are noticed later",
    less: "frozen processes are noticed sooner; each member costs about 30 µs of registrar CPU per survey",
  },
  answerWindowMs: {
    local: 250,
    lan: 500,
    wan: 1500,
    min: 10,
    max: HOUR,
    text: "time a member has to answer a survey before it is asked again",
    more: "tolerates longer pauses; frozen processes are noticed later",
    less: "noticed sooner; a garbage collection may look late",
  },
  probeIntervalMs: {
    local: 100,
    lan: 250,
    wan: 750,
    min: 10,
    max: HOUR,
    text: "time a late member has to answer each further question",
    more: "tolerates longer pauses; frozen processes are noticed later",
    less: "noticed sooner; more questions to slow members",
  },
  missedMax: {
    local: 3,
    lan: 3,
    wan: 4,
    min: 1,
    max: 100,
    text: "questions in a row a member may leave unanswered before it is suspect",
    more: "tolerates loss; frozen processes are noticed later",
    less: "noticed sooner; at 1 a single late answer removes a peer",
  },
  goneAfterMs: {
    local: 5000,
    lan: 15_000,
    wan: 60_000,
    min: 10,
    max: HOUR,
    text: "time a suspect has to come back before it is gone",
    more: "a peer that returns keeps its place; the dead stay in view$ as suspects",
    less: "the dead are forgotten sooner; a reconnecting peer may be listed anew",
  },
  coalesceMs: {
    local: 5,
    lan: 20,
    wan: 50,
    min: 0,
    max: 10_000,
    text: "least time between two publications of one service, or 20 µs per watcher where that is more; a change after a quiet time goes out at once",
    more: "a join storm makes fewer publications",
    less: "changes in a burst are seen sooner; each publication costs about 10 µs per subscriber",
  },
  announceIntervalMs: {
    local: 500,
    lan: 1000,
    wan: 2000,
    min: 20,
    max: HOUR,
    text: "time between two repetitions of the revision of an idle service, and between signs of life",
    more: "less traffic; a lost last message is repaired later",
    less: "repaired sooner; more traffic",
  },
  reconnectMaxMs: {
    local: 500,
    lan: 2000,
    wan: 5000,
    min: 10,
    max: HOUR,
    text: "longest pause a client makes between two attempts to connect; told to clients and part of the learning time",
    more: "calmer after an outage; a new registrar learns longer",
    less: "back sooner; more attempts while the registrar is away",
  },
  rejoinJitterMs: {
    local: 50,
    lan: 200,
    wan: 1000,
    min: 0,
    max: HOUR,
    text: "members spread their return after an outage over this time",
    more: "smaller peaks; back later",
    less: "back sooner; all at once",
  },
  learningMaxMs: {
    local: 10_000,
    lan: 30_000,
    wan: 120_000,
    min: 10,
    max: HOUR,
    text: "ceiling of one learning time, however long members keep arriving",
    more: "stragglers are waited for; the dead of an outage are shown longer",
    less: "the dead leave sooner; stragglers may be taken for dead",
  },
  stallMs: {
    local: 500,
    lan: 500,
    wan: 1000,
    min: 50,
    max: HOUR,
    text: "a registrar whose own event loop was blocked longer than this is learning afterwards",
    more: "keeps judging after longer stalls",
    less: "stops judging after shorter stalls",
  },
  emptyServiceTtlMs: {
    local: 60_000,
    lan: 60_000,
    wan: 120_000,
    min: 0,
    max: 24 * HOUR,
    text: "time after which a service without peers is closed, but never under six announce intervals",
    more: "causes of departures are remembered longer",
    less: "less memory for services that come and go",
  },
  snapshotBytesPerSecond: {
    local: 67_108_864,
    lan: 67_108_864,
    wan: 8_388_608,
    min: 65_536,
    max: 4_294_967_296,
    text: "bytes of snapshots sent in one second, at most; further requests wait",
    more: "many late watchers are served sooner",
    less: "changes are never delayed by snapshots",
  },
  peersMax: {
    local: 20_000,
    lan: 20_000,
    wan: 20_000,
    min: 1,
    max: 1_000_000,
    text: "members, all services together; one more is refused with ERR_LIMIT",
    more: "more memory, about 30 KB each with its connection",
    less: "a runaway client is stopped sooner",
  },
  servicesMax: {
    local: 4096,
    lan: 4096,
    wan: 4096,
    min: 1,
    max: 1_000_000,
    text: "services; a member of one more is refused with ERR_LIMIT",
    more: "more memory",
    less: "a runaway client is stopped sooner",
  },
  consumersMax: {
    local: 20_000,
    lan: 20_000,
    wan: 20_000,
    min: 1,
    max: 1_000_000,
    text: "named consumers; one more is refused with ERR_LIMIT",
    more: "more memory",
    less: "a runaway client is stopped sooner",
  },
  topicsMax: {
    local: 65_536,
    lan: 65_536,
    wan: 65_536,
    min: 16,
    max: 1_000_000,
    text: "different topics subscribed at one time, and snapshot requests that wait; further ones are ignored",
    more: "more memory",
    less: "a subscription flood is stopped sooner",
  },
} as const satisfies Record<string, OptionRow>;

/**
 * What a client can be told. Times are in milliseconds. The transport tries again after up to twice
 * `reconnectMinMs`; with more than a second a registrar could have learned before we are back.
 */
export const CLIENT_OPTIONS = {
  helloTimeoutMs: {
    local: 1000,
    lan: 2000,
    wan: 5000,
    min: 10,
    max: HOUR,
    text: "time a registrar has to greet a new connection before the client hangs up and dials anew",
    more: "tolerates slow links",
    less: "a dead or wrong endpoint is left sooner",
  },
  reconnectMinMs: {
    local: 20,
    lan: 100,
    wan: 250,
    min: 1,
    max: 1000,
    text: "shortest pause between two attempts to connect",
    more: "calmer",
    less: "back sooner after an outage",
  },
  snapshotTimeoutMs: {
    local: 500,
    lan: 1000,
    wan: 5000,
    min: 10,
    max: HOUR,
    text: "time to wait for a requested snapshot before asking again; doubles up to eight times that",
    more: "tolerates a busy registrar",
    less: "a lost snapshot is repaired sooner",
  },
  joinTimeoutMs: {
    local: 0,
    lan: 0,
    wan: 0,
    min: 0,
    max: 24 * HOUR,
    text: "time `join` waits for a registrar before it fails with ERR_TIMEOUT; 0 waits until accepted, refused or aborted",
    more: "tolerates a registrar that starts later",
    less: "a wrong endpoint fails sooner",
  },
} as const satisfies Record<string, OptionRow>;
