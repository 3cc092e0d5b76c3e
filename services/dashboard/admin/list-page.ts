import { formatCount } from '../shared/numbers.js';
import type { Stats } from './stats.js';

/** A page of the list, and the way to it: each page is found by the cursor that the one before it gave. */
export type ListPage = Readonly<{ limit: number; cursors: readonly string[] }>;

export const firstPage = (limit: number): ListPage => ({ limit, cursors: [] });

export const pageAfter = ({ limit, cursors }: ListPage, cursor: string): ListPage => ({
  limit,
  cursors: [...cursors, cursor],
});

export const pageBefore = ({ limit, cursors }: ListPage): ListPage => ({ limit, cursors: cursors.slice(0, -1) });

/**
 * `26–50 of 60`. A cursor stays where it is when connections before it end, so behind the first page the numbers are
 * counted from the end of the list where that is known, and never go past it.
 */
export const rangeOf = ({ limit, cursors }: ListPage, stats: Stats): string => {
  const { connections, total, nextCursor, unanswered } = stats;
  if (connections.length === 0) return `0 of ${formatCount(total)}`;
  const latest = Math.max(1, total - connections.length + 1);
  const isEnd = cursors.length > 0 && nextCursor === undefined && unanswered.length === 0;
  const first = isEnd ? latest : Math.min(cursors.length * limit + 1, latest);
  const last = first + connections.length - 1;
  return `${formatCount(first)}–${formatCount(last)} of ${formatCount(Math.max(total, last))}`;
};
