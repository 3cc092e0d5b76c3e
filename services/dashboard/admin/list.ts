import { readText, type Fields } from '../shared/fields.js';
import { formatCount } from '../shared/numbers.js';
import { listOf, readFigure } from './frames.js';
import type { ListQuery } from './list-query.js';

/** A page of the list, as the server gave it. */
export type List = Readonly<{
  connections: readonly Fields[];
  /** How many are on all pages. */
  matching: number;
  /** Where the next page begins; undefined: this is the last. */
  nextCursor: string | undefined;
  /** Workers whose connections are missing: `green-2`. */
  unanswered: readonly string[];
}>;

/** Undefined: what came is no list. */
export const readList = (fields: Fields): List | undefined => {
  const { connections, unanswered } = fields;
  const matching = readFigure(fields['matching']);
  if (!Array.isArray(connections) || matching === null || !Array.isArray(unanswered)) return undefined;
  return {
    connections: listOf(connections),
    matching,
    nextCursor: readText(fields['next_cursor']),
    unanswered: unanswered.map(String),
  };
};

/**
 * `26–50 of 60`. A cursor stays where it is when connections before it end, so behind the first page the numbers are
 * counted from the end of the list where that is known, and never go past it.
 */
export const rangeOf = ({ limit, cursors }: ListQuery, list: List): string => {
  const { connections, matching, nextCursor, unanswered } = list;
  if (connections.length === 0) return `0 of ${formatCount(matching)}`;
  const latest = Math.max(1, matching - connections.length + 1);
  const isEnd = cursors.length > 0 && nextCursor === undefined && unanswered.length === 0;
  const first = isEnd ? latest : Math.min(cursors.length * limit + 1, latest);
  const last = first + connections.length - 1;
  return `${formatCount(first)}–${formatCount(last)} of ${formatCount(Math.max(matching, last))}`;
};
