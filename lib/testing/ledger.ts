import type { Delta, RosterChange } from "../core/messages.ts";
import type { Entry } from "../core/peer.ts";

/** What one registrar run published of one service. */
interface Book {
  readonly firstRevision: number;
  lastRevision: number;
  latest: ReadonlyMap<string, Entry>;
  readonly revisions: Map<number, ReadonlyMap<string, Entry>>;
}

/**
 * The published history, made from the changes alone and not from the registrar's own list: what a
 * consumer holds in a revision is compared with what that revision was.
 */
export class Ledger {
  readonly #books = new Map<string, Book>();

  record(delta: Delta): void {
    const book = this.#book(delta);
    const next = new Map(book.latest);
    for (const change of delta.changes) apply(next, change);
    book.latest = next;
    book.lastRevision = delta.revision;
    book.revisions.set(delta.revision, next);
  }

  /** The list in one revision; services are empty before their first and after they are closed. */
  at(epoch: string, service: string, revision: number): ReadonlyMap<string, Entry> | undefined {
    const book = this.#books.get(bookOf(epoch, service));
    if (book === undefined || revision < book.firstRevision) return new Map();
    if (revision > book.lastRevision && book.latest.size === 0) return book.latest;
    return book.revisions.get(revision);
  }

  #book({ epoch, service, revision }: Delta): Book {
    const key = bookOf(epoch, service);
    const known = this.#books.get(key);
    if (known !== undefined) return known;
    const book: Book = {
      firstRevision: revision,
      lastRevision: revision,
      latest: new Map(),
      revisions: new Map(),
    };
    this.#books.set(key, book);
    return book;
  }
}

function bookOf(epoch: string, service: string): string {
  return `${epoch} ${service}`;
}

function apply(list: Map<string, Entry>, change: RosterChange): void {
  switch (change.kind) {
    case "put":
      list.set(change.entry.id, change.entry);
      return;
    case "gone":
      if (list.get(change.id)?.instance === change.instance) list.delete(change.id);
      return;
    case "standing": {
      const { id, instance, standing, cause } = change;
      const entry = list.get(id);
      if (entry?.instance === instance) list.set(id, { ...entry, standing, cause });
      return;
    }
    default:
      change satisfies never;
  }
}
