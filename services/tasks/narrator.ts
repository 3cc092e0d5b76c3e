import { setTimeout as delay } from 'node:timers/promises';
import type { TaskStory } from '../task-queue/story.js';
import type { TaskEvent } from '../task-queue/task.js';
import { Aborted } from './aborted.js';
import type { Lease } from './lease.js';

const AGAIN_MS = 100;

/** Tells the story of one run, one thing after the other, each until the log has it or the lease has ended. */
export class Narrator {
  readonly story: TaskStory;
  readonly #lease: Lease;
  #last: Promise<void> = Promise.resolve();
  #told = 0;

  constructor(story: TaskStory, lease: Lease) {
    this.story = story;
    this.#lease = lease;
  }

  /** Something of the run itself, after all that it told before. @throws Aborted */
  next(event: TaskEvent & Readonly<{ attempt: number }>): Promise<void> {
    this.#told += 1;
    const id = `${event.attempt}-${this.#told}`;
    return this.tell(() => this.story.tell(id, event));
  }

  /** @throws Aborted */
  tell(work: () => Promise<void>): Promise<void> {
    const told = this.#last.then(() => this.#insist(work));
    // Who waits for it hears of it; what comes after finds the same lease.
    this.#last = told.catch(() => undefined);
    return told;
  }

  async #insist(work: () => Promise<void>): Promise<void> {
    while (this.#lease.holds) {
      try {
        return await work();
      } catch {
        await delay(AGAIN_MS);
      }
    }
    throw new Aborted('lease_lost');
  }
}
