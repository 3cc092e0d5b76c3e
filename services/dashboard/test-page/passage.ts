/** What became of a connection's messages while it moved, or was away: said when it is known. */
export class Passage {
  #opened = false;
  #from = '';
  #worker = '';
  #resumed = false;
  #missed = new Set<string>();
  /** Channels that are not yet caught up; undefined: nobody waits to hear of it. */
  #awaited: Set<string> | undefined;

  moving(from: string): void {
    this.#from = from;
    this.#missed = new Set();
  }

  /** Every channel is caught up on the new worker. */
  moved(to: string): string {
    return `Moved from ${this.#from} to ${to}: ${this.#verdict('lost')}`;
  }

  away(): void {
    this.#missed = new Set();
    this.#awaited = undefined;
  }

  ended(): void {
    this.away();
    this.#opened = false;
  }

  /** A WebSocket was welcomed that is no move; true: it is not the first one. */
  opened(worker: string, resumed: boolean, channels: Iterable<string>): boolean {
    const isAgain = this.#opened;
    this.#opened = true;
    this.#worker = worker;
    this.#resumed = resumed;
    this.#awaited = isAgain ? new Set(channels) : undefined;
    return isAgain;
  }

  broken(channel: string): void {
    this.#missed.add(channel);
  }

  subscribed(channel: string, recovered: boolean): void {
    if (!recovered && this.#awaited?.has(channel) === true) this.#missed.add(channel);
    this.#awaited?.delete(channel);
  }

  /** Once, when every channel is caught up after it was away. */
  arrival(): Readonly<{ text: string; worker: string }> | undefined {
    if (this.#awaited === undefined || this.#awaited.size > 0) return undefined;
    this.#awaited = undefined;
    const session = this.#resumed ? 'resumed' : 'with a new session';
    return { text: `Back on ${this.#worker}, ${session}: ${this.#verdict('missed')}`, worker: this.#worker };
  }

  #verdict(what: 'lost' | 'missed'): string {
    if (this.#missed.size === 0) return `nothing ${what}`;
    return `something was missed in ${Array.from(this.#missed).join(', ')}`;
  }
}
