/** A socket that holds an ack. */
export type AckHolder = Readonly<{ release(): void }>;

/**
 * The acks of what Redis says at once, for many publishes of many clients, go out when all of it has been worked through: one right
 * behind the other. Where the work for the next ack lies between two, whoever takes them has gone to sleep and is woken anew for each.
 */
export class Acks {
  #holders: AckHolder[] = [];

  /** It is released in this turn of the event loop, behind the promises that are settled now. */
  add(holder: AckHolder): void {
    if (this.#holders.length === 0) process.nextTick(() => this.#release());
    this.#holders.push(holder);
  }

  #release(): void {
    const holders = this.#holders;
    this.#holders = [];
    for (const holder of holders) holder.release();
  }
}
