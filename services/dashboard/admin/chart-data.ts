import { SERIES, type Figure, type Notice, type Point, type Series } from './frames.js';
import { marksWith, type Mark } from './marks.js';

/** An hour of samples each ten seconds, and a quarter of an hour of seconds. */
const MAX_POINTS = 361 + 900;
const SNAPSHOT_MS = 1_000;
/** Of the cluster's samples, by default. */
const SAMPLE_MS = 10_000;
/** Points further apart than so many times what is usual between them: nobody knows what was between. */
const GAP = 2.5;

/** `everyMs`: when the next one is due. */
type Moment = Point & Readonly<{ everyMs: number }>;
type Drawn = Readonly<{ seconds: readonly number[]; series: ReadonlyMap<Series, readonly Figure[]> }>;

/** What all charts draw: bounded, however long the page is open. */
export class ChartData {
  #moments: Moment[] = [];
  #marks: readonly Mark[] = [];
  #untilMs = 0;
  /** Undefined: something is new. */
  #drawn: Drawn | undefined;

  /** What the server remembers, as far as it is not known here. */
  remember(history: readonly Point[]): void {
    const everyMs = usualGapMs(history);
    const isKnown = ({ timeMs }: Point): boolean =>
      this.#moments.some((known) => Math.abs(known.timeMs - timeMs) < everyMs / 2);
    const news = history.filter((point) => !isKnown(point)).map((point) => ({ ...point, everyMs }));
    this.#keep([...this.#moments, ...news].toSorted((a, b) => a.timeMs - b.timeMs));
  }

  /** @param everyMs when the next one is due */
  add(point: Point, everyMs = SNAPSHOT_MS): void {
    if (point.timeMs <= (this.#moments.at(-1)?.timeMs ?? 0)) return;
    this.#moments.push({ ...point, everyMs });
    this.#keep(this.#moments);
  }

  /** Time passes of which nothing is known. */
  passed(timeMs: number): void {
    this.#untilMs = Math.max(this.#untilMs, timeMs);
  }

  /** Each step of a deploy once, at the moment when it began, and its end: a worker that is new tells them again. */
  mark(notice: Notice): void {
    this.#marks = marksWith(this.#marks, notice);
  }

  get marks(): readonly Mark[] {
    return this.#marks;
  }

  /** Where the time axis ends. */
  get untilSeconds(): number {
    return Math.max(this.#untilMs / 1000, this.seconds.at(-1) ?? 0);
  }

  get seconds(): readonly number[] {
    return this.#draw().seconds;
  }

  /** Null where nothing is known. */
  column(name: Series): readonly Figure[] {
    return this.#draw().series.get(name) ?? [];
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
    this.#keep([]);
    this.#marks = [];
    this.#untilMs = 0;
  }

  #keep(moments: Moment[]): void {
    const tooMany = moments.length - MAX_POINTS;
    if (tooMany > 0) moments.splice(0, tooMany);
    this.#moments = moments;
    this.#drawn = undefined;
  }

  #draw(): Drawn {
    if (this.#drawn !== undefined) return this.#drawn;
    const seconds: number[] = [];
    const columns = SERIES.map((name): [Series, Figure[]] => [name, []]);
    let before: Moment | undefined;
    for (const moment of this.#moments) {
      const { timeMs, everyMs, values } = moment;
      if (before !== undefined && timeMs - before.timeMs > GAP * Math.max(before.everyMs, everyMs)) {
        seconds.push((before.timeMs + before.everyMs) / 1000);
        for (const [, column] of columns) column.push(null);
      }
      seconds.push(timeMs / 1000);
      for (const [name, column] of columns) column.push(values[name]);
      before = moment;
    }
    this.#drawn = { seconds, series: new Map(columns) };
    return this.#drawn;
  }
}

/** The median: one outage changes nothing of it. */
const usualGapMs = (history: readonly Point[]): number => {
  const gaps = history.slice(1).map(({ timeMs }, index) => timeMs - (history[index]?.timeMs ?? timeMs));
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? SAMPLE_MS;
};
