import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { portOf } from "../helpers/proxy.ts";

/*
 * The transport protocol of ZeroMQ by hand (ZMTP 3.1, RFC 37), because a ZeroMQ library refuses to
 * send what these attacks consist of. Nothing that comes back is read.
 */

/** How many bytes may wait in this process before a sender waits for the other side. */
const WINDOW_BYTES = 4_194_304;
const GREETING_BYTES = 64;
/** A greeting and the shortest command that says that a side is ready. */
const HANDSHAKE_BYTES = GREETING_BYTES + 8;
const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/** The 64 bytes that open a connection, under any mechanism. */
export function greetingOf(mechanism = "NULL"): Buffer {
  const greeting = Buffer.alloc(GREETING_BYTES);
  greeting[0] = 0xff;
  greeting[8] = 1;
  greeting[9] = 0x7f;
  greeting[10] = 3;
  greeting[11] = 1;
  greeting.write(mechanism, 12, "latin1");
  return greeting;
}

/** The command that ends a handshake without keys; `id` is what the other side is to call us. */
export function readyOf(socketType: "DEALER" | "SUB", id?: Uint8Array): Buffer {
  const type = propertyOf("Socket-Type", Buffer.from(socketType, "latin1"));
  const named = id === undefined ? [] : [propertyOf("Identity", id)];
  return frameOf(Buffer.concat([Buffer.from("\x05READY", "latin1"), type, ...named]), COMMAND);
}

function propertyOf(name: string, value: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name, "latin1"), length, value]);
}

/** One frame of a message; `hasMore` says that another one follows. */
export function messageOf(body: Uint8Array, hasMore = false): Buffer {
  return frameOf(body, hasMore ? MORE : 0);
}

/** The old form of a subscription, which every version takes: a byte and the topic. */
export function subscriptionOf(topic: string | Uint8Array, isWanted = true): Buffer {
  const bytes = typeof topic === "string" ? Buffer.from(topic, "utf8") : topic;
  return messageOf(Buffer.concat([Buffer.of(isWanted ? 1 : 0), bytes]));
}

/** A frame that claims a length, and has no more than its head. */
export function claimOf(length: bigint, flags = 0): Buffer {
  const head = Buffer.alloc(9);
  head[0] = flags | LONG;
  head.writeBigUInt64BE(length, 1);
  return head;
}

function frameOf(body: Uint8Array, flags: number): Buffer {
  const isLong = body.length > 255;
  const head = Buffer.alloc(isLong ? 9 : 2);
  head[0] = flags | (isLong ? LONG : 0);
  if (isLong) head.writeBigUInt64BE(BigInt(body.length), 1);
  else head[1] = body.length;
  return Buffer.concat([head, body]);
}

/** A TCP connection that writes what it likes, as fast as the other side takes it. */
export class RawConnection {
  readonly #socket: Socket;
  #bytes = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("data", (data) => (this.#bytes += data.length));
  }

  /** A connection that is open; undefined where none was to be had. */
  static async open(endpoint: string): Promise<RawConnection | undefined> {
    const socket = connect({ port: portOf(endpoint), host: "127.0.0.1" });
    const connection = new RawConnection(socket);
    try {
      await once(socket, "connect");
    } catch {
      return undefined;
    }
    return connection;
  }

  /** As `open`, with the handshake of a client without keys done. */
  static async client(
    endpoint: string,
    socketType: "DEALER" | "SUB",
  ): Promise<RawConnection | undefined> {
    const connection = await RawConnection.open(endpoint);
    await connection?.write(Buffer.concat([greetingOf(), readyOf(socketType)]));
    // What comes before the other side has said that it is ready ends the connection.
    await connection?.hears(HANDSHAKE_BYTES);
    return connection;
  }

  /** Resolves when so many bytes have come, or when the connection is over. */
  async hears(bytes: number): Promise<void> {
    while (this.#bytes < bytes && !this.#socket.destroyed) await this.#next("data");
  }

  /** Bytes that came. */
  get heard(): number {
    return this.#bytes;
  }

  get isOver(): boolean {
    return this.#socket.destroyed;
  }

  /** Resolves when there is room for more, or when the connection is over. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength < WINDOW_BYTES) return;
    await this.#next("drain");
  }

  /** Resolves when everything has left this process, or when the connection is over. */
  async flush(): Promise<void> {
    while (!this.#socket.destroyed && this.#socket.writableLength > 0) await this.#next("drain");
  }

  /** Stops reading: what comes back stays in the pipes. */
  deaf(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(event: "drain" | "data"): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off(event, done);
        this.#socket.off("close", done);
        resolve();
      };
      this.#socket.once(event, done);
      this.#socket.once("close", done);
    });
  }
}
