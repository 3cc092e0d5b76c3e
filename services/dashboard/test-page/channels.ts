import type { Position } from './wire.js';

/** The channels that the page wants, each with the last place it has seen: where it recovers from. */
export class Channels {
  readonly #positions = new Map<string, Position | undefined>();

  /** In the order in which they were added. */
  all(): ReadonlyMap<string, Position | undefined> {
    return this.#positions;
  }

  add(name: string, position?: Position): void {
    if (!this.#positions.has(name)) this.#positions.set(name, position);
  }

  remove(name: string): void {
    this.#positions.delete(name);
  }

  /** Forgets the places, not the channels. */
  forgetPositions(): void {
    for (const name of this.#positions.keys()) this.#positions.set(name, undefined);
  }

  /** The server said where a subscription begins: after what was seen if recovered, else at its newest place. */
  subscribed(name: string, newest: Position, recovered: boolean): void {
    if (this.#positions.has(name) && !recovered) this.#positions.set(name, newest);
  }

  /** Takes each offset once, from whichever connection brings it first. False: it had been taken before. */
  take(name: string, position: Position): boolean {
    const seen = this.#positions.get(name);
    if (seen !== undefined && position.offset <= seen.offset) return false;
    if (this.#positions.has(name)) this.#positions.set(name, position);
    return true;
  }
}
