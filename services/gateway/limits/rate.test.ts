import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bucket, type Rate } from './rate.js';

const DEFAULT: Rate = { limit: 60, windowMs: 60_000, burst: 2 };

/** How many of `n` are taken at a time. */
const takeMany = (bucket: Bucket, n: number, nowMs: number): number =>
  Array.from({ length: n }, () => bucket.take(nowMs)).filter((waitMs) => waitMs === 0).length;

describe('an allowance', () => {
  it('[limit-1] gives limit × burst at once, then one each window / limit, in the long run limit a window', () => {
    const bucket = new Bucket(DEFAULT, 0);
    expect(takeMany(bucket, 500, 0)).toBe(120);
    expect(takeMany(bucket, 10, 999)).toBe(0);
    expect(takeMany(bucket, 10, 1_000)).toBe(1);
    expect(takeMany(bucket, 500, 11_000)).toBe(10);
    let taken = 0;
    for (let second = 12; second <= 11 + 600; second += 1) taken += takeMany(bucket, 5, second * 1_000);
    expect(taken).toBe(600);
  });

  it('grows back evenly, to limit × burst and no more', () => {
    const bucket = new Bucket(DEFAULT, 0);
    takeMany(bucket, 120, 0);
    expect([0, 999, 1_000, 60_500, 120_000, 10_000_000].map((ms) => bucket.remaining(ms))).toEqual([
      0, 0, 1, 60, 120, 120,
    ]);
    expect(takeMany(bucket, 500, 10_000_000)).toBe(120);
  });

  it('[limit-2] tells the truth about when: who waits so long gets one, who comes a millisecond before does not', () => {
    fc.assert(
      fc.property(
        fc.record({
          limit: fc.integer({ min: 1, max: 5_000 }),
          windowMs: fc.integer({ min: 100, max: 3_600_000 }),
          burst: fc.double({ min: 1, max: 10, noNaN: true }),
        }),
        fc.array(fc.nat({ max: 5_000 }), { maxLength: 50 }),
        (rate, gaps) => {
          const bucket = new Bucket(rate, 0);
          let nowMs = 0;
          for (const gap of gaps) {
            nowMs += gap;
            takeMany(bucket, 20, nowMs);
          }
          for (let turn = 0; turn < 3; turn += 1) {
            let waitMs = bucket.take(nowMs);
            while (waitMs === 0) waitMs = bucket.take(nowMs);
            const before = bucket.take(nowMs + waitMs - 1);
            expect(waitMs <= 1 || before > 0).toBe(true);
            nowMs += Math.ceil(waitMs);
            expect(before === 0 || bucket.take(nowMs) === 0).toBe(true);
          }
        },
      ),
    );
  });

  it('is given back, and owed, as elsewhere something was taken', () => {
    const bucket = new Bucket(DEFAULT, 0, 60_000);
    expect(bucket.remaining(0)).toBe(60);
    bucket.take(0);
    bucket.giveBack();
    expect(bucket.remaining(0)).toBe(60);
    bucket.owe(90_000, 0);
    expect(bucket.remaining(0)).toBe(30);
    bucket.owe(1_000, 0);
    expect(bucket.remaining(0)).toBe(30);
    bucket.owe(300_000, 0);
    expect(bucket.remaining(0)).toBe(0);
    expect(bucket.take(0)).toBe(181_000);
  });
});
