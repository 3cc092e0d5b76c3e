import type { Position } from '../../../protocol/frames.js';
import type { BrokerLimits } from '../broker.js';

type Seen = Readonly<{ place: Position; atMs: number; ordinal: number }>;

/** What one publisher had accepted in one channel: how many, and which ids lately. */
export class PublisherRecord {
  readonly #limits: BrokerLimits;
  readonly #seen = new Map<string, Seen>();
  /** How many of its messages its session counts elsewhere. */
  folded = 0;
  #count = 0;
  #expiresMs = 0;

  constructor(limits: BrokerLimits) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  isExpired(nowMs: number): boolean {
    return nowMs >= this.#expiresMs;
  }

  touch(nowMs: number): void {
    this.#expiresMs = nowMs + this.#limits.sessionTtlSeconds * 1_000;
  }

  /** Where this id was accepted, within the window and the number of ids that are remembered. */
  seen(id: string, nowMs: number): Position | undefined {
    const seen = this.#seen.get(id);
    return seen !== undefined && this.#isFresh(seen, nowMs) ? seen.place : undefined;
  }

  /** Returns the new count. */
  accept(id: string, place: Position, nowMs: number): number {
    this.#count += 1;
    this.#seen.set(id, { place, atMs: nowMs, ordinal: this.#count });
    if (this.#count % this.#limits.dedupeMaxIds === 0) {
      for (const [old, seen] of this.#seen) if (!this.#isFresh(seen, nowMs)) this.#seen.delete(old);
    }
    return this.#count;
  }

  /** The publication at this place was lost with a newer state of the store. */
  forget(place: Position): void {
    for (const [id, seen] of this.#seen) {
      if (seen.place.offset !== place.offset || seen.place.epoch !== place.epoch) continue;
      this.#seen.delete(id);
      this.#count -= 1;
    }
  }

  #isFresh({ atMs, ordinal }: Seen, nowMs: number): boolean {
    const { dedupeWindowSeconds, dedupeMaxIds } = this.#limits;
    return nowMs - atMs < dedupeWindowSeconds * 1_000 && this.#count - ordinal < dedupeMaxIds;
  }
}
