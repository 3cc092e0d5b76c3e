import { describe, expect, test } from 'vitest';
import { FAULTS } from './faults/faults.js';
import { firstRound, schedule, wordsOf, type Blow } from './schedule.js';

const blows = (seed: number, count: number): readonly Blow[] => {
  const all = schedule(seed, FAULTS);
  return Array.from({ length: count }, () => all.next().value);
};
const words = (all: readonly Blow[]): readonly string[] => all.map(wordsOf);
const SEEDS = Array.from({ length: 50 }, (_, seed) => seed);

describe('the schedule of a seed', () => {
  test('is the same each time, down to what the faults choose', () => {
    expect(blows(7, 100)).toEqual(blows(7, 100));
    expect(words(blows(7, 100))).not.toEqual(words(blows(8, 100)));
  });

  test('has every kind of fault in its first round, one at a time', () => {
    for (const seed of SEEDS) {
      const first = firstRound(seed, FAULTS);
      expect(new Set(first.map(({ fault }) => fault.name))).toEqual(new Set(FAULTS.map(({ name }) => name)));
      expect(first.every(({ during }) => during === undefined)).toBe(true);
    }
  });

  test('never begins with a rollback that has nowhere to go', () => {
    for (const seed of SEEDS) {
      const names = firstRound(seed, FAULTS).map(({ fault }) => fault.name);
      expect(names.indexOf('promote')).toBeLessThan(names.indexOf('rollback'));
    }
  });

  test('strikes twice at a time later, never the same thing', () => {
    const doubles = blows(3, 500).flatMap(({ fault, during }) => (during === undefined ? [] : [[fault, during.fault]]));
    expect(doubles.length).toBeGreaterThan(50);
    for (const [first, second] of doubles) expect(first?.touches).not.toBe(second?.touches);
  });

  test('has only the faults that were asked for', () => {
    const [only] = FAULTS;
    const all = schedule(1, [only]);
    expect(all.next().value).toMatchObject({ fault: only, during: undefined });
  });
});
