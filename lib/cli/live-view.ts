import type { ConnectionState, View, Watcher } from "../index.ts";
import type { Context } from "./command.ts";
import { paintFor, sizeOf } from "./io.ts";
import type { Paint } from "./render/style.ts";
import { frame } from "./render/frame.ts";
import type { SeenEvent, WatchEvent } from "./render/events.ts";
import { Screen } from "./render/screen.ts";

const EVENTS_KEPT = 20;
const LOG_KEPT = 3;

/** The page of `watch` and `demo` on a terminal: a watcher's list, drawn again whenever it changes. */
export class LiveView {
  readonly #context: Context;
  readonly #watcher: Watcher;
  readonly #title: string;
  readonly #showsService: boolean;
  readonly #paint: Paint;
  readonly #screen: Screen;
  #connection: ConnectionState = { kind: "connecting" };
  #view: View | null = null;
  #events: readonly SeenEvent[] = [];
  #log: readonly string[] = [];
  #caption: readonly string[] = [];

  constructor(
    context: Context,
    watcher: Watcher,
    options: { readonly title: string; readonly showsService: boolean },
  ) {
    this.#context = context;
    this.#watcher = watcher;
    this.#title = options.title;
    this.#showsService = options.showsService;
    const { io } = context;
    this.#paint = paintFor(io, io.stdout);
    this.#screen = new Screen(io.stdout, () => this.#lines());
  }

  open(): void {
    this.#watcher.connection$.subscribe((connection) => {
      // Closing is our own doing; the last frame shows how it stood before.
      if (connection.kind !== "closed") this.#connection = connection;
      this.#screen.draw();
    });
    this.#watcher.view$.subscribe((view) => this.#take(view));
    this.#context.log.divert((line) => {
      this.#log = [...this.#log, line].slice(-LOG_KEPT);
      this.#screen.draw();
    });
    this.#screen.open();
  }

  /** Shows these lines below everything. */
  caption(lines: readonly string[]): void {
    this.#caption = lines;
    this.#screen.draw();
  }

  close(): void {
    this.#screen.close();
    this.#context.log.divert(null);
  }

  #take(view: View): void {
    const wallMs = Date.now();
    const isFirst = this.#view === null;
    const events: WatchEvent[] = view.changes.map((change) => ({ kind: "change", change }));
    if (!isFirst && view.authority !== this.#view?.authority) {
      events.push({ kind: "authority", authority: view.authority });
    }
    this.#view = view;
    // Those present at the beginning are in the table; as events they would tell nothing.
    const news = isFirst ? [] : events.map((event) => ({ wallMs, event }));
    this.#events = [...this.#events, ...news].slice(-EVENTS_KEPT);
    this.#screen.draw();
  }

  #lines(): readonly string[] {
    const { columns, rows } = sizeOf(this.#context.io.stdout);
    return frame(
      {
        title: this.#title,
        view: this.#view ?? this.#watcher.view,
        hasView: this.#view !== null,
        connection: this.#connection,
        showsService: this.#showsService,
        events: this.#events,
        notes: [...this.#log, ...this.#caption],
      },
      { columns, rows, wallMs: Date.now(), paint: this.#paint },
    );
  }
}
