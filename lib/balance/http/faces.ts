import type { IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";

/** What an attempt tells the exchange it belongs to. */
export interface Course {
  /**
   * A connection takes the request; ends it where the caller has given up meanwhile, and throws where
   * another attempt has taken its place.
   */
  sent(attempt: Attempt): void;
  answered(attempt: Attempt, status: number): void;
  completed(attempt: Attempt): void;
  upgraded(attempt: Attempt, socket: Duplex): void;
  failed(attempt: Attempt, error: Error): void;
  abort(reason: Error): void;
}

/** One try with one peer. */
export interface Attempt extends Dispatcher.DispatchHandler {
  /** Ends it; undefined until a connection took it. */
  readonly cancel: ((reason: Error) => void) | undefined;
}

/** The caller's handler, in whichever of undici's two forms it is. */
export interface Face {
  /** The request is under way; called once, whatever becomes of its attempts. */
  begin(course: Course): void;
  attempt(course: Course): Attempt;
  fail(error: Error): void;
}

/**
 * Undici 7 takes handlers of two forms and tells them apart in this way. The older one is what `fetch`
 * of undici and of Node itself use. Each is handed on as it is: a conversion would cost time, and in
 * one direction joins several `set-cookie` headers to one.
 */
export function faceOf(handler: Dispatcher.DispatchHandler): Face {
  return handler.onRequestStart === undefined ? new RawFace(handler) : new ControlledFace(handler);
}

class RawFace implements Face {
  readonly #handler: Dispatcher.DispatchHandler;

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  begin(course: Course): void {
    this.#handler.onConnect?.((reason) => course.abort(reason ?? new Error("aborted")));
  }

  attempt(course: Course): Attempt {
    return new RawAttempt(course, this.#handler);
  }

  fail(error: Error): void {
    this.#handler.onError?.(error);
  }
}

class RawAttempt implements Attempt {
  cancel: ((reason: Error) => void) | undefined;
  readonly #course: Course;
  readonly #handler: Dispatcher.DispatchHandler;

  constructor(course: Course, handler: Dispatcher.DispatchHandler) {
    this.#course = course;
    this.#handler = handler;
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.cancel = abort;
    this.#course.sent(this);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onHeaders(...answer: [number, Buffer[], () => void, string]): boolean {
    this.#course.answered(this, answer[0]);
    return this.#handler.onHeaders?.(...answer) ?? true;
  }

  onData(chunk: Buffer): boolean {
    return this.#handler.onData?.(chunk) ?? true;
  }

  onComplete(trailers: string[] | null): void {
    this.#course.completed(this);
    this.#handler.onComplete?.(trailers);
  }

  onUpgrade(status: number, headers: Buffer[] | string[] | null, socket: Duplex): void {
    this.#course.upgraded(this, socket);
    this.#handler.onUpgrade?.(status, headers, socket);
  }

  onBodySent(chunkSize: number, totalBytesSent: number): void {
    this.#handler.onBodySent?.(chunkSize, totalBytesSent);
  }

  onError(error: Error): void {
    this.#course.failed(this, error);
  }
}

class ControlledFace implements Face {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #controller = new LastingController();

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  begin(course: Course): void {
    this.#controller.course = course;
    this.#handler.onRequestStart?.(this.#controller, {});
  }

  attempt(course: Course): Attempt {
    return new ControlledAttempt(course, this.#handler, this.#controller);
  }

  fail(error: Error): void {
    this.#handler.onResponseError?.(this.#controller, error);
  }
}

/** The caller's controller: stays the same while attempts come and go. */
class LastingController implements Dispatcher.DispatchController {
  course: Course | undefined;
  current: Dispatcher.DispatchController | undefined;
  #reason: Error | null = null;
  #isPaused = false;

  get aborted(): boolean {
    return this.#reason !== null;
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  get reason(): Error | null {
    return this.#reason;
  }

  get rawHeaders(): Exclude<Dispatcher.DispatchController["rawHeaders"], undefined> {
    return this.current?.rawHeaders ?? null;
  }

  get rawTrailers(): Exclude<Dispatcher.DispatchController["rawTrailers"], undefined> {
    return this.current?.rawTrailers ?? null;
  }

  abort(reason: Error): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.course?.abort(reason);
  }

  pause(): void {
    this.#isPaused = true;
    this.current?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.current?.resume();
  }
}

class ControlledAttempt implements Attempt {
  cancel: ((reason: Error) => void) | undefined;
  readonly #course: Course;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #controller: LastingController;

  constructor(course: Course, handler: Dispatcher.DispatchHandler, controller: LastingController) {
    this.#course = course;
    this.#handler = handler;
    this.#controller = controller;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.cancel = (reason) => controller.abort(reason);
    this.#course.sent(this);
    this.#controller.current = controller;
    if (this.#controller.paused) controller.pause();
  }

  onRequestUpgrade(
    _: Dispatcher.DispatchController,
    ...[status, headers, socket]: [number, IncomingHttpHeaders, Duplex]
  ): void {
    this.#course.upgraded(this, socket);
    this.#handler.onRequestUpgrade?.(this.#controller, status, headers, socket);
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    ...[status, headers, text]: [number, IncomingHttpHeaders, string?]
  ): void {
    this.#course.answered(this, status);
    this.#handler.onResponseStart?.(this.#controller, status, headers, text);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(this.#controller, chunk);
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#course.completed(this);
    this.#handler.onResponseEnd?.(this.#controller, trailers);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#course.failed(this, error);
  }
}
