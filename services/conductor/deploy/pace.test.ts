import { describe, expect, test } from 'vitest';
import type { Bearing } from '../vitals/judge.js';
import { Pacemaker } from './pace.js';

const well = (room: number): Bearing => ({ kind: 'well', room });
const TROUBLE: Bearing = { kind: 'trouble', why: 'it is late' };

/** Looks at a color that moves whoever is told at once. */
const looks = (pacemaker: Pacemaker, bearing: Bearing, count: number): number[] => {
  const rates: number[] = [];
  for (let look = 0; look < count; look += 1) rates.push(pacemaker.after(bearing, rates.at(-1) ?? 0));
  return rates;
};

describe('Pacemaker', () => {
  test('begins with what there is room for, and reaches the full rate within ten seconds, but never more', () => {
    const rates = looks(new Pacemaker(1_000), well(1), 50);
    expect(rates[0]).toBe(500);
    expect(rates.every((rate, look) => look === 0 || rate >= (rates[look - 1] ?? 0))).toBe(true);
    expect(rates.at(-1)).toBe(1_000);
  });

  test('the less room there is, the more slowly it begins and grows', () => {
    expect(looks(new Pacemaker(1_000), well(0.4), 2)).toEqual([200, 200 * (1 + 0.06 * 0.4)]);
    expect(looks(new Pacemaker(1_000), well(0), 3)).toEqual([100, 100, 100]);
    expect(looks(new Pacemaker(1_000), { kind: 'strained' }, 1)).toEqual([100]);
  });

  test('tells nobody much faster than connections were seen to move', () => {
    const pacemaker = new Pacemaker(1_000);
    const rates = Array.from({ length: 50 }, () => pacemaker.after(well(1), 0));
    expect(rates.at(-1)).toBe(500);
    for (let look = 0; look < 50; look += 1) pacemaker.after(well(1), 400);
    expect(pacemaker.after(well(1), 400)).toBe(600);
    expect(pacemaker.after(well(1), 0)).toBe(600);
  });

  test('gives way under strain, falls in trouble, and never ends', () => {
    const pacemaker = new Pacemaker(1_000);
    looks(pacemaker, well(1), 50);
    expect(pacemaker.after({ kind: 'enough' }, 1_000)).toBe(1_000);
    expect(pacemaker.after({ kind: 'strained' }, 1_000)).toBe(900);
    expect(pacemaker.after(TROUBLE, 1_000)).toBe(630);
    looks(pacemaker, TROUBLE, 50);
    expect(pacemaker.after(TROUBLE, 0)).toBe(100);
    expect(pacemaker.after(well(1), 100)).toBe(106);
    expect(looks(pacemaker, well(1), 40).at(-1)).toBeGreaterThan(500);
  });
});
