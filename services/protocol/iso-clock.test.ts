import { expect, test } from 'vitest';
import { IsoClock } from './iso-clock.js';

test('says each time that it is asked for, whichever it said before', () => {
  const clock = new IsoClock();
  for (const ms of [0, 0, 1_700_000_000_123, 1_700_000_000_124, 1_700_000_000_124, 0]) {
    expect(clock.at(ms)).toBe(new Date(ms).toISOString());
  }
});
