/**
 * Every limit by name. The writer refuses to exceed them and the reader refuses what exceeds them,
 * so neither side has to trust the other. Bytes are UTF-8 bytes.
 */
export const LIMITS = {
  /** One frame of a message; larger ones close the connection (ZMQ_MAXMSGSIZE). */
  frameBytesMax: 1_048_576,
  /** Frames of one roster message: a topic, a head and the pages of a snapshot. */
  framesMax: 65_536,
  /** Nesting of one MessagePack value. */
  depthMax: 8,
  /** A service name. */
  serviceBytesMax: 255,
  /** A peer id. */
  idBytesMax: 255,
  /** An instance: chosen by the client, 128 random bits in hexadecimal by default. */
  instanceBytesMax: 64,
  /** Endpoints on one card. */
  endpointsMax: 16,
  /** A host of an endpoint; DNS allows 253. */
  hostBytesMax: 255,
  /** Protocol and scope of an endpoint, version and zone of a card. */
  wordBytesMax: 64,
  /** Tags on one card. */
  tagsMax: 64,
  /** One tag. */
  tagBytesMax: 255,
  /** Metadata entries on one card. */
  metadataEntriesMax: 64,
  /** All keys and values of the metadata together. */
  metadataBytesMax: 16_384,
  /** The largest weight. */
  weightMax: 1_000_000,
  /** Services one watcher may name. */
  watchedServicesMax: 256,
  /** Services one follower holds lists of, when it follows all. */
  followedServicesMax: 65_536,
  /** The largest number of a named consumer; more than `consumersMax` may be. */
  ordinalMax: 1_000_000,
  /** Changes in one delta; more make several revisions. */
  changesMax: 1024,
  /** Estimated bytes of changes in one delta; more make several revisions. */
  deltaBytesMax: 262_144,
  /** Estimated bytes of peers in one page of a snapshot. */
  pageBytesMax: 262_144,
  /** Departures remembered for each service. */
  tombstonesMax: 256,
  /** Ids that are contested at one time; a further newcomer is told to come again. */
  challengesMax: 256,
  /** Consumers that count as missing for a while after their connection closed. */
  absentMax: 4096,
  /** One message of a client: a JOIN or WATCH at all its limits fits. */
  requestBytesMax: 131_072,
  /**
   * What a subscriber may say at one time: a byte and a topic, which is shorter, and the handshake. A
   * longer frame ends its connection: libzmq would keep 50 bytes for each byte of a topic.
   */
  subscriptionBytesMax: 1024,
  /** Messages that wait while a crowd of newcomers is admitted; beyond it reading slows down. */
  waitingMax: 16_384,
  /** Bytes of their frames together. */
  waitingBytesMax: 16_777_216,
  /** Events that the registrar remembers of one peer. */
  historyMax: 32,
  /** Departed peers of whom it remembers events, beside those who are listed. */
  departedMax: 4096,
  /** Names of whom it remembers only that they were refused. */
  turnedAwayMax: 256,
  /** All these events together, nearly; beyond it the departed are forgotten first. */
  historyBytesMax: 67_108_864,
  /** Names of consumers in one event, beside their number. */
  historyNamesMax: 8,
  /** Events that the registrar remembers of itself. */
  registrarEventsMax: 128,
  /** Clients that wait for a page of the record at one time. */
  recordRequestsMax: 64,
  /** Letters of the record that one connection may have been given and not read; beyond it no more is given. */
  unreadBytesMax: 1_048_576,
  /** Pages of one recording. */
  recordPagesMax: 4096,
  /** A key proof. */
  proofBytesMax: 64,
  /** Names in one list of a proof; more make several messages. */
  proofNamesMax: 1024,
  /** Revisions of all services that wait for acknowledgement at one time; more prove nothing. */
  fencesMax: 256,
  /** Members that wait for a proof at one time; more are told at once who is missing. */
  askersMax: 4096,
  /** Reporters heard about one peer. */
  reportersMax: 1024,
  /** Peers reported as unreachable at one time. */
  reportedMax: 4096,
  /** Text of an error or a note on the wire. */
  textBytesMax: 1024,
  /** An endpoint as text. */
  endpointBytesMax: 512,
} as const;
