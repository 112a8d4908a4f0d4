import { statSync } from "node:fs";
import { RollcallError } from "../core/errors.ts";
import { readAllowFile } from "./files.ts";
import { AllowList } from "./rules.ts";
import type { AllowRules } from "./rules.ts";

/** How often the file of an allow list is looked at. */
const ALLOW_POLL_MS = 1000;

/** What becomes of a file that was read again. */
export interface AllowHandlers {
  readonly changed: () => void;
  /** It cannot be used; what was in force stays. */
  readonly broken: (error: unknown) => void;
}

/**
 * The allow list in force: rules that stay, or a file that is read again whenever it changes. It is
 * looked at by its time, size and inode: watching by the system misses files that are replaced
 * behind a symbolic link, as container platforms do.
 */
export class Allow {
  readonly #path: string | null;
  #list: AllowList;
  #stamp: string;
  #timer: NodeJS.Timeout | null = null;
  #handlers: AllowHandlers | null = null;

  /** A text is the path of a file. Throws `ERR_OPTION` or `ERR_CONFIG`. */
  constructor(given: string | AllowRules) {
    this.#path = typeof given === "string" ? given : null;
    this.#stamp = this.#path === null ? "" : stampOf(this.#path);
    this.#list =
      typeof given === "string"
        ? readAllowFile(given)
        : AllowList.from(given, (flaw) => new RollcallError("ERR_OPTION", `keys.allow: ${flaw}`));
  }

  get list(): AllowList {
    return this.#list;
  }

  /** Follows the file until `close`. */
  follow(handlers: AllowHandlers): void {
    this.#handlers = handlers;
    if (this.#path === null) return;
    this.#timer = setInterval(() => this.#look(), ALLOW_POLL_MS);
  }

  /** Reads the file now. False where it cannot be used, so that what was in force stays. */
  reload(): boolean {
    if (this.#path === null) return true;
    this.#stamp = stampOf(this.#path);
    try {
      this.#list = readAllowFile(this.#path);
    } catch (error) {
      this.#handlers?.broken(error);
      return false;
    }
    this.#handlers?.changed();
    return true;
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    if (this.#path !== null && stampOf(this.#path) !== this.#stamp) this.reload();
  }
}

/** What changes with the content; empty where there is no file. */
function stampOf(path: string): string {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(" ");
  } catch {
    return "";
  }
}
