import { Observable, Subscription, switchMap, timer } from "rxjs";
import type { OperatorFunction } from "rxjs";
import type { View } from "../core/view.ts";

/** A wish to be woken. */
export interface Alarm {
  readonly id: number;
  readonly afterMs: number;
}

/** What a machine says to one input. */
export interface Step {
  /** What to show, or nothing. */
  readonly view: View | null;
  readonly alarms: readonly Alarm[];
}

/**
 * An operator without its clock: views and alarms come in, views and wishes for alarms go out. No
 * machine ever learns what time it is, so a step of the wall clock changes nothing, and an alarm
 * that nobody waits for any more must be a no-op.
 */
export interface ViewMachine {
  view(view: View): Step;
  alarm(id: number): Step;
}

/**
 * The last part of a wait begins when the rest of it is over. After the process was blocked or
 * stopped, timers run before sockets are read: this leaves the news that lies there time to be read
 * before anybody is judged by an old list.
 */
const READING_MS = 100;

/** Runs one machine for each subscriber, with timers of RxJS, so that tests run in virtual time. */
export function operate(make: () => ViewMachine): OperatorFunction<View, View> {
  return (source) =>
    new Observable((subscriber) => {
      const machine = make();
      const timers = new Subscription();
      const take = ({ view, alarms }: Step): void => {
        for (const alarm of alarms) set(alarm);
        if (view !== null) subscriber.next(view);
      };
      const set = ({ id, afterMs }: Alarm): void => {
        const last = Math.min(READING_MS, afterMs);
        const ring = timer(afterMs - last).pipe(switchMap(() => timer(last)));
        const waiting = ring.subscribe(() => {
          timers.remove(waiting);
          take(machine.alarm(id));
        });
        timers.add(waiting);
      };
      subscriber.add(timers);
      subscriber.add(
        source.subscribe({
          next: (view) => take(machine.view(view)),
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}
