import { readText, type Fields } from '../shared/fields.js';
import { fieldsOf, listOf, readFigure, readNotice, readWorker, type Notice, type Worker } from './frames.js';

/** Above these a worker is in trouble, ms: `EventLoopLag` and the normal ranges in docs/OBSERVABILITY.md. */
export const LAG_MS = 100;
export const REDIS_MS = 10;

/** How the cluster is, as `/admin/api/health` says. */
export type Health = Readonly<{
  /** By the server's clock, ms since 1970. */
  timeMs: number;
  workers: readonly Worker[];
  /** Of the deploy that runs or ran last; undefined: nobody there remembers one. */
  deploy: Notice | undefined;
}>;

export const readHealth = (fields: Fields): Health => ({
  timeMs: readFigure(fields['time']) ?? Date.now(),
  workers: listOf(fields['workers']).map(readWorker),
  deploy:
    readText(fieldsOf(fields['deploy'])['state']) === undefined ? undefined : readNotice(fieldsOf(fields['deploy'])),
});

/** For so long a worker that was restarted is pointed out, ms. */
const NEWS_MS = 15 * 60_000;

/** Restarted in the last quarter of an hour, and not by a deploy. @param nowMs by the server's clock */
export const isNewlyRestarted = ({ restarted, startedAt }: Worker, nowMs: number): boolean =>
  restarted && nowMs - Date.parse(startedAt) < NEWS_MS;

export const connectionsOf = (workers: readonly Worker[], color: string): number =>
  workers.reduce((sum, worker) => sum + (worker.color === color ? worker.connections : 0), 0);
