/**
 * Keys: both sockets of the registrar are encrypted, a member may join the services it is listed
 * for, a watcher may look, and nobody else hears a word. In real life each process has a key file
 * of its own (`rollcall keygen --out cache.key`), and the allow list is a file too.
 *
 * Run: npx tsx examples/secure.ts
 */
import { join, makeKeyPair, RollcallError, startRegistrar, watch } from "rollcall";
import type { ClientKeys, KeyPair } from "rollcall";

const own = makeKeyPair();
const cache = makeKeyPair();
const dashboard = makeKeyPair();
const stranger = makeKeyPair();

const registrar = await startRegistrar({
  survey: "tcp://127.0.0.1:0",
  roster: "tcp://127.0.0.1:0",
  keys: {
    own,
    allow: {
      members: [{ key: cache.publicKey, services: ["cache"], name: "cache servers" }],
      watchers: [{ key: dashboard.publicKey, name: "dashboard" }],
    },
  },
  logger: false,
});
const { survey } = registrar.endpoints;

/** What a client needs: its own pair, and the public key of the registrar. */
function keysOf(pair: KeyPair): ClientKeys {
  return { own: pair, registrar: own.publicKey };
}

async function attempt(who: string, service: string, pair: KeyPair): Promise<void> {
  try {
    await join({ registrar: survey, service, keys: keysOf(pair), logger: false });
  } catch (error) {
    if (error instanceof RollcallError) console.log(`${who} joins ${service}: ${error.code}`);
  }
}

const member = await join({
  registrar: survey,
  service: "cache",
  id: "cache-1",
  keys: keysOf(cache),
});
const watcher = watch({ registrar: survey, service: "cache", keys: keysOf(dashboard) });
await watcher.ready();
console.log(`the dashboard sees: ${watcher.peers.map((peer) => peer.id).join(" ")}`);

await attempt("the cache server", "billing", cache);
await attempt("the dashboard", "cache", dashboard);
await attempt("a stranger", "cache", stranger);

await watcher.close();
await member.leave();
await registrar.close();
