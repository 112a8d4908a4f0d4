import type { Sizes } from "./stage.ts";

/** Of the frames, those that travel over real sockets. */
const SOCKET_SHARE = 0.2;

/** All attacks in proportion to frames and connections. */
export function sizesOf(frames: number, connections: number): Sizes {
  const travelling = Math.round(frames * SOCKET_SHARE);
  return {
    frames: travelling,
    decoded: frames - travelling,
    connections,
    joins: 10 * connections,
    churns: 10 * connections,
    snapshots: 50 * connections,
    topics: 40 * connections,
    jumps: 2 * connections,
  };
}
