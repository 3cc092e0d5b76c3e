import { asOurs } from '../../../application/scope.js';

/** Publishes, sends and starts of tasks of one call that may be under way at a time (docs/HANDLERS.md). */
const MOST_UNDER_WAY = 100;

/** A handler asks for more than it waits for. */
class TooManyCalls extends Error {
  override readonly name = 'TooManyCalls';

  constructor() {
    super(
      `${MOST_UNDER_WAY} publishes, sends and tasks of this call are under way: wait for them first; nothing was done`,
    );
  }
}

/** What one call of a handler has us do: bounded, so that one that floods keeps nobody else on its worker waiting. */
export class CallWork {
  #underWay = 0;

  /** What a handler does not wait for it may leave. */
  readonly begin = <T>(work: () => Promise<T>): Promise<T> => {
    const promise = this.#underWay < MOST_UNDER_WAY ? this.#begin(work) : Promise.reject(new TooManyCalls());
    promise.catch(() => undefined);
    return promise;
  };

  async #begin<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await asOurs(work);
    } finally {
      this.#underWay -= 1;
    }
  }
}
