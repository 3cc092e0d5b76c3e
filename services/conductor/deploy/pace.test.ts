import { describe, expect, test } from 'vitest';
import { Pacemaker } from './pace.js';

const WELL = { kind: 'well' } as const;
const TROUBLE = { kind: 'trouble', why: 'it is late' } as const;

describe('Pacemaker', () => {
  test('begins slowly and reaches the full rate within ten seconds, but never more', () => {
    const pacemaker = new Pacemaker(1_000);
    const rates = Array.from({ length: 50 }, () => pacemaker.after(WELL));
    expect(rates[0]).toBeCloseTo(207);
    expect(rates.every((rate, look) => look === 0 || rate >= (rates[look - 1] ?? 0))).toBe(true);
    expect(rates.at(-1)).toBe(1_000);
  });

  test('gives way under strain, falls in trouble, and never ends', () => {
    const pacemaker = new Pacemaker(1_000);
    for (let look = 0; look < 50; look += 1) pacemaker.after(WELL);
    expect(pacemaker.after({ kind: 'enough' })).toBe(1_000);
    expect(pacemaker.after({ kind: 'strained' })).toBe(900);
    expect(pacemaker.after(TROUBLE)).toBe(630);
    for (let look = 0; look < 50; look += 1) pacemaker.after(TROUBLE);
    expect(pacemaker.after(TROUBLE)).toBe(50);
    expect(pacemaker.after(WELL)).toBeCloseTo(57.5);
    for (let look = 0; look < 20; look += 1) pacemaker.after(WELL);
    expect(pacemaker.after(WELL)).toBeGreaterThan(200);
  });
});
