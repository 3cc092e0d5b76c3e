import type { ConnectionFacts } from '../../lifecycle/connections.js';

export const SORTS = [
  'duration',
  'idle',
  'messages_received',
  'messages_sent',
  'errors',
  'client_id',
  'ip',
  'worker',
] as const;
export type Sort = (typeof SORTS)[number];
export type Direction = 'asc' | 'desc';

/** What a connection is sorted by; of one sort all are numbers or all are texts. */
export type Key = string | number;
/** A row's place in the order: no two have the same. */
export type Place = Readonly<{ key: Key; id: string }>;

/** Texts from A, figures from the largest: what a person looks for first. */
export const directionOf = (sort: Sort): Direction =>
  sort === 'client_id' || sort === 'ip' || sort === 'worker' ? 'asc' : 'desc';

/** Of times the moment, not the span: it stays what it is while pages are turned. */
export const keyOf = (sort: Sort, facts: ConnectionFacts, workerName: string): Key => {
  switch (sort) {
    case 'duration':
      return -facts.openedAtMs;
    case 'idle':
      return -facts.activeAtMs;
    case 'messages_received':
      return facts.received;
    case 'messages_sent':
      return facts.sent;
    case 'errors':
      return facts.errors;
    case 'client_id':
      return facts.clientId ?? '';
    case 'ip':
      // 10.0.0.9 stands before 10.0.0.10.
      return facts.ip.replace(/\d+/g, (digits) => digits.padStart(3, '0'));
    case 'worker':
      return workerName;
  }
  return sort satisfies never;
};

export const comparePlaces =
  (direction: Direction) =>
  (one: Place, other: Place): number =>
    (direction === 'asc' ? 1 : -1) * (compareKeys(one.key, other.key) || compareKeys(one.id, other.id));

const compareKeys = (one: Key, other: Key): number => (one < other ? -1 : one > other ? 1 : 0);

/** Pages of several workers, each in order, as one page of at most `limit`. */
export const mergePages = <Row extends Place>(
  pages: readonly (readonly Row[])[],
  direction: Direction,
  limit: number,
): readonly Row[] => {
  const compare = comparePlaces(direction);
  const heads = pages.map(() => 0);
  const merged: Row[] = [];
  while (merged.length < limit) {
    let first: Row | undefined;
    let from = -1;
    for (const [index, page] of pages.entries()) {
      const head = page[heads[index] ?? 0];
      if (head === undefined || (first !== undefined && compare(first, head) <= 0)) continue;
      first = head;
      from = index;
    }
    if (first === undefined) break;
    heads[from] = (heads[from] ?? 0) + 1;
    merged.push(first);
  }
  return merged;
};
