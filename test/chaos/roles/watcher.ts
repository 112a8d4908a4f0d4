/** A watcher that tells every emission of `peers$` and `view$`. */
import { watch } from "../../../lib/index.ts";
import type { Peer, WatchOptions } from "../../../lib/index.ts";
import type { Run } from "../story.ts";
import { serve, setupOf, tell } from "./role.ts";

/** Where it looks; `names` are those of the registrars, in the order of their endpoints. */
export interface WatcherSetup extends Pick<WatchOptions, "registrar" | "roster"> {
  readonly service: string;
  readonly names: readonly string[];
}

const { names, ...options } = setupOf<WatcherSetup>();
const endpoints = [options.registrar ?? options.roster ?? []].flat();
const watcher = watch({ ...options, logger: false });

/** Tells two lists apart by what is in them, not by what the library says of it. */
class Differ {
  #last: ReadonlyMap<string, Run> = new Map();

  next(peers: readonly Peer[]): { readonly came: readonly Run[]; readonly went: readonly Run[] } {
    const now = new Map(
      peers.map(({ id, instance }): [string, Run] => [instance, { id, instance }]),
    );
    const came = [...now.values()].filter(({ instance }) => !this.#last.has(instance));
    const went = [...this.#last.values()].filter(({ instance }) => !now.has(instance));
    this.#last = now;
    return { came, went };
  }
}

const [listed, known] = [new Differ(), new Differ()];
serve();
watcher.peers$.subscribe((peers) => tell({ kind: "list", ...listed.next(peers) }));
watcher.view$.subscribe(({ peers, revision, authority, sources }) => {
  const seen = sources.map(({ registrar, epoch, ...rest }) => {
    const name = names[endpoints.indexOf(registrar)] ?? registrar;
    return { registrar: name, epoch, revision: rest.revision, authority: rest.authority };
  });
  const gone = known.next(peers).went;
  tell({ kind: "view", revision, authority, gone, sources: seen });
});
tell({ kind: "up" });
