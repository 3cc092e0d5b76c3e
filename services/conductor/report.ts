export type ProgressMore = Readonly<{ rate: string; note: string }>;

/** How a verb tells a person what it does, while it does it. */
export interface Report {
  say(text: string): void;
  /** A step begins; what the returned functions say ends its line. */
  step(text: string): Readonly<{ done: (note: string) => void; failed: () => void }>;
  /**
   * Of `total`, `done` are behind us. Shown as a bar on a terminal; elsewhere as a line now and then, sooner when
   * there is something else to note.
   */
  progress(text: string, done: number, total: number, more?: ProgressMore): void;
}

const BAR_WIDTH = 30;
const LINE_EVERY_MS = 2_000;
const NEWS_EVERY_MS = 1_000;
const CLEAR_LINE = '\r\u001B[K';

export class TextReport implements Report {
  readonly #stream: NodeJS.WriteStream;
  #lastProgress = -Infinity;
  #lastNote = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  say(text: string): void {
    this.#write(`${text}\n`);
  }

  step(text: string): Readonly<{ done: (note: string) => void; failed: () => void }> {
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
    this.#lastProgress = -Infinity;
    this.#lastNote = '';
    if (this.#stream.isTTY) this.#write(`  · ${text} …`);
    const end = (mark: string, note: string): void =>
      this.#write(
        `${this.#clear()}  ${mark} ${text.padEnd(42)} ${seconds().padStart(7)}${note === '' ? '' : `  ${note}`}\n`,
      );
    return { done: (note) => end('✓', note), failed: () => end('✗', '') };
  }

  progress(text: string, done: number, total: number, { rate, note }: ProgressMore = { rate: '', note: '' }): void {
    if (this.#stream.isTTY) {
      const filled = total === 0 ? BAR_WIDTH : Math.round((done / total) * BAR_WIDTH);
      this.#write(
        `${CLEAR_LINE}  · ${text} ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done}/${total}  ${rate}  ${note}`,
      );
      return;
    }
    const everyMs = note === this.#lastNote ? LINE_EVERY_MS : NEWS_EVERY_MS;
    if (total === 0 || performance.now() - this.#lastProgress < everyMs) return;
    this.#lastProgress = performance.now();
    this.#lastNote = note;
    const more = [rate, note].filter((words) => words !== '').map((words) => `, ${words}`);
    this.#write(`    ${text}: ${done} of ${total}${more.join('')}\n`);
  }

  #clear(): string {
    return this.#stream.isTTY ? CLEAR_LINE : '';
  }

  #write(text: string): void {
    this.#stream.write(text);
  }
}
