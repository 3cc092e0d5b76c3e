import type { Place } from './events.js';

/** A life of the channel's log, and when it was first heard of. */
type Life = Readonly<{ epoch: string; seenAtMs: number }>;

/**
 * What all subscribers of a channel heard, each message once: an account then keeps one number a message. A message is
 * (epoch, offset, id); the same place with another id is another message, and the checker will see it.
 */
export class Places {
  /** By number of the message. */
  readonly offsets: number[] = [];
  readonly lives: number[] = [];
  readonly ids: number[] = [];
  readonly #lives: Life[] = [];
  readonly #lifeNumbers = new Map<string, number>();
  readonly #idNumbers = new Map<string, number>();
  readonly #idTexts: string[] = [];
  /** The newest message at an offset, and the one before it at the same offset. */
  readonly #newestAt = new Map<number, number>();
  readonly #older: (number | undefined)[] = [];

  /** The number of a message, a new one if nobody heard it before. */
  numberOf({ epoch, offset }: Place, id: string, atMs: number): number {
    let found = this.#newestAt.get(offset);
    for (; found !== undefined; found = this.#older[found]) {
      if (this.idOf(found) === id && this.epochOf(found) === epoch) return found;
    }
    const fresh = this.offsets.length;
    this.offsets.push(offset);
    this.lives.push(this.see(epoch, atMs));
    this.ids.push(this.#numberOfId(id));
    this.#older.push(this.#newestAt.get(offset));
    this.#newestAt.set(offset, fresh);
    return fresh;
  }

  idOf(message: number): string {
    return this.#idTexts[this.ids[message] ?? -1] ?? '';
  }

  epochOf(message: number): string {
    return this.#lives[this.lives[message] ?? -1]?.epoch ?? '';
  }

  /** Undefined: nobody heard this id. */
  idNumber(id: string): number | undefined {
    return this.#idNumbers.get(id);
  }

  get idCount(): number {
    return this.#idTexts.length;
  }

  get heardOf(): readonly Life[] {
    return this.#lives;
  }

  /** Notes that there is such a life; gives its number. */
  see(epoch: string, atMs: number): number {
    const known = this.#lifeNumbers.get(epoch);
    if (known !== undefined) return known;
    const fresh = this.#lives.length;
    this.#lives.push({ epoch, seenAtMs: atMs });
    this.#lifeNumbers.set(epoch, fresh);
    return fresh;
  }

  #numberOfId(id: string): number {
    const known = this.#idNumbers.get(id);
    if (known !== undefined) return known;
    const fresh = this.#idTexts.length;
    this.#idTexts.push(id);
    this.#idNumbers.set(id, fresh);
    return fresh;
  }
}
