import { describe, expect, it } from 'vitest';
import { Attempts } from './attempts.js';

describe('attempts at a password or a key', () => {
  it('[admin-1] wait twice as long each time, after three, for that address alone, and are forgotten', () => {
    const attempts = new Attempts();
    const waits: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      waits.push(attempts.waitMs('a', 0));
      attempts.failed('a', 0);
    }
    expect(waits).toEqual([0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    expect(attempts.waitMs('b', 0)).toBe(0);
    expect(attempts.waitMs('a', 59_000)).toBe(1_000);
    expect(attempts.waitMs('a', 60_000)).toBe(0);
    attempts.failed('a', 16 * 60_000);
    expect(attempts.waitMs('a', 16 * 60_000)).toBe(0);
  });

  it('[admin-1] are counted for an IPv6 network as a whole: a host has all of its addresses', () => {
    const attempts = new Attempts();
    for (let n = 0; n < 4; n += 1) attempts.failed(`2001:db8:1:2::${n}`, 0);
    for (const ip of ['2001:db8:1:2:ffff::9', '2001:0db8:0001:0002::']) expect(attempts.waitMs(ip, 0)).toBe(2_000);
    expect(attempts.waitMs('2001:db8:1:3::1', 0)).toBe(0);
    attempts.succeeded('2001:db8:1:2::77');
    expect(attempts.waitMs('2001:db8:1:2::1', 0)).toBe(0);
  });

  it('remember a thousand addresses at most, and nobody who knew it', () => {
    const attempts = new Attempts();
    for (let n = 0; n < 4; n += 1) attempts.failed('first', 0);
    for (let n = 0; n < 999; n += 1) attempts.failed(`other ${n}`, 0);
    expect(attempts.waitMs('first', 0)).toBe(2_000);
    attempts.failed('one more', 0);
    expect(attempts.waitMs('first', 0)).toBe(0);
    for (let n = 0; n < 4; n += 1) attempts.failed('last', 0);
    attempts.succeeded('last');
    expect(attempts.waitMs('last', 0)).toBe(0);
  });
});
