import type { WorkerLease } from './cluster-directory.js';

const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

type Started = Pick<WorkerLease, 'startedAt' | 'workerId'>;

/** The order of a view: by start, then by id so that it is the same for everybody. */
export const byStart = (left: Started, right: Started): number =>
  compare(left.startedAt, right.startedAt) || compare(left.workerId, right.workerId);
