import { expect, test } from 'vitest';
import { taskWorkersWords } from './doctor.js';

test.each([
  [1, undefined, 'task workers of a color: 1'],
  [1, 1, 'task workers of a color: 1'],
  [1, 2, 'task workers of a color: 1 (the stack that runs has 2)'],
  [0, undefined, 'no task workers'],
  [0, 2, 'no task workers (the stack that runs has 2)'],
])('task workers: %s wanted, %s run', (wanted, running, words) => {
  expect(taskWorkersWords(wanted, running)).toBe(words);
});
