import type { Away, Named } from "../core/io.ts";
import { ANY_EPOCH } from "../core/messages.ts";
import type { FromRegistrar, Join, ToRegistrar, Watch } from "../core/messages.ts";
import type { LimitedLog, Logger } from "../host/log.ts";
import type { SettledRegistrarKeys } from "../keys/options.ts";
import { claimedKey, isProved, sharedSecret } from "../keys/proof.ts";
import type { Challenge } from "../keys/proof.ts";
import type { AllowList } from "../keys/rules.ts";
import { bytesOf, encodeKey } from "../keys/z85.ts";
import type { RegistrarPortKeys, SocketName } from "../transport/port.ts";

/** What a gate needs of the registrar around it. */
export interface GateOptions {
  readonly keys: SettledRegistrarKeys;
  /** Of the WELCOME. */
  readonly nonce: string;
  readonly epoch: string;
  readonly logger: Logger;
  /** For what strangers can repeat. */
  readonly limited: LimitedLog;
  readonly send: (route: string, message: FromRegistrar) => void;
  /** The connection may not go on: what it was is over. */
  readonly expel: (route: string) => void;
  /** Members that are listed without a connection, with the keys that they had. */
  readonly away: () => Iterable<Away>;
  /** Takes one of these from the list. */
  readonly strike: (name: Named) => void;
  /** Ends every connection to the roster; those who may come back. */
  readonly renewRoster: () => void;
}

/** Which key speaks on a connection, and what it was let in for. */
interface Pass {
  readonly key: string;
  /** Services it asked to join since it left last; none for a watcher. */
  readonly services: ReadonlySet<string>;
}

/**
 * Lets in who is listed: keys when they connect, and messages by the proofs they carry. ZeroMQ does
 * not tell by which key a connection was made, so every connection proves it with its JOIN or WATCH,
 * and what comes over one that did not reaches nobody.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #challenge: Challenge;
  readonly #secret: Buffer;
  readonly #passes = new Map<string, Pass>();
  /** The list that was in force when it was looked at last, for names of keys that are removed. */
  #before: AllowList;
  /** Keys that were let in to the roster since it was bound. */
  readonly #readers = new Set<string>();
  readonly #shared = new Map<string, Buffer | undefined>();
  /** Connections whose key is not listed any more. libzmq cannot close them, so they stay. */
  readonly #expelled = new Set<string>();
  #refused = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    const { own, allow } = options.keys;
    this.#before = allow.list;
    this.#secret = bytesOf(own.secretKey);
    this.#challenge = {
      nonce: options.nonce,
      registrar: bytesOf(own.publicKey),
    };
  }

  /** Connections, joins and watches refused for their key. */
  get refused(): number {
    return this.#refused;
  }

  /** Connections whose key was taken off the list and that did not hang up. */
  get expelled(): number {
    return this.#expelled.size;
  }

  /** What the sockets are made with. */
  get portKeys(): RegistrarPortKeys {
    const { own } = this.#options.keys;
    return { ...own, mayConnect: (...connection) => this.#mayConnect(...connection) };
  }

  /** Follows the file of the allow list. */
  open(): void {
    const { keys, logger } = this.#options;
    keys.allow.follow({
      changed: () => this.#changed(),
      broken: (error) => logger.error({ err: error }, "keys.notReloaded: the list before stays"),
    });
  }

  reload(): boolean {
    return this.#options.keys.allow.reload();
  }

  close(): void {
    this.#options.keys.allow.close();
  }

  /** The key that has proved itself on this connection. */
  keyOf(route: string): string | undefined {
    return this.#passes.get(route)?.key;
  }

  /** True for a message that may reach the registrar; any other was answered. */
  admits(route: string, message: ToRegistrar): boolean {
    // It proves nothing; after the greeting the client asks again, with a proof.
    if (message.epoch === ANY_EPOCH) return false;
    // What was meant for the registrar before us is ignored by the machine.
    if (message.epoch !== this.#options.epoch) return true;
    if (message.kind === "join" || message.kind === "watch") return this.#lets(route, message);
    const pass = this.#passes.get(route);
    // Who has left is no member any more, but may go on watching.
    if (pass !== undefined && message.kind === "leave") {
      this.#passes.set(route, { ...pass, services: new Set() });
    }
    if (pass !== undefined) return true;
    this.#options.send(route, { kind: "rejoin" });
    return false;
  }

  /** The connection is gone. */
  closed(route: string): void {
    this.#passes.delete(route);
    this.#expelled.delete(route);
  }

  get #list(): AllowList {
    return this.#options.keys.allow.list;
  }

  #mayConnect(socket: SocketName, bytes: Uint8Array, address: string): boolean {
    const key = encodeKey(bytes);
    if (this.#list.has(key)) {
      if (socket === "roster") this.#readers.add(key);
      return true;
    }
    this.#refused += 1;
    this.#options.limited.warn("key.notListed", { key, address, socket });
    return false;
  }

  #lets(route: string, message: Join | Watch): boolean {
    const flaw = this.#flawOf(route, message);
    if (flaw === undefined) this.#expelled.delete(route);
    if (flaw === undefined) return true;
    this.#refused += 1;
    const key = claimedKey(message.proof);
    const name = key === undefined ? undefined : this.#list.nameOf(key);
    this.#options.limited.warn("key.refused", { detail: flaw, name, asked: message.kind });
    this.#options.send(route, { kind: "refused", code: "ERR_NOT_AUTHORISED", text: flaw });
    return false;
  }

  /** Why a message is refused; without a reason the connection has its pass. */
  #flawOf(route: string, message: Join | Watch): string | undefined {
    const key = claimedKey(message.proof);
    if (key === undefined) return "this registrar asks for the proof of a key";
    if (!this.#list.has(key)) return `the key ${key} is not listed`;
    const shared = this.#sharedWith(key);
    if (shared === undefined || !isProved(message, this.#challenge, shared)) {
      return `the proof is not that of the key ${key}`;
    }
    const before = this.#passes.get(route);
    if (before !== undefined && before.key !== key) return "this connection has another key";
    const services = new Set(before?.services);
    if (message.kind === "join") {
      const { service } = message;
      if (!this.#list.mayJoin(key, service)) return `the key ${key} may not join ${service}`;
      // The machine refuses a second service, but that does not end what the first one was let in for.
      services.add(service);
    }
    this.#passes.set(route, { key, services });
    return undefined;
  }

  /** Only for listed keys, so strangers cannot make us compute or remember. */
  #sharedWith(key: string): Buffer | undefined {
    if (!this.#shared.has(key)) {
      const bytes = bytesOf(key);
      this.#shared.set(key, sharedSecret(this.#secret, bytes));
    }
    return this.#shared.get(key);
  }

  /** Another list is in force: whoever it does not hold any more loses what it has. */
  #changed(): void {
    this.#shared.clear();
    const list = this.#list;
    const before = this.#before;
    this.#before = list;
    this.#options.logger.info({ keys: list.size }, "keys.loaded");
    for (const [route, { key, services }] of this.#passes) {
      if (list.has(key) && [...services].every((service) => list.mayJoin(key, service))) continue;
      this.#passes.delete(route);
      this.#expelled.add(route);
      this.#options.expel(route);
      const text = `the key ${key} is not listed any more`;
      this.#options.send(route, { kind: "refused", code: "ERR_NOT_AUTHORISED", text });
      this.#removed(key, { name: before.nameOf(key), services: [...services] });
    }
    for (const { key, service, id } of this.#options.away()) {
      if (list.mayJoin(key, service)) continue;
      this.#options.strike({ service, id });
      this.#removed(key, { name: before.nameOf(key), services: [service], id });
    }
    if ([...this.#readers].every((key) => list.has(key))) return;
    this.#readers.clear();
    this.#options.renewRoster();
  }

  #removed(key: string, facts: object): void {
    this.#options.logger.warn({ key, ...facts }, "key.removed");
  }
}
