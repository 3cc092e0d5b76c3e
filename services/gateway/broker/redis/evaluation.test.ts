import { Command } from 'ioredis';
import { expect, test } from 'vitest';
import { Evaluation } from './evaluation.js';

test.each([
  { keys: [], args: [] },
  { keys: ['sy:{c:room}:log', 'sy:{c:room}:meta'], args: ['run', 1_000, 0.5, -1, ''] },
  { keys: ['sy:{c:room}:p:zoë'], args: ['"data":"grüße, 你好 👋"', 'a\r\nb', '\u0000', 'x'.repeat(70_000)] },
])('the call of a script is what the client itself would write of $keys', ({ keys, args }) => {
  const sha = 'a'.repeat(40);
  const own = new Evaluation({ sha, source: '' }, keys, args);
  const theirs = new Command('evalsha', [sha, keys.length, ...keys, ...args], { replyEncoding: 'utf8' });
  expect(own.toWritable()).toBe(theirs.toWritable({}));
});
