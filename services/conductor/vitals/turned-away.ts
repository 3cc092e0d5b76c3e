import type { Color } from '../engines/engine.js';
import type { Part, Reading } from './figures.js';

/** So many times as many as before are clearly more. */
const CLEARLY = 2;

/**
 * Whom a color turns away for his token. Some come with one that is no good again and again, whichever release runs, and
 * to whichever worker: so it is judged for the color as a whole, and only what goes clearly beyond what the color before
 * turned away, in the time until the switch, is the new one's doing.
 */
export class TurnedAway {
  readonly #color: Color;
  readonly #left: () => Promise<readonly Reading[]>;
  #beganAt = 0;
  #switchedAt = 0;
  /** So many a second are no reason to go back; undefined: the color before did not tell. */
  #allowed: number | undefined;

  /** @param left the workers of the color that is left; what they count is told from the first look on */
  constructor(color: Color, left: () => Promise<readonly Reading[]>) {
    this.#color = color;
    this.#left = left;
  }

  async begin(): Promise<void> {
    this.#beganAt = performance.now();
    await this.#left();
  }

  async switchIsNext(): Promise<void> {
    const part = sum(await this.#left());
    this.#switchedAt = performance.now();
    const seconds = (this.#switchedAt - this.#beganAt) / 1_000;
    // One more than were seen: that nobody came in a short time proves little.
    this.#allowed = part && (CLEARLY * (part.failed + 1)) / seconds;
  }

  /** @param workers what those of the new color tell, from before the switch on */
  beyond(workers: readonly Reading[]): Reading | undefined {
    const part = sum(workers);
    if (part === undefined || this.#allowed === undefined) return undefined;
    const allowed = Math.ceil(this.#allowed * ((performance.now() - this.#switchedAt) / 1_000));
    const failed = Math.max(0, part.failed - allowed);
    return { source: this.#color, moments: {}, shares: { turned_away: { failed, of: part.of } } };
  }
}

/** Undefined: one of them does not tell, or there is none. */
const sum = (readings: readonly Reading[]): Part | undefined => {
  const parts = readings.flatMap(({ turnedAway, isMissing = false }) => (isMissing ? [] : [turnedAway]));
  let [failed, of] = [0, 0];
  for (const part of parts) {
    if (part === undefined) return undefined;
    failed += part.failed;
    of += part.of;
  }
  return parts.length === 0 ? undefined : { failed, of };
};
