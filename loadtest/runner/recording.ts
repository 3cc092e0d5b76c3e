import { z } from 'zod';
import { FAULT_NAMES, TIME_NAMES, type Color, type Count, type Fault, type Time } from './measures.js';

/** Of one second, in ms. */
export type Percentiles = Readonly<{ p50: number; p95: number; p99: number }>;

/** One second of a run. */
export type Moment = Readonly<{
  /** Since its begin. */
  seconds: number;
  open: Readonly<Record<Color, number>>;
  /** Within this second. */
  opened: number;
  published: number;
  delivered: Readonly<Record<Color, number>>;
  faults: number;
  times: Readonly<Partial<Record<Time, Percentiles>>>;
}>;

const Line = z.object({ event: z.string(), data: z.unknown() });
const Names = z.record(z.string(), z.unknown());
const Values = z.array(z.array(z.number()).nullable());

/** Where k6's dashboard has what, among the values of a trend. */
const MEDIAN = 2;
const P95 = 5;
const P99 = 6;

/**
 * What k6's dashboard records of each second: lines of JSON, in which values stand in the order of all names that were announced so far.
 * @see https://github.com/grafana/xk6-dashboard#save-report
 */
export class Recording {
  readonly moments: Moment[] = [];
  readonly #names = new Set<string>();
  #open = { blue: 0, green: 0 };
  #beganMs: number | undefined;

  /** A line that is none is left out. */
  add(text: string): void {
    const line = Line.safeParse(parsed(text)).data;
    if (line?.event === 'metric') {
      for (const name of Object.keys(Names.parse(line.data))) this.#names.add(name);
    } else if (line?.event === 'start' || line?.event === 'snapshot') {
      const values = Values.parse(line.data);
      const names = [...this.#names].sort();
      this.#addSecond(new Map(names.map((name, index) => [name, values[index] ?? []])));
    }
  }

  #addSecond(values: ReadonlyMap<string, readonly number[]>): void {
    const first = (name: Count | Fault | 'time'): number => values.get(name)?.[0] ?? 0;
    this.#beganMs ??= first('time');
    this.#open = { blue: this.#open.blue + first('open_blue'), green: this.#open.green + first('open_green') };
    this.moments.push({
      seconds: Math.round((first('time') - this.#beganMs) / 1_000),
      open: this.#open,
      opened: first('connections_opened'),
      published: first('messages_published'),
      delivered: { blue: first('delivered_blue'), green: first('delivered_green') },
      faults: FAULT_NAMES.reduce((sum, name) => sum + first(name), 0),
      times: Object.fromEntries(TIME_NAMES.flatMap((name) => percentiles(name, values.get(name) ?? []))),
    });
  }
}

const percentiles = (name: Time, values: readonly number[]): [Time, Percentiles][] => {
  const [p50, p95, p99] = [values[MEDIAN], values[P95], values[P99]];
  return p50 === undefined || p95 === undefined || p99 === undefined ? [] : [[name, { p50, p95, p99 }]];
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
