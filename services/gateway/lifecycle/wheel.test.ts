import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Wheel } from './wheel.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Wheel', () => {
  it('visits every item once a period, and spreads them over it', () => {
    const visits = new Map<number, number>();
    let most = 0;
    const wheel = new Wheel<number>('touches', 3_000, (items) => {
      most = Math.max(most, items.size);
      for (const item of items) visits.set(item, (visits.get(item) ?? 0) + 1);
    });
    for (let item = 0; item < 90; item += 1) wheel.add(item);
    wheel.start();
    vi.advanceTimersByTime(3_000);
    expect([...visits.values()]).toEqual(Array.from({ length: 90 }, () => 1));
    expect(most).toBe(3);
    vi.advanceTimersByTime(3_000);
    expect(new Set(visits.values())).toEqual(new Set([2]));
    wheel.stop();
    vi.advanceTimersByTime(3_000);
    expect(new Set(visits.values())).toEqual(new Set([2]));
  });

  it('visits no longer what was taken off', () => {
    const visited: string[] = [];
    const wheel = new Wheel<string>('touches', 100, (items) => visited.push(...items));
    const place = wheel.add('gone');
    wheel.add('here');
    wheel.remove('gone', place);
    wheel.start();
    vi.advanceTimersByTime(100);
    expect(visited).toEqual(['here']);
    wheel.stop();
  });
});
