/** Prints the ids of every list it is shown, and when, in milliseconds since 1970. */
import { watch } from "../../lib/index.ts";
import type { WatchOptions } from "../../lib/index.ts";

const setup = JSON.parse(process.argv[2] ?? "{}") as WatchOptions & { readonly count?: number };
const { count = 1, ...options } = setup;
const watchers = Array.from({ length: count }, () => watch({ ...options, logger: false }));
await Promise.all(watchers.map((watcher) => watcher.ready()));
for (const [place, watcher] of watchers.entries()) {
  watcher.peers$.subscribe((peers) => {
    const atMs = performance.timeOrigin + performance.now();
    console.log(JSON.stringify({ watcher: place, ids: peers.map((peer) => peer.id), atMs }));
  });
}
