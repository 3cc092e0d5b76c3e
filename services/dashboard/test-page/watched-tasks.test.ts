import { expect, it } from 'vitest';
import { decodeServerFrame } from '../../protocol/decode-server.js';
import { WatchedTasks } from './watched-tasks.js';

/** What a connection hears, one thing a second. */
const listening = () => {
  const watched = new WatchedTasks();
  let second = 0;
  const hear = (channel: string, data: unknown, at = (second += 1), from = 'tasks'): void => {
    const time = new Date(Date.UTC(2026, 0, 1) + at * 1_000).toISOString();
    const text = JSON.stringify({ type: 'message', channel, epoch: 'e', offset: at, from, data, time });
    const decoded = decodeServerFrame(text);
    if (!decoded.ok) throw new Error(`no frame: ${text}`);
    watched.heard(decoded.frame);
  };
  return { watched, hear };
};
const told = (event: string, more: object = {}, task = 't1') => ({ task, name: 'report', event, ...more });

it('a task goes with its publications, to its end and through another run', () => {
  const { watched, hear } = listening();
  const now = () => watched.all().map(({ words, progress, isOver }) => [words, progress?.n, isOver]);
  hear('task:t1', told('queued', { data: {} }));
  expect(now()).toEqual([['queued', undefined, false]]);
  hear('task:t1', told('started', { attempt: 1 }));
  hear('task:t1', told('progress', { n: 3, of: 10, note: 'page 3' }));
  hear('task:t1', told('log', { text: 'a line' }));
  expect(now()).toEqual([['3 of 10: page 3', 3, false]]);
  hear('task:t1', told('failed', { error: 'no paper' }));
  expect(now()).toEqual([['failed: no paper', 3, true]]);
  hear('task:t1', told('retried'));
  hear('task:t1', told('started', { attempt: 2 }));
  expect(now()).toEqual([['started, attempt 2', undefined, false]]);
});

it('a channel that is behind the other tells nothing old', () => {
  const { watched, hear } = listening();
  hear('task:t1', told('progress', { n: 3, of: 10 }), 3);
  hear('task:t1', told('done', { result: null }), 5);
  hear('tasks', told('progress', { n: 3, of: 10 }), 4);
  expect(watched.all()).toMatchObject([{ words: 'done', isOver: true }]);
});

it('other channels and other data are no tasks; of many tasks the newest 20 are there', () => {
  const { watched, hear } = listening();
  hear('room', told('progress', { n: 1, of: 2 }));
  hear('tasks', 'text');
  hear('tasks', { event: 'done' });
  hear('task:t1', told('failed', { error: 'forged' }), 9, 'eve');
  expect(watched.all()).toEqual([]);
  for (let n = 1; n <= 25; n += 1) hear('tasks', told('queued', {}, `t${n}`));
  expect(watched.all().map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => `t${25 - index}`));
});

it.each([
  ['queued', 'cancel'],
  ['progress', 'cancel'],
  ['returned', 'cancel'],
  ['failed', 'retry'],
  ['cancelled', 'retry'],
  ['done', undefined],
])('of a task that was told to be %s may be asked: %s', (event, action) => {
  const { watched, hear } = listening();
  hear('tasks', told(event, { n: 1, of: 2 }));
  expect(watched.all()).toMatchObject([{ action }]);
});
