import { expect, test } from 'vitest';
import { UpgradeTurns } from './upgrade-turns.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

test('of a herd 256 are answered as they come, and of the others 32 in each turn, in their order', async () => {
  const turns = new UpgradeTurns();
  const answered: number[] = [];
  for (const number of upTo(256 + 80)) {
    const wait = turns.take();
    if (wait === undefined) answered.push(number);
    else void wait.then(() => answered.push(number));
  }
  expect(answered).toEqual(upTo(256));
  await turn();
  expect(answered).toEqual(upTo(256 + 32));
  // Who comes now does not wait for those who do.
  expect(turns.take()).toBeUndefined();
  await turn();
  await turn();
  expect(answered).toEqual(upTo(256 + 80));
});

test('of those that somebody was asked about 32 are answered in each turn, with those that wait', async () => {
  const turns = new UpgradeTurns();
  const answered: number[] = [];
  for (const number of upTo(80)) {
    const wait = turns.takeLate();
    if (wait === undefined) answered.push(number);
    else void wait.then(() => answered.push(number));
  }
  expect(answered).toEqual(upTo(32));
  await turn();
  expect(answered).toEqual(upTo(64));
  expect(turns.takeLate()).toBeDefined();
  // Who is known does not wait for them.
  expect(turns.take()).toBeUndefined();
  await turn();
  expect(answered).toEqual(upTo(80));
});

test('who comes alone is answered at once, again in each turn', async () => {
  const turns = new UpgradeTurns();
  for (let round = 0; round < 300; round += 1) {
    expect([turns.take(), turns.takeLate()]).toEqual([undefined, undefined]);
    await turn();
  }
});
