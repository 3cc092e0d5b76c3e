import type { Epoch, Offset } from '../../protocol/ids.js';
import type { Position } from '../../protocol/frames.js';

export type RecentFrame = Readonly<{ epoch: Epoch; offset: Offset; text: string }>;

/**
 * The last publications of a channel on this worker, encoded, without a hole up to the feed's position. It serves
 * short recoveries without Redis, and joins what was read from the log to what is live.
 */
export class RecentFrames {
  readonly #maxFrames: number;
  readonly #maxChars: number;
  #frames: RecentFrame[] = [];
  #head = 0;
  #chars = 0;

  constructor(maxFrames: number, maxChars: number) {
    this.#maxFrames = maxFrames;
    this.#maxChars = maxChars;
  }

  push(frame: RecentFrame): void {
    this.#frames.push(frame);
    this.#chars += frame.text.length;
    while (this.#frames.length - this.#head > this.#maxFrames || this.#chars > this.#maxChars) {
      this.#chars -= this.#frames[this.#head]?.text.length ?? 0;
      this.#head += 1;
    }
    // Shifting an array costs its length: done once for many.
    if (this.#head > this.#maxFrames) {
      this.#frames = this.#frames.slice(this.#head);
      this.#head = 0;
    }
  }

  clear(): void {
    this.#frames = [];
    this.#head = 0;
    this.#chars = 0;
  }

  /**
   * What follows `cursor` up to `position`, or undefined when it does not reach back so far or `cursor` is of
   * another life (whose end only the log knows).
   */
  after(cursor: Position, position: Position): readonly RecentFrame[] | undefined {
    if (cursor.epoch !== position.epoch || cursor.offset > position.offset) return undefined;
    const missing = position.offset - cursor.offset;
    return missing <= this.#frames.length - this.#head ? this.#frames.slice(this.#frames.length - missing) : undefined;
  }
}
