import { describe, expect, test } from 'vitest';
import type { Bearing } from '../vitals/judge.js';
import { Pacemaker } from './pace.js';

const well = (room: number): Bearing => ({ kind: 'well', room });
const STRAINED: Bearing = { kind: 'strained' };
const TROUBLE: Bearing = { kind: 'trouble', why: 'it is late' };

/** Looks at a color that moves whoever is told at once. */
const looks = (pacemaker: Pacemaker, bearing: Bearing, count: number): number[] => {
  const rates: number[] = [];
  for (let look = 0; look < count; look += 1) rates.push(pacemaker.after(bearing, rates.at(-1) ?? 0));
  return rates;
};
const atFullRate = (): Pacemaker => {
  const pacemaker = new Pacemaker(1_000);
  looks(pacemaker, well(1), 50);
  return pacemaker;
};

describe('Pacemaker', () => {
  test('begins with what there is room for, and reaches the full rate within ten seconds, but never more', () => {
    expect(looks(new Pacemaker(1_000), well(1), 1)).toEqual([1_000]);
    const rates = looks(new Pacemaker(1_000), well(0.8), 50);
    expect(rates[0]).toBeCloseTo(563.2);
    expect(rates.every((rate, look) => look === 0 || rate >= (rates[look - 1] ?? 0))).toBe(true);
    expect(rates.at(-1)).toBe(1_000);
  });

  test('the less room there is, the more slowly it begins', () => {
    expect(looks(new Pacemaker(1_000), well(0.5), 1)[0]).toBeCloseTo(137.5);
    expect(looks(new Pacemaker(1_000), well(0), 3)).toEqual([100, 100, 100]);
    expect(looks(new Pacemaker(1_000), STRAINED, 1)).toEqual([100]);
  });

  test('grows no faster than what was seen to move, and the room that this left, allow', () => {
    const pacemaker = new Pacemaker(1_000);
    expect(looks(pacemaker, well(0.5), 1)[0]).toBeCloseTo(137.5);
    for (let look = 0; look < 50; look += 1) pacemaker.after(well(0.9), 0);
    expect(pacemaker.after(well(0.9), 0)).toBeCloseTo(137.5);
    for (let look = 0; look < 50; look += 1) pacemaker.after(well(0.2), 200);
    expect(pacemaker.after(well(0.2), 200)).toBeCloseTo(250);
    expect(pacemaker.after(well(0.2), 0)).toBeCloseTo(250);
  });

  test('gives way under strain, falls in trouble, and never ends', () => {
    expect(atFullRate().after({ kind: 'enough' }, 1_000)).toBe(1_000);
    expect(atFullRate().after(STRAINED, 0)).toBe(900);
    expect(atFullRate().after(TROUBLE, 0)).toBe(700);
    const pacemaker = atFullRate();
    for (let look = 0; look < 50; look += 1) pacemaker.after(TROUBLE, 0);
    expect(pacemaker.after(TROUBLE, 0)).toBe(100);
    expect(looks(pacemaker, well(1), 40).at(-1)).toBeGreaterThan(500);
  });

  test('takes no more off than a part of what moves: what it spares shows only later', () => {
    const strained = atFullRate();
    for (let look = 0; look < 15; look += 1) strained.after(STRAINED, 1_000);
    expect(strained.after(STRAINED, 1_000)).toBe(800);
    const troubled = atFullRate();
    for (let look = 0; look < 15; look += 1) troubled.after(TROUBLE, 1_000);
    expect(troubled.after(TROUBLE, 1_000)).toBe(500);
  });
});
