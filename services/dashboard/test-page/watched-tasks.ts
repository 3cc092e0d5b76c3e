import type { ServerFrame } from '../../protocol/frames.js';
import { isFields, readText, type Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';

/** What may be asked for a task. */
export type TaskAction = 'cancel' | 'retry';

/** A task as its publications tell of it. */
export type WatchedTask = Readonly<{
  id: string;
  name: string;
  /** The newest that was told, in words. */
  words: string;
  /** Undefined: it has told of none since it began. */
  progress: Readonly<{ n: number; of: number }> | undefined;
  isOver: boolean;
  /** Undefined: it is done. */
  action: TaskAction | undefined;
  /** When that was published. */
  time: string;
}>;

const MOST = 20;
const ENDS: ReadonlySet<string> = new Set(['done', 'failed', 'cancelled']);
/** What a run, or a wait for one, begins with. */
const BEGINNINGS: ReadonlySet<string> = new Set(['queued', 'retried', 'started']);

/** The tasks that one connection hears of, on `tasks` or `task:<id>`: the 20 that it heard of last for the first time. */
export class WatchedTasks {
  #tasks: ReadonlyMap<string, WatchedTask> = new Map();

  /** Newest first. */
  all(): readonly WatchedTask[] {
    return [...this.#tasks.values()].toReversed();
  }

  heard(frame: ServerFrame): void {
    if (frame.type !== 'message' || !('channel' in frame) || !isOfTasks(frame.channel)) return;
    // Where the operator lets clients publish there, they tell of no task.
    if (frame.from !== 'tasks' || !isFields(frame.data)) return;
    const [id, event] = [readText(frame.data['task']), readText(frame.data['event'])];
    if (id === undefined || event === undefined) return;
    const before = this.#tasks.get(id);
    // Who listens to both channels hears each thing twice: one channel may be ahead of the other.
    if (before !== undefined && frame.time < before.time) return;
    const told: WatchedTask = {
      id,
      name: readText(frame.data['name']) ?? '',
      words: wordsOf(event, frame.data) ?? before?.words ?? event,
      progress: progressOf(event, frame.data, before),
      isOver: ENDS.has(event),
      action: event === 'done' ? undefined : ENDS.has(event) ? 'retry' : 'cancel',
      time: frame.time,
    };
    this.#tasks = new Map([...new Map([...this.#tasks, [id, told] as const])].slice(-MOST));
  }
}

const isOfTasks = (channel: string): boolean => channel === 'tasks' || channel.startsWith('task:');

const progressOf = (event: string, fields: Fields, before: WatchedTask | undefined): WatchedTask['progress'] => {
  if (BEGINNINGS.has(event)) return undefined;
  const { n, of } = fields;
  if (event !== 'progress' || typeof n !== 'number' || typeof of !== 'number' || of <= 0) return before?.progress;
  return { n, of };
};

/** Undefined: it changes nothing of how the task is. */
const wordsOf = (event: string, fields: Fields): string | undefined => {
  const { n, of, attempt } = fields;
  const [note, error] = [readText(fields['note']), readText(fields['error'])];
  switch (event) {
    case 'progress':
      if (typeof n !== 'number' || typeof of !== 'number') return undefined;
      return `${formatCount(n)} of ${formatCount(of)}${note === undefined ? '' : `: ${note}`}`;
    case 'log':
      return undefined;
    case 'started':
      return typeof attempt === 'number' && attempt > 1 ? `started, attempt ${formatCount(attempt)}` : event;
    default:
      return error === undefined ? event : `${event}: ${error}`;
  }
};
