import { expect, test } from 'vitest';
import { UpgradeTurns } from './upgrade-turns.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('of a herd 32 are answered in each turn, in the order in which they came', async () => {
  const turns = new UpgradeTurns();
  const answered: number[] = [];
  for (let number = 0; number < 80; number += 1) {
    const wait = turns.take();
    if (wait === undefined) answered.push(number);
    else void wait.then(() => answered.push(number));
  }
  expect(answered.length).toBe(32);
  await turn();
  expect(answered.length).toBe(64);
  // Who comes now stands behind those who wait.
  const late = turns.take();
  expect(late).toBeDefined();
  void late?.then(() => answered.push(80));
  await turn();
  expect(answered).toEqual(Array.from({ length: 81 }, (_, number) => number));
});

test('who comes alone is answered at once, again in each turn', async () => {
  const turns = new UpgradeTurns();
  for (let round = 0; round < 100; round += 1) {
    expect(turns.take()).toBeUndefined();
    await turn();
  }
});
