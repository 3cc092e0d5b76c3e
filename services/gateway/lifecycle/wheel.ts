/** Visits every item once a period, spread evenly over it: one timer for all, not one each. */
export class Wheel<T> {
  readonly #slots: Set<T>[];
  readonly #tickMs: number;
  readonly #visit: (items: ReadonlySet<T>) => void;
  #next = 0;
  #hand = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param periodMs how often each item is visited */
  constructor(periodMs: number, visit: (items: ReadonlySet<T>) => void) {
    const slots = Math.max(1, Math.min(30, Math.floor(periodMs / 10)));
    this.#slots = Array.from({ length: slots }, () => new Set<T>());
    this.#tickMs = periodMs / slots;
    this.#visit = visit;
  }

  /** One that visits item by item, with the time. */
  static each<T>(periodMs: number, visit: (item: T, nowMs: number) => void): Wheel<T> {
    return new Wheel<T>(periodMs, (items) => {
      const nowMs = Date.now();
      for (const item of items) visit(item, nowMs);
    });
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#hand = (this.#hand + 1) % this.#slots.length;
      const items = this.#slots[this.#hand];
      if (items !== undefined && items.size > 0) this.#visit(items);
    }, this.#tickMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Returns how to take it off again. */
  add(item: T): () => void {
    this.#next = (this.#next + 1) % this.#slots.length;
    const slot = this.#slots[this.#next];
    slot?.add(item);
    return () => slot?.delete(item);
  }
}
