import { isFields, readText, type Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';
import { readFigure } from './frames.js';
import { formatMoment } from './moment.js';

export type TaskAction = 'cancel' | 'retry';

/** A task as the page shows it; of an answer of `/admin/api/tasks`. */
export type TaskRow = Readonly<{
  id: string;
  name: string;
  state: string;
  attempt: string;
  /** Undefined: it has told of none. */
  progress: Readonly<{ n: number; of: number }> | undefined;
  /** How far it is, in words. */
  words: string;
  startedAt: string;
  endedAt: string;
  error: string;
  /** What it was started with, and what came of it, as JSON. */
  details: string;
  /** What its state allows. */
  action: TaskAction | undefined;
}>;

const NONE = '–';
const ACTIONS: Readonly<Record<string, TaskAction>> = {
  waiting: 'cancel',
  active: 'cancel',
  failed: 'retry',
  cancelled: 'retry',
};

export const readTask = (fields: Fields): TaskRow => {
  const state = readText(fields['state']) ?? NONE;
  const progress = readProgress(fields['progress']);
  const time = (name: string): string => formatMoment(readText(fields[name]) ?? NONE);
  return {
    id: readText(fields['id']) ?? '',
    name: readText(fields['name']) ?? NONE,
    state,
    attempt: formatCount(readFigure(fields['attempt']) ?? 0),
    progress,
    words: progress === undefined ? NONE : wordsOf(progress),
    startedAt: time('started_at'),
    endedAt: time('ended_at'),
    error: readText(fields['error']) ?? '',
    details: detailsOf(state, fields),
    action: ACTIONS[state],
  };
};

/** Of more than a page can show, the beginning. */
const MOST_JSON = 2_000;

const detailsOf = (state: string, { data, result }: Fields): string =>
  [`data ${jsonOf(data)}`, ...(state === 'done' ? [`result ${jsonOf(result)}`] : [])].join('\n');

const jsonOf = (value: unknown): string => {
  const text = JSON.stringify(value ?? null, null, 2);
  return text.length <= MOST_JSON ? text : `${text.slice(0, MOST_JSON)} …`;
};

type Progress = Readonly<{ n: number; of: number; note: string }>;

const readProgress = (value: unknown): Progress | undefined => {
  if (!isFields(value)) return undefined;
  const [n, of] = [readFigure(value['n']), readFigure(value['of'])];
  return n === null || of === null || of <= 0 ? undefined : { n, of, note: readText(value['note']) ?? '' };
};

const wordsOf = ({ n, of, note }: Progress): string =>
  `${formatCount(n)} of ${formatCount(of)}${note === '' ? '' : `: ${note}`}`;
