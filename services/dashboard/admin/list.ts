import { readText, type Fields } from '../shared/fields.js';
import { listOf, readFigure } from './frames.js';
import type { ListedPage } from './pager.js';

/** A page of the list of connections, as the server gave it. */
export type List = ListedPage &
  Readonly<{
    connections: readonly Fields[];
    /** Workers whose connections are missing: `green-2`. */
    unanswered: readonly string[];
  }>;

/** Undefined: what came is no list. */
export const readList = (fields: Fields): List | undefined => {
  const { connections, unanswered } = fields;
  const matching = readFigure(fields['matching']);
  if (!Array.isArray(connections) || matching === null || !Array.isArray(unanswered)) return undefined;
  const listed = listOf(connections);
  return {
    connections: listed,
    shown: listed.length,
    matching,
    nextCursor: readText(fields['next_cursor']),
    unanswered: unanswered.map(String),
    isWhole: unanswered.length === 0,
  };
};
