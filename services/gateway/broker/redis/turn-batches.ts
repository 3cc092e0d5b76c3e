import type { ChannelName } from '../../../protocol/ids.js';

/** A script holds up everybody else at Redis: it does no more than this at once. */
const MOST_ITEMS = 64;

/** At least one. */
export type Batch<Item> = readonly [Item, ...Item[]];

/**
 * What one turn of the event loop has for Redis, by channel: one script then does all of a channel's. It goes out when the
 * turn has read every socket, so that nothing waits for a timer. Items of one channel keep their order.
 */
export class TurnBatches<Item extends Readonly<{ channel: ChannelName }>> {
  readonly #send: (batches: readonly Batch<Item>[]) => void;
  readonly #growing = new Map<ChannelName, [Item, ...Item[]]>();
  #full: Batch<Item>[] = [];
  #turn: NodeJS.Immediate | undefined;

  constructor(send: (batches: readonly Batch<Item>[]) => void) {
    this.#send = send;
  }

  add(item: Item): void {
    const batch = this.#growing.get(item.channel);
    if (batch === undefined) this.#growing.set(item.channel, [item]);
    else if (batch.push(item) === MOST_ITEMS) {
      this.#growing.delete(item.channel);
      this.#full.push(batch);
    }
    this.#turn ??= setImmediate(() => this.flush());
  }

  /** Sends what there is, now. */
  flush(): void {
    const batches = [...this.#full, ...this.#growing.values()];
    this.clear();
    if (batches.length > 0) this.#send(batches);
  }

  /** Forgets what has not gone out. */
  clear(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#full = [];
    this.#growing.clear();
  }
}
