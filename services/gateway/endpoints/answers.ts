/** A socket that holds an answer to its client. */
export type AnswerHolder = Readonly<{ release(): void }>;

/**
 * What many clients are answered because of one thing that Redis said: acks, welcomes. It goes out when all of that has been worked
 * through, one right behind the other. Where the work for the next answer lies between two, whoever takes them (nginx, a client with
 * many connections) has gone to sleep, and is woken anew for each.
 */
export class Answers {
  #holders: AnswerHolder[] = [];

  /** It is released in this turn of the event loop, behind the promises that are settled now. */
  add(holder: AnswerHolder): void {
    if (this.#holders.length === 0) process.nextTick(() => this.#release());
    this.#holders.push(holder);
  }

  #release(): void {
    const holders = this.#holders;
    this.#holders = [];
    for (const holder of holders) holder.release();
  }
}
