import { COLORS, type Color } from '../engines/engine.js';
import { formatLine, type LogLine } from '../logs/log-lines.js';
import { describeQueue } from '../verbs/health.js';
import { cut } from '../width.js';
import type { Snapshot, WorkerSnapshot } from './snapshot.js';
import { sparkline } from './sparkline.js';
import { amount, byPart, clock, count, megabytes, NONE, NOTHING, percentiles, refusals, workWords } from './words.js';

export type Tone = 'plain' | 'title' | 'soft' | 'bad' | Color;
export type Row = Readonly<{ text: string; tone: Tone }>;

export type View = Readonly<{
  snapshot: Snapshot;
  /** Connections at each look, oldest first. */
  points: Readonly<Record<Color, readonly number[]>>;
  url: string;
  elapsedSeconds: number;
  totalSeconds: number;
  /** The newest lines of the log that tell of an error, oldest first; of `errorLines` in all. */
  errors: readonly LogLine[];
  errorLines: number;
}>;

const LABEL = 13;
const TROUBLES = 3;
/** Rows left for the log however many workers there are. */
const LOG_ROWS = 4;

/** What a terminal of this size shows: no row is wider, and there are not more of them. */
export const screen = (view: View, columns: number, height: number): readonly Row[] => {
  const top = [...title(view, columns), ...news(view.snapshot)];
  const bottom = [...connections(view, columns), ...figures(view)];
  const room = Math.max(1, height - top.length - bottom.length - LOG_ROWS - 2);
  const rows = [...top, ...workers(view.snapshot.workers, room), ...bottom];
  const log = logRows(view, height - rows.length);
  return [...rows, ...log].slice(0, height).map(({ text, tone }) => ({ text: cut(printable(text), columns), tone }));
};

/** What a log line holds is never an order to the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ');

const row = (text: string, tone: Tone = 'plain'): Row => ({ text, tone });
const labelled = (label: string, text: string, tone: Tone = 'plain'): Row => row(`${label.padEnd(LABEL)}${text}`, tone);

const title = ({ snapshot, url, elapsedSeconds, totalSeconds }: View, columns: number): readonly Row[] => {
  const { active, at } = snapshot;
  const left = `${url}   ${active ?? 'no color'} active`;
  const right = `${clock(at)}   ${count(elapsedSeconds)} of ${count(totalSeconds)} s`;
  const gap = Math.max(2, columns - left.length - right.length);
  return [row(`${left}${' '.repeat(gap)}${right}`, 'title')];
};

const news = (snapshot: Snapshot): readonly Row[] => {
  const work = workWords(snapshot);
  return [
    ...(work === undefined ? [] : [labelled('at work', work, 'title')]),
    ...snapshot.troubles.slice(0, TROUBLES).map((trouble) => labelled('not well', trouble, 'bad')),
  ];
};

/** Where there is no room for all, those that are not ready come first. */
const workers = (all: readonly WorkerSnapshot[], room: number): readonly Row[] => {
  const heading = row(`${'worker'.padEnd(LABEL)}connections  to move  lag ms  state`, 'soft');
  const ranked = all.length <= room ? all : [...all].sort((a, b) => Number(isReady(a)) - Number(isReady(b)));
  const shown = all.length <= room ? ranked : ranked.slice(0, Math.max(0, room - 1));
  const more = all.length - shown.length;
  const ready = ranked.slice(shown.length).filter(isReady).length;
  return [
    heading,
    ...shown.map(workerRow),
    ...(more === 0 ? [] : [row(`and ${more} more, ${ready} of them ready`, 'soft')]),
  ];
};

const isReady = ({ ready }: WorkerSnapshot): boolean => ready === 'ready';

const workerRow = (worker: WorkerSnapshot): Row => {
  const { worker: name, state, ready, connections: open, drain_left: left, event_loop_lag_ms: lag } = worker;
  const cells = [
    (open === null ? NONE : count(open)).padStart(11),
    (left === null ? '' : count(left)).padStart(7),
    (lag === null ? NONE : amount(lag)).padStart(6),
    ready === 'ready' ? 'ready' : `${state}: ${ready}`,
  ];
  const color = COLORS.find((known) => name.startsWith(`${known}-`));
  return row(`${name.padEnd(LABEL)}${cells.join('  ')}`, isReady(worker) || left !== null ? (color ?? 'plain') : 'bad');
};

const connections = ({ snapshot, points }: View, columns: number): readonly Row[] => {
  const most = Math.max(1, ...points.blue, ...points.green);
  const width = Math.max(0, columns - LABEL - 15);
  return [
    labelled('connections', `${count(snapshot.connections.blue + snapshot.connections.green)} open`),
    ...COLORS.map((color) =>
      row(
        `  ${color.padEnd(LABEL - 2)}${count(snapshot.connections[color]).padStart(11)}  ${sparkline(points[color], width, most)}`,
        color,
      ),
    ),
  ];
};

const figures = ({ snapshot }: View): readonly Row[] => {
  const { per_second: rates, latency_ms: latency, queue } = snapshot;
  const rate = (value: number | undefined): string => (value === undefined ? NONE : amount(value));
  const refused = refusals(snapshot.refused);
  return [
    labelled(
      'per second',
      `in ${rate(rates?.received)}  out ${rate(rates?.sent)}  accepted ${rate(rates?.accepted)}  failed ${rate(rates?.failed)}`,
    ),
    labelled('ack ms', percentiles(latency.publish_ack)),
    labelled('delivery ms', percentiles(latency.delivery)),
    ...(queue === null ? [] : [labelled('tasks', describeQueue(queue))]),
    labelled('CPU %', byPart(snapshot.cpu_percent, amount)),
    labelled('memory MB', byPart(snapshot.memory_bytes, megabytes)),
    labelled('refused', refused, snapshot.refused === null || refused === NOTHING ? 'plain' : 'bad'),
  ];
};

const logRows = ({ errors, errorLines }: View, room: number): readonly Row[] => {
  if (errorLines === 0) return [labelled('error lines', 'none', 'plain')];
  const shown = room <= 1 ? [] : errors.slice(1 - room);
  return [labelled('error lines', count(errorLines), 'bad'), ...shown.map((line) => row(formatLine(line), 'bad'))];
};
