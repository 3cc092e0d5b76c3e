import { expect, it } from 'vitest';
import { readTask } from './task-row.js';

const TASK = { id: 't1', name: 'report', attempt: 1, error: null, started_at: null, ended_at: null, progress: null };

it.each([
  ['waiting', 'cancel'],
  ['active', 'cancel'],
  ['failed', 'retry'],
  ['cancelled', 'retry'],
  ['done', undefined],
  ['a state to come', undefined],
])('a task that is %s can be given: %s', (state, action) => {
  expect(readTask({ ...TASK, state }).action).toBe(action);
});

it('says how far it is, and nothing of a progress that is none', () => {
  const words = (progress: unknown): string => readTask({ ...TASK, state: 'active', progress }).words;
  expect(words({ n: 3, of: 1_000 })).toBe('3 of 1,000');
  expect(words({ n: 3, of: 10, note: 'page 3' })).toBe('3 of 10: page 3');
  for (const none of [null, 7, { n: 1 }, { n: 'x', of: 2 }, { n: 0, of: 0 }]) expect(words(none)).toBe('–');
});

it('stands what it does not know', () => {
  expect(readTask({})).toMatchObject({ id: '', name: '–', state: '–', startedAt: '–', error: '', progress: undefined });
});

it('has its data, and the result of one that is done, as JSON that is cut where it is long', () => {
  const details = (more: object): string =>
    readTask({ ...TASK, state: 'active', data: { title: 'Sales' }, ...more }).details;
  expect(details({ result: null })).toBe('data {\n  "title": "Sales"\n}');
  expect(details({ state: 'done', data: 7, result: ['x'] })).toBe('data 7\nresult [\n  "x"\n]');
  expect(details({ data: 'x'.repeat(5_000) })).toBe(`data "${'x'.repeat(1_999)} …`);
});
