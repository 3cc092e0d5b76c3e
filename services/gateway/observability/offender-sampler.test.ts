import { describe, expect, it } from 'vitest';
import { OffenderSampler } from './offender-sampler.js';

describe('OffenderSampler', () => {
  it('tells of each at once, then every ten seconds how often it was since', () => {
    const offenders = new OffenderSampler();
    expect(offenders.take('a', 0)).toEqual({ times: 1 });
    for (let ms = 200; ms < 10_000; ms += 200) expect(offenders.take('a', ms)).toBeUndefined();
    expect(offenders.take('b', 9_999)).toEqual({ times: 1 });
    expect(offenders.take('a', 10_000)).toEqual({ times: 50 });
    expect(offenders.take('a', 19_999)).toBeUndefined();
    expect(offenders.take('a', 20_000)).toEqual({ times: 2 });
  });

  it('tells of ten a second at most, and later of those that had to wait', () => {
    const offenders = new OffenderSampler();
    const told = Array.from({ length: 500 }, (_, n) => offenders.take(`client ${n}`, 500)).filter(Boolean);
    expect(told).toHaveLength(10);
    expect(offenders.take('client 499', 999)).toBeUndefined();
    expect(offenders.take('client 499', 1_000)).toEqual({ times: 3 });
  });

  it('keeps no more than a thousand apart, and forgets those of longest ago', () => {
    const offenders = new OffenderSampler();
    offenders.take('first', 0);
    for (let n = 0; n < 1_024; n += 1) offenders.take(`client ${n}`, 1 + n);
    expect(offenders.take('first', 5_000)).toEqual({ times: 1 });
    expect(offenders.take('client 1023', 6_000)).toEqual({ times: 2 });
  });
});
