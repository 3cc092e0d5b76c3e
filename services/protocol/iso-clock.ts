/**
 * Times as frames and log lines have them. Under load a worker writes many of them in one millisecond, and to write its time down costs
 * a fifth of what a ping costs: it is done once for each.
 */
export class IsoClock {
  #ms = NaN;
  #text = '';

  /** ISO 8601 in UTC. @param ms since 1970 */
  at(ms: number): string {
    if (ms !== this.#ms) {
      this.#ms = ms;
      this.#text = new Date(ms).toISOString();
    }
    return this.#text;
  }
}
