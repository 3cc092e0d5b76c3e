import { expect, test } from 'vitest';
import { Places } from './places.js';

test('a message is its epoch, its offset and its id: heard again it is the same, with one of them changed another', () => {
  const places = new Places();
  const number = (epoch: string, offset: number, id: string) => places.numberOf({ epoch, offset }, id, 0);
  const all = [number('e', 1, 'x'), number('f', 1, 'x'), number('e', 1, 'y'), number('e', 2, 'x')];
  expect(all).toEqual([0, 1, 2, 3]);
  expect([number('e', 1, 'x'), number('f', 1, 'x'), number('e', 1, 'y'), number('e', 2, 'x')]).toEqual(all);
  expect(all.map((message) => [places.epochOf(message), places.offsets[message], places.idOf(message)])).toEqual([
    ['e', 1, 'x'],
    ['f', 1, 'x'],
    ['e', 1, 'y'],
    ['e', 2, 'x'],
  ]);
  expect([places.idCount, places.idNumber('x'), places.idNumber('y'), places.idNumber('z')]).toEqual([
    2,
    0,
    1,
    undefined,
  ]);
});

test('a life is dated by when it was first heard of', () => {
  const places = new Places();
  places.see('e', 10);
  places.numberOf({ epoch: 'f', offset: 1 }, 'x', 20);
  places.see('f', 30);
  places.see('e', 40);
  expect(places.heardOf).toEqual([
    { epoch: 'e', seenAtMs: 10 },
    { epoch: 'f', seenAtMs: 20 },
  ]);
});
