import type { BackgroundTask } from './background-tasks.js';
import { Loop } from './loop.js';

/** Visits every item once a period, spread evenly over it: one timer for all, not one each. */
export class Wheel<T> {
  readonly loop: Loop;
  readonly #slots: Set<T>[];
  readonly #visit: (items: ReadonlySet<T>) => unknown;
  #next = 0;
  #hand = 0;

  /**
   * @param task its name in metrics
   * @param periodMs how often each item is visited
   */
  constructor(task: BackgroundTask, periodMs: number, visit: (items: ReadonlySet<T>) => unknown) {
    const slots = Math.max(1, Math.min(30, Math.floor(periodMs / 10)));
    this.#slots = Array.from({ length: slots }, () => new Set<T>());
    this.loop = new Loop(task, periodMs / slots, () => this.#turn());
    this.#visit = visit;
  }

  /** One that visits item by item, with the time. */
  static each<T>(task: BackgroundTask, periodMs: number, visit: (item: T, nowMs: number) => void): Wheel<T> {
    return new Wheel<T>(task, periodMs, (items) => {
      const nowMs = Date.now();
      for (const item of items) visit(item, nowMs);
    });
  }

  start(): void {
    this.loop.start();
  }

  stop(): void {
    this.loop.stop();
  }

  /** Returns its place, by which it is taken off again: a function for that would cost each item a hundred bytes. */
  add(item: T): number {
    this.#next = (this.#next + 1) % this.#slots.length;
    this.#slots[this.#next]?.add(item);
    return this.#next;
  }

  /** @param place what `add` returned; undefined: it is on no place */
  remove(item: T, place: number | undefined): void {
    if (place !== undefined) this.#slots[place]?.delete(item);
  }

  #turn(): unknown {
    this.#hand = (this.#hand + 1) % this.#slots.length;
    const items = this.#slots[this.#hand];
    return items !== undefined && items.size > 0 ? this.#visit(items) : undefined;
  }
}
