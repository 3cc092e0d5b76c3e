import { describe, expect, test } from 'vitest';
import { missing, type Reading } from './figures.js';
import { BakeJudge, bearingOf } from './judge.js';
import { readThresholds } from './thresholds.js';

const thresholds = readThresholds('infra/thresholds.json');

const reading = (given: Partial<Reading>): Reading => ({ source: 'green-1', moments: {}, shares: {}, ...given });
const lag = (ms: number): Reading => reading({ moments: { event_loop_lag_ms: ms } });

describe('bearingOf', () => {
  const WELL = { kind: 'well', room: 1 };
  const trouble = (why: string) => ({ kind: 'trouble', why });

  test('well, while all is or nothing is known', () => {
    expect(bearingOf([], [], thresholds)).toEqual(WELL);
    expect(bearingOf([lag(25), reading({})], [], thresholds)).toEqual(WELL);
  });

  test('strained above the half of a limit, in trouble above it, with both figures', () => {
    expect(bearingOf([lag(10), lag(26)], [], thresholds)).toEqual({ kind: 'strained' });
    expect(bearingOf([lag(10), lag(51)], [], thresholds)).toEqual(
      trouble('event-loop lag p99 on green-1: 51 ms, more than 50 ms'),
    );
  });

  test('strained on a busy machine, however well it still does', () => {
    const busy = (hostBusy: number): Reading => ({ ...lag(1), hostBusy });
    expect(bearingOf([busy(0.1), busy(0.425)], [], thresholds)).toEqual({ kind: 'well', room: 0.5 });
    expect(bearingOf([busy(0.1), busy(0.85)], [], thresholds)).toEqual({ kind: 'well', room: 0 });
    expect(bearingOf([busy(0.1), busy(0.95)], [], thresholds)).toEqual({ kind: 'enough' });
    expect(bearingOf([busy(0.1), busy(0.96)], [], thresholds)).toEqual({ kind: 'strained' });
  });

  test('in trouble for failures since the last look, not for those before', () => {
    const resumes = (failed: number, of: number): Reading => reading({ shares: { resume_failures: { failed, of } } });
    const words = trouble('failed resumes on green-1: 5 of 20, more than 20 %');
    expect(bearingOf([resumes(5, 20)], [], thresholds)).toEqual(words);
    expect(bearingOf([resumes(5, 20)], [resumes(0, 0)], thresholds)).toEqual(words);
    expect(bearingOf([resumes(5, 21)], [resumes(5, 20)], thresholds)).toEqual(WELL);
    expect(bearingOf([resumes(10, 40)], [resumes(5, 20)], thresholds)).toEqual(
      trouble('failed resumes on green-1: 5 of 20, more than 20 %'),
    );
    expect(bearingOf([resumes(4, 4)], [], thresholds)).toEqual(WELL);
  });
});

describe('BakeJudge', () => {
  test('one late moment is noise, the fourth within ten looks is a breach', () => {
    const judge = new BakeJudge(thresholds);
    const looks = [300, 10, 300, 10, 300, 10, 10];
    for (const ms of looks) expect(judge.look([lag(ms)])).toBeUndefined();
    expect(judge.look([lag(300)])).toBe(
      'event-loop lag p99 on green-1: 300 ms, more than 250 ms, in 4 of the last 10 looks',
    );
  });

  test('late moments further apart, or on different workers, are not added up', () => {
    const judge = new BakeJudge(thresholds);
    for (let round = 0; round < 5; round += 1) {
      expect(judge.look([lag(300)])).toBeUndefined();
      for (let n = 0; n < 5; n += 1) expect(judge.look([lag(1)])).toBeUndefined();
    }
    const sources = ['green-1', 'green-2', 'green-3', 'green-4'];
    for (const source of sources) {
      expect(judge.look(sources.map((name) => ({ ...lag(name === source ? 300 : 1), source: name })))).toBeUndefined();
    }
  });

  test('a worker that gave figures and gives none any more is a breach, one look without is none', () => {
    const judge = new BakeJudge(thresholds);
    for (const look of [lag(1), missing('green-1'), missing('green-1'), lag(1), missing('green-1')]) {
      expect(judge.look([look])).toBeUndefined();
    }
    expect(judge.look([missing('green-1')])).toBe('no figures from green-1 in 4 of the last 10 looks');
  });

  test('five in a hundred publishes that fail are a breach, one in a thousand is none', () => {
    const judge = new BakeJudge(thresholds);
    const publishes = (failed: number, of: number) => [reading({ shares: { publish_failures: { failed, of } } })];
    expect(judge.look(publishes(1, 1))).toBeUndefined();
    expect(judge.look(publishes(5, 5_000))).toBeUndefined();
    expect(judge.look(publishes(5, 100))).toBe('failed publishes on green-1: 5 of 100, more than 1 %');
  });
});

test('a file of thresholds that is none is refused with its name', () => {
  expect(() => readThresholds('package.json')).toThrow(/THRESHOLDS=package\.json: .*pause/s);
  expect(() => readThresholds('none.json')).toThrow('THRESHOLDS=none.json');
});
