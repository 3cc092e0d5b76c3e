import type { TargetedMessageFrame } from '../protocol/frames.js';

/** Takes each message to this client once: while it moves both of its connections bring it [send-4]. */
export class Targeted {
  readonly #taken = new Set<string>();

  /** Whether it is new. @param alone there is one connection only: nothing else will be brought twice any more */
  takes({ message_id: id }: TargetedMessageFrame, alone: boolean): boolean {
    if (this.#taken.has(id)) return false;
    if (alone) this.#taken.clear();
    this.#taken.add(id);
    return true;
  }
}
