import type { Offset } from '../../protocol/ids.js';

/** Those who wait until a publication has been delivered on this worker. */
export class Arrivals {
  readonly #waiting = new Map<Offset, (() => void)[]>();

  until(offset: Offset): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#waiting.get(offset);
      if (others === undefined) this.#waiting.set(offset, [resolve]);
      else others.push(resolve);
    });
  }

  delivered(offset: Offset): void {
    const waiting = this.#waiting.get(offset);
    if (waiting === undefined) return;
    this.#waiting.delete(offset);
    for (const resolve of waiting) resolve();
  }

  /** What is waited for will not come any more. */
  giveUp(): void {
    for (const offset of this.#waiting.keys()) this.delivered(offset);
  }
}
