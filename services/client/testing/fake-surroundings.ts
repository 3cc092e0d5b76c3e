import type { Surroundings } from '../surroundings.js';

/** A platform that the test plays: it says when the network goes and comes, and when the page is seen. */
export class FakeSurroundings implements Surroundings {
  online = true;
  #events: Parameters<Surroundings['watch']>[0] | undefined;

  watch(events: Parameters<Surroundings['watch']>[0]): () => void {
    this.#events = events;
    return () => (this.#events = undefined);
  }

  get isWatched(): boolean {
    return this.#events !== undefined;
  }

  goOffline(): void {
    this.online = false;
    this.#events?.offline();
  }

  goOnline(): void {
    this.online = true;
    this.#events?.woken();
  }

  becomeVisible(): void {
    this.#events?.woken();
  }
}
