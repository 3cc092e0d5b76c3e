import { describe, expect, it } from 'vitest';
import { RecentFrames } from './recent.js';
import { EPOCH, SECOND, at, place } from './testing/world.js';

const filled = (frames: RecentFrames, last: number, text = 'x'): RecentFrames => {
  for (let offset = 1; offset <= last; offset += 1) frames.push({ epoch: EPOCH, offset: at(offset), text });
  return frames;
};
const offsets = (frames: RecentFrames, since: number, top: number): number[] | undefined =>
  frames.after(place(since), place(top))?.map(({ offset }) => offset);

describe('RecentFrames', () => {
  it('gives what follows a place, as far back as it reaches and no further', () => {
    const frames = filled(new RecentFrames(4, 1_000), 10);
    expect(offsets(frames, 10, 10)).toEqual([]);
    expect(offsets(frames, 8, 10)).toEqual([9, 10]);
    expect(offsets(frames, 6, 10)).toEqual([7, 8, 9, 10]);
    expect(offsets(frames, 5, 10)).toBeUndefined();
  });

  it('forgets by size too, so that what is sent from it never makes a client too slow', () => {
    const frames = filled(new RecentFrames(100, 35), 10, 'ten chars.');
    expect(offsets(frames, 7, 10)).toEqual([8, 9, 10]);
    expect(offsets(frames, 6, 10)).toBeUndefined();
  });

  it('is right however often its array was cut', () => {
    const frames = new RecentFrames(3, 1_000);
    const tooFarBack: unknown[] = [];
    for (let top = 1; top <= 50; top += 1) {
      frames.push({ epoch: EPOCH, offset: at(top), text: 'x' });
      expect(offsets(frames, Math.max(0, top - 3), top)).toEqual([top - 2, top - 1, top].filter((n) => n > 0));
      if (top > 3) tooFarBack.push(offsets(frames, top - 4, top));
    }
    expect(new Set(tooFarBack)).toEqual(new Set([undefined]));
  });

  it('knows nothing of another life, of a place that is still to come, and of what was cleared', () => {
    const frames = filled(new RecentFrames(10, 1_000), 5);
    expect(frames.after(place(4, SECOND), place(5))).toBeUndefined();
    expect(frames.after(place(6), place(5))).toBeUndefined();
    frames.clear();
    expect(offsets(frames, 4, 5)).toBeUndefined();
    expect(offsets(frames, 5, 5)).toEqual([]);
  });
});
