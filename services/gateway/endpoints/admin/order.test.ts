import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from './cursor.js';
import { comparePlaces, keyOf, mergePages, SORTS, type Place } from './order.js';

const facts = {
  clientId: 'ada',
  ip: '10.0.0.9',
  endpoint: 'plain',
  openedAtMs: 1_000,
  activeAtMs: 2_000,
  received: 3,
  sent: 4,
  errors: 5,
};
const places = fc.array(fc.record({ key: fc.integer({ min: 0, max: 5 }), id: fc.uuid() }), { maxLength: 60 });
const directions = fc.constantFrom('asc' as const, 'desc' as const);

describe('the order of connections', () => {
  it('[admin-3] gives every row once, in order, over the pages of several workers', () => {
    fc.assert(
      fc.property(
        fc.array(places, { maxLength: 4 }),
        directions,
        fc.integer({ min: 1, max: 9 }),
        (workers, direction, limit) => {
          const compare = comparePlaces(direction);
          const sorted = workers.map((own) => own.toSorted(compare));
          const all: Place[] = [];
          let after: Place | undefined;
          for (;;) {
            const pages = sorted.map((own) =>
              own.filter((row) => after === undefined || compare(after, row) < 0).slice(0, limit),
            );
            const page = mergePages(pages, direction, limit);
            all.push(...page);
            if (page.length < limit) break;
            const last = page.at(-1);
            const cursor = last === undefined ? '' : writeCursor('messages_sent', direction, last);
            after = readCursor(cursor, 'messages_sent', direction);
            expect(after).toEqual({ key: last?.key, id: last?.id });
          }
          expect(all).toEqual(workers.flat().toSorted(compare));
        },
      ),
    );
  });

  it('[admin-3] takes no cursor of another order, and nothing that is none', () => {
    const cursor = writeCursor('ip', 'asc', { key: '010.000.000.009', id: 'x' });
    expect(readCursor(cursor, 'ip', 'asc')).toEqual({ key: '010.000.000.009', id: 'x' });
    expect(readCursor(cursor, 'ip', 'desc')).toBeUndefined();
    expect(readCursor(cursor, 'idle', 'asc')).toBeUndefined();
    expect(readCursor('nonsense', 'ip', 'asc')).toBeUndefined();
  });

  it('[admin-3] puts the longest span first where figures fall, and 10.0.0.9 before 10.0.0.10', () => {
    expect(SORTS.map((sort) => keyOf(sort, facts, 'blue-1'))).toEqual([
      -1_000,
      -2_000,
      3,
      4,
      5,
      'ada',
      '010.000.000.009',
      'blue-1',
    ]);
    expect(keyOf('duration', facts, '') > keyOf('duration', { ...facts, openedAtMs: 5_000 }, '')).toBe(true);
    expect(keyOf('ip', facts, '') < keyOf('ip', { ...facts, ip: '10.0.0.10' }, '')).toBe(true);
  });
});
