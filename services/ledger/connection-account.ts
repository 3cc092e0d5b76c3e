import { now } from './clock.js';
import type { Place } from './events.js';

/** A stretch without a hole: `from`, `from` + 1 … `to`. */
export type Run = { readonly from: number; to: number };

/** What came behind one `subscribed`, as the runs in which it came. `base` is the offset that the first one follows. */
export type Stretch = Readonly<{ base: number; runs: readonly Run[] }>;

/**
 * What the server sent of one channel on one connection, below every deduplication of a client. A connection that keeps
 * [order-1] is one run a stretch, however long it lives.
 */
export class ConnectionAccount {
  readonly stretches: Stretch[] = [];
  /** Where it led, and since when; undefined before its welcome. */
  welcome: Readonly<{ color: string; atMs: number }> | undefined;
  #runs: Run[] | undefined;
  #run: Run | undefined;

  welcomed(color: string, atMs = now()): void {
    this.welcome ??= { color, atMs };
  }

  /** A `subscribed` came. `place` is the one that the first message follows: recovered from, or the channel's newest. */
  subscribed({ offset }: Place): void {
    this.#runs = [];
    this.#run = undefined;
    this.stretches.push({ base: offset, runs: this.#runs });
  }

  /** A message came, whatever its epoch: it may change on the way [order-2]. */
  sent(offset: number): void {
    if (this.#run !== undefined && offset === this.#run.to + 1) {
      this.#run.to = offset;
      return;
    }
    if (this.#runs === undefined) this.subscribed({ epoch: '', offset: offset - 1 });
    this.#run = { from: offset, to: offset };
    this.#runs?.push(this.#run);
  }
}
