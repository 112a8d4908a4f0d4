/**
 * The number that opens every frame. Numbers are never reused: frames from the registrar are below
 * 16, frames to it below 32, and frames of the roster below 48, so that a frame on the wrong socket
 * is recognised as such.
 */
export const KIND = {
  welcome: 1,
  survey: 2,
  accepted: 3,
  recorded: 4,
  left: 5,
  refused: 6,
  rejoin: 7,
  explanation: 8,
  proof: 9,
  exported: 10,
  join: 17,
  watch: 18,
  answer: 19,
  update: 20,
  leave: 21,
  acknowledge: 22,
  explain: 23,
  report: 24,
  export: 25,
  delta: 33,
  announce: 34,
  pulse: 35,
  snapshot: 36,
  page: 37,
} as const;

/** The number that opens one change within a delta. */
export const CHANGE = { put: 1, standing: 2, gone: 3 } as const;
