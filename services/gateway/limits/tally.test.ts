import { describe, expect, it } from 'vitest';
import { mergeRows, Tally } from './tally.js';

const row = (key: string, messages: number, connections = 0, disconnects = 0) => ({
  key,
  messages,
  connections,
  disconnects,
});

describe('who is limited most', () => {
  it('is counted by what, most first', () => {
    const tally = new Tally(1_000, 0);
    for (let n = 0; n < 3; n += 1) tally.add('ann', 'messages', 0);
    tally.add('bob', 'connections', 0);
    tally.add('ann', 'disconnects', 0);
    expect(tally.top(20, 0)).toEqual([row('ann', 3, 0, 1), row('bob', 0, 1)]);
    expect(tally.top(1, 0)).toHaveLength(1);
  });

  it('is of the open window and the one before', () => {
    const tally = new Tally(1_000, 0);
    tally.add('ann', 'messages', 0);
    tally.add('ann', 'messages', 1_000);
    expect(tally.top(20, 1_999)).toEqual([row('ann', 2)]);
    expect(tally.top(20, 2_000)).toEqual([row('ann', 1)]);
    expect(tally.top(20, 4_000)).toEqual([]);
  });

  it('cannot be hidden by any number of others, and the table stays bounded', () => {
    const tally = new Tally(1_000, 0);
    for (let n = 0; n < 50; n += 1) tally.add('often', 'messages', 0);
    for (let n = 0; n < 5_000; n += 1) tally.add(`once${n}`, 'messages', 0);
    const rows = tally.top(10_000, 0);
    expect(rows).toHaveLength(256);
    expect(rows.find(({ key }) => key === 'often')?.messages).toBe(50);
  });

  it('is added up over workers', () => {
    expect(mergeRows([row('a', 1), row('b', 5), row('a', 2, 1)], 2)).toEqual([row('b', 5), row('a', 3, 1)]);
  });
});
