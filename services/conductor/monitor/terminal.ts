import type { Row, Tone } from './screen.js';

/** What is needed of a stream; its size may change at any time. */
export type TerminalStream = Readonly<{ columns?: number; rows?: number }> & {
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
};

/** Of a terminal that does not tell. */
const COLUMNS = 80;
const ROWS = 24;
const ESC = '\u001B[';
/** The alternate screen, so that what stood there before comes back; no cursor, no wrapping (DEC private modes). */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
/** Shown at once where a terminal knows it (https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036). */
const BEGIN_FRAME = `${ESC}?2026h`;
const END_FRAME = `${ESC}?2026l`;
const HOME = `${ESC}H`;
const CLEAR_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;
const SGR: Readonly<Record<Tone, string>> = { plain: '', title: '1', soft: '2', bad: '31', blue: '34', green: '32' };

/** A whole screen that is written over, never cleared first: nothing flickers. */
export class Terminal {
  readonly #stream: TerminalStream;
  readonly #hasColors: boolean;
  #rowsFor: ((columns: number, rows: number) => readonly Row[]) | undefined;
  readonly #redraw = (): void => {
    if (this.#rowsFor !== undefined) this.draw(this.#rowsFor);
  };

  constructor(stream: TerminalStream, hasColors: boolean) {
    this.#stream = stream;
    this.#hasColors = hasColors;
  }

  enter(): void {
    this.#stream.on('resize', this.#redraw);
    this.#stream.write(ENTER);
  }

  /** Gives the terminal back as it was. */
  leave(): void {
    this.#stream.off('resize', this.#redraw);
    this.#rowsFor = undefined;
    this.#stream.write(LEAVE);
  }

  /** Asks again for the rows when the terminal gets another size. */
  draw(rowsFor: (columns: number, rows: number) => readonly Row[]): void {
    this.#rowsFor = rowsFor;
    const { columns = 0, rows = 0 } = this.#stream;
    // The last column stays free: clearing the rest of a line would take what stands in it.
    const lines = rowsFor((columns > 0 ? columns : COLUMNS) - 1, rows > 0 ? rows : ROWS).map((row) => this.#paint(row));
    this.#stream.write(
      `${BEGIN_FRAME}${HOME}${lines.join(`${CLEAR_LINE}\r\n`)}${CLEAR_LINE}${CLEAR_BELOW}${END_FRAME}`,
    );
  }

  #paint({ text, tone }: Row): string {
    return this.#hasColors && SGR[tone] !== '' ? `${ESC}${SGR[tone]}m${text}${ESC}0m` : text;
  }
}
