import { expect, test } from 'vitest';
import { Turn } from './turn.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what one turn brings is done at once, in its order, and what comes meanwhile in the next', async () => {
  const done: string[] = [];
  const ends: (() => void)[] = [];
  const settled: string[] = [];
  const work = new Turn<string>(async (items) => {
    done.push(items.join(' '));
    await new Promise<void>((resolve) => ends.push(resolve));
  });
  const add = (item: string): void => void work.add(item).then(() => settled.push(item));
  add('a');
  add('b');
  await Promise.resolve();
  expect(done).toEqual([]);
  await turn();
  expect(done).toEqual(['a b']);
  add('c');
  await turn();
  expect(done).toEqual(['a b', 'c']);
  ends[1]?.();
  await turn();
  expect(settled).toEqual(['c']);
  ends[0]?.();
  await turn();
  expect(settled).toEqual(['c', 'a', 'b']);
});

test('all that a turn brought learn that it failed, and the next is done', async () => {
  let fails = true;
  const work = new Turn<number>(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve()));
  const refused = await Promise.allSettled([work.add(1), work.add(2)]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  await expect(work.add(3)).resolves.toBeUndefined();
});
