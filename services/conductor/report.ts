import { cut, widthOf } from './width.js';

export type ProgressMore = Readonly<{ perSecond?: number; note: string }>;

/** How a verb tells a person what it does, while it does it. */
export interface Report {
  say(text: string): void;
  /** Lines of which each stays one row: longer ones are cut. */
  rows(lines: readonly string[]): void;
  /** A step begins; what the returned functions say ends its line. */
  step(text: string): Readonly<{ done: (note: string) => void; failed: () => void }>;
  /**
   * Of `total`, `done` are behind us. Shown as a bar on a terminal; elsewhere as a line now and then, sooner when
   * there is something else to note, and at the end.
   */
  progress(text: string, done: number, total: number, more?: ProgressMore): void;
}

/** What a report needs of a stream; `columns` may change at any time. */
export type Screen = Readonly<{ isTTY?: boolean; columns?: number }> & { write(text: string): unknown };

const LINE_EVERY_MS = 2_000;
const NEWS_EVERY_MS = 1_000;
/** Cursor codes, no colors: nothing here is for NO_COLOR to switch off. */
const CLEAR_LINE = '\r\u001B[K';
/** Of a terminal that does not tell. */
const COLUMNS = 80;
/** Of a file or a pipe. */
const COLUMNS_ELSEWHERE = 200;
const NARROW_BAR = 10;
const WIDE_BAR = 30;
/** What stands beside the bar in most lines. */
const BESIDE_BAR = 70;

export class TextReport implements Report {
  readonly #stream: Screen;
  /** A line can be written over. */
  readonly #live: boolean;
  #lastProgress = -Infinity;
  #lastNote = '';
  #lastDone = 0;
  /** What stands in the last row is written over. */
  #isRowOpen = false;

  /** `terminal`: its kind, as in TERM; a dumb one knows no cursor codes. */
  constructor(stream: Screen, terminal: string | undefined) {
    this.#stream = stream;
    this.#live = stream.isTTY === true && terminal !== 'dumb';
  }

  say(text: string): void {
    this.#write(`${this.#isRowOpen ? CLEAR_LINE : ''}${text}\n`);
    this.#isRowOpen = false;
  }

  rows(lines: readonly string[]): void {
    for (const line of lines) this.say(cut(line, this.#columns()));
  }

  step(text: string): Readonly<{ done: (note: string) => void; failed: () => void }> {
    const began = performance.now();
    const seconds = (): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
    this.#lastProgress = -Infinity;
    this.#lastNote = '';
    this.#lastDone = 0;
    if (this.#live) this.#writeRow('', `  · ${text} …`);
    const end = (mark: string, note: string): void => {
      const line = `  ${mark} ${text.padEnd(42)} ${seconds().padStart(7)}`;
      this.#write(`${this.#live ? CLEAR_LINE : ''}${this.#withNote(line, note)}\n`);
      this.#isRowOpen = false;
    };
    return { done: (note) => end('✓', note), failed: () => end('✗', '') };
  }

  progress(text: string, done: number, total: number, { perSecond, note }: ProgressMore = { note: '' }): void {
    const rate = perSecond === undefined || perSecond === 0 ? '' : `${perSecond}/s`;
    if (this.#live) {
      const width = Math.max(NARROW_BAR, Math.min(WIDE_BAR, this.#columns() - BESIDE_BAR));
      const filled = total === 0 ? width : Math.round((done / total) * width);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
      this.#writeRow(CLEAR_LINE, `  · ${text} ${bar} ${done}/${total}  ${rate}  ${note}`);
      return;
    }
    const everyMs = note === this.#lastNote ? LINE_EVERY_MS : NEWS_EVERY_MS;
    const isLast = done === total && done !== this.#lastDone;
    if (total === 0 || (!isLast && performance.now() - this.#lastProgress < everyMs)) return;
    this.#lastProgress = performance.now();
    this.#lastNote = note;
    this.#lastDone = done;
    const more = [rate, note].filter((words) => words !== '').map((words) => `, ${words}`);
    this.#write(`    ${text}: ${done} of ${total}${more.join('')}\n`);
  }

  #columns(): number {
    if (this.#stream.isTTY !== true) return COLUMNS_ELSEWHERE;
    const { columns = 0 } = this.#stream;
    return columns > 0 ? columns : COLUMNS;
  }

  /** What is written over later: a row that wraps would leave its beginning, so the last column stays free. */
  #writeRow(before: string, text: string): void {
    this.#write(`${before}${cut(text, this.#columns() - 1)}`);
    this.#isRowOpen = true;
  }

  /** A note that does not fit behind its line stands under it. */
  #withNote(line: string, note: string): string {
    if (note === '') return line;
    const whole = `${line}  ${note}`;
    return this.#live && widthOf(whole) > this.#columns() ? `${line}\n      ${note}` : whole;
  }

  #write(text: string): void {
    this.#stream.write(text);
  }
}
