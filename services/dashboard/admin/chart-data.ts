import { SERIES, type Figure, type Notice, type Point, type Series } from './frames.js';

/** An hour of samples each ten seconds, and a quarter of an hour of seconds. */
const MAX_POINTS = 361 + 900;
const MAX_MARKS = 60;
/** With it a deploy begins. */
const FIRST_STEP = 'preflight';

/** A step of a deploy, on the time axis. */
export type Mark = Readonly<{ seconds: number; label: string; color: string }>;

/** What all charts draw: bounded, however long the page is open. */
export class ChartData {
  #seconds: number[] = [];
  readonly #series = new Map<Series, Figure[]>(SERIES.map((name) => [name, []]));
  #marks: readonly Mark[] = [];

  /** What the server remembers, as far as it is older than what is known here. */
  remember(history: readonly Point[]): void {
    const [first = Infinity] = this.#seconds;
    const older = history.filter(({ timeMs }) => timeMs / 1000 < first);
    this.#seconds = [...older.map(({ timeMs }) => timeMs / 1000), ...this.#seconds];
    for (const [name, values] of this.#series) {
      this.#series.set(name, [...older.map((point) => point.values[name]), ...values]);
    }
    this.#bound();
  }

  add({ timeMs, values }: Point): void {
    if (timeMs / 1000 <= (this.#seconds.at(-1) ?? 0)) return;
    this.#seconds.push(timeMs / 1000);
    for (const [name, column] of this.#series) column.push(values[name]);
    this.#bound();
  }

  /** Each step of a deploy once, at the moment when it began, and its end: a worker that is new tells them again. */
  mark({ step, state, to, atMs }: Notice): void {
    const label = state === 'running' ? step : state.replace('_', ' ');
    const seconds = atMs / 1000;
    const began = this.#marks.findLastIndex((mark) => mark.label === FIRST_STEP);
    const known = this.#marks.slice(Math.max(0, began)).find((mark) => mark.label === label);
    if (known !== undefined && (label !== FIRST_STEP || known.seconds === seconds)) return;
    this.#marks = [...this.#marks, { seconds, label, color: to }].slice(-MAX_MARKS);
  }

  get marks(): readonly Mark[] {
    return this.#marks;
  }

  get seconds(): readonly number[] {
    return this.#seconds;
  }

  column(name: Series): readonly Figure[] {
    return this.#series.get(name) ?? [];
  }

  /** Blue and green on top of one another. */
  stacked(): readonly Figure[] {
    const green = this.column('green');
    return this.column('blue').map((blue, index) => {
      const other = green[index];
      return blue === null || other === null || other === undefined ? null : blue + other;
    });
  }

  clear(): void {
    this.#seconds = [];
    for (const name of SERIES) this.#series.set(name, []);
    this.#marks = [];
  }

  #bound(): void {
    const tooMany = this.#seconds.length - MAX_POINTS;
    if (tooMany <= 0) return;
    this.#seconds.splice(0, tooMany);
    for (const column of this.#series.values()) column.splice(0, tooMany);
  }
}
