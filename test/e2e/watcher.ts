/** Prints the ids of every list it is shown. */
import { watch } from "../../lib/index.ts";
import type { WatchOptions } from "../../lib/index.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as WatchOptions;
const watcher = watch({ ...options, logger: false });
await watcher.ready();
watcher.peers$.subscribe((peers) => {
  console.log(JSON.stringify({ ids: peers.map((peer) => peer.id) }));
});
