import { describe, expect, it } from 'vitest';
import { placed } from './mark-drawing.js';

const name = (x: number, text: string) => ({ x, length: 10 * text.length, text });

describe('names of marks', () => {
  it('stand at the top, those that are close one under the other, and are left out where there is no room', () => {
    const names = [name(0, 'switch'), name(5, 'move'), name(11, 'done'), name(40, 'switch'), name(45, 'rolled back')];
    expect(placed(names, { height: 160, right: 500 }, 1).map(({ text, top }) => [text, top])).toEqual([
      ['switch', 3],
      ['move', 66],
      ['done', 109],
      ['switch', 3],
    ]);
  });

  it('are left out at the right edge, where they would be cut', () => {
    const names = [name(0, 'move'), name(86, 'switch'), name(87, 'done')];
    expect(placed(names, { height: 500, right: 100 }, 1).map(({ text }) => text)).toEqual(['move', 'switch']);
  });

  it('are as wide as the screen is fine', () => {
    const names = [name(0, 'move'), name(20, 'done')];
    expect(placed(names, { height: 500, right: 500 }, 1).map(({ top }) => top)).toEqual([3, 3]);
    expect(placed(names, { height: 500, right: 500 }, 2).map(({ top }) => top)).toEqual([6, 52]);
  });
});
