import type { Entry } from '../../../loki/push.js';

type Kept = Readonly<{ entry: Entry; bytes: number }>;

/** What a line costs in memory besides its text: its record, its time, its place in the array. */
const RECORD_BYTES = 150;
const COMPACT_AT = 1_024;

/** Lines that wait, oldest first, in at most `limitBytes`: over it the oldest go. */
export class LineBuffer {
  readonly #limitBytes: number;
  #kept: (Kept | undefined)[] = [];
  /** Of the oldest line: those before it are gone. */
  #first = 0;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Lines that wait. */
  get size(): number {
    return this.#kept.length - this.#first;
  }

  /** Memory that they take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns how many lines had to go for it; one that is larger than the limit goes itself. */
  add(entry: Entry): number {
    // It also makes one string of the parts that pino has put together, which would keep several times its length.
    const bytes = Buffer.byteLength(entry.line) + RECORD_BYTES;
    this.#kept.push({ entry, bytes });
    this.#bytes += bytes;
    let dropped = 0;
    while (this.#bytes > this.#limitBytes) {
      this.#shift();
      dropped += 1;
    }
    return dropped;
  }

  /** Takes the oldest lines out, up to `mostBytes`, and at least one where there is one. */
  take(mostBytes: number): readonly Entry[] {
    const taken: Entry[] = [];
    let bytes = 0;
    for (let next = this.#kept[this.#first]; next !== undefined; next = this.#kept[this.#first]) {
      bytes += next.bytes;
      if (taken.length > 0 && bytes > mostBytes) break;
      taken.push(next.entry);
      this.#shift();
    }
    return taken;
  }

  clear(): void {
    this.#kept = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  #shift(): void {
    const oldest = this.#kept[this.#first];
    if (oldest === undefined) return;
    this.#bytes -= oldest.bytes;
    this.#kept[this.#first] = undefined;
    this.#first += 1;
    if (this.#first >= COMPACT_AT && this.#first * 2 >= this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }
}
