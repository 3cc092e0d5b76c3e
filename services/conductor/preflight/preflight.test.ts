import { describe, expect, test } from 'vitest';
import { judge } from './preflight.js';
import { FACTS, LIMITS, broker, build, busiest, wordsOf } from './testing/facts.js';

test('the defaults of a worker agree with one another, and with a machine of usual size', () => {
  expect(judge(FACTS)).toEqual([]);
});

test.each([31, 100, 999.9, 12_345])(
  'at %d publications a second, what is said to be set is enough, also for a fifth more',
  (perSecond) => {
    const [, said] = /HISTORY_SIZE=(\d+) make promote/.exec(wordsOf(busiest(perSecond))) ?? [];
    expect(wordsOf({ ...build({ HISTORY_SIZE: Number(said) }), ...busiest(perSecond * 1.2) })).toBe('');
  },
);

describe('judge', () => {
  test('names every clash, a line each', () => {
    expect(wordsOf(build({ HISTORY_TTL: 1, HEARTBEAT_TIMEOUT: 1 })).split('\n')).toHaveLength(2);
  });

  test('another persistence than planned is a warning', () => {
    const persistence = [{ setting: 'appendonly', wanted: 'yes', found: 'no' }];
    expect(judge({ ...FACTS, ...broker({ persistence }) })).toEqual([
      'Redis does not keep its data as planned: appendonly=no where redis.conf says yes',
    ]);
  });

  test('what is not known is not judged', () => {
    const unknown = { build: undefined, busiest: undefined, connections: 0 };
    const nothing = { readTimeout: undefined, sendTimeout: undefined, connections: undefined, files: undefined };
    const away = { kill: LIMITS.kill, workerFiles: undefined, localPorts: undefined, broker: undefined };
    expect(judge({ ...FACTS, ...unknown, limits: { ...away, front: { ...nothing, processes: 0 } } })).toEqual([]);
    expect(judge({ ...FACTS, ...unknown })).toEqual([]);
    const before = build({ SESSION_TTL: undefined, DEDUPE_WINDOW: undefined });
    expect(judge({ ...FACTS, ...before })).toEqual([]);
  });
});
