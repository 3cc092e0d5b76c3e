import type { Surroundings } from '../surroundings.js';

/** A platform that the test plays: it says when the network goes and comes, and when the page is seen. */
export class FakeSurroundings implements Surroundings {
  online = true;
  #woken: (() => void) | undefined;

  watch(woken: () => void): () => void {
    this.#woken = woken;
    return () => (this.#woken = undefined);
  }

  get isWatched(): boolean {
    return this.#woken !== undefined;
  }

  goOffline(): void {
    this.online = false;
  }

  goOnline(): void {
    this.online = true;
    this.#woken?.();
  }

  becomeVisible(): void {
    this.#woken?.();
  }
}
