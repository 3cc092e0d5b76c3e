import { readFileSync, readlinkSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { PATIENCE_MS } from '../../services/conductor/deploy/trouble.js';
import { processesOf, titleOf } from '../../services/conductor/processes.js';
import { ended, TestStack } from './stack.js';

const upForTest = async (): Promise<TestStack> => {
  const stack = await TestStack.up();
  onTestFinished(() => stack.close());
  return stack;
};

test('supervisord killed with -9: down ends everything of the stack, and up brings it back', async () => {
  const stack = await upForTest();
  const supervisord = Number(readFileSync(join(stack.runDir, 'supervisor/supervisord.pid'), 'utf8'));
  process.kill(supervisord, 'SIGKILL');
  await expect.poll(() => processesOf(stack.runDir).includes(supervisord)).toBe(false);
  expect(processesOf(stack.runDir).some((pid) => titleOf(pid).includes('redis-server'))).toBe(true);
  expect(await stack.run(['down'])).toMatchObject({ code: 0 });
  expect(processesOf(stack.runDir)).toEqual([]);
  expect(await stack.run(['up'])).toMatchObject({ code: 0 });
});

test('Redis away: a handshake through nginx is refused with 503 and JSON, as a worker refuses it', async () => {
  const stack = await upForTest();
  const redis = processesOf(stack.runDir).find((pid) => titleOf(pid).includes('redis-server'));
  if (redis === undefined) throw new Error('Redis does not run');
  process.kill(redis, 'SIGSTOP');
  const refusal = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const socket = new WebSocket(`${stack.socketUrl}/ws`);
      socket.once('unexpected-response', (_, response) => resolve(response));
      socket.once('open', () => reject(new Error('it was let in')));
      socket.once('error', reject);
    }).catch(() => undefined);
  try {
    await expect.poll(async () => (await refusal())?.statusCode, { timeout: 20_000 }).toBe(503);
    const response = await refusal();
    expect(response?.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/json' });
  } finally {
    process.kill(redis, 'SIGCONT');
  }
});

test('a rollback goes to what was active before, also when the stack was down in between', async () => {
  const stack = await upForTest();
  await stack.promote();
  const active = async (): Promise<string | undefined> =>
    (await stack.status()).colors.find((color) => color.active)?.release;
  const promoted = await active();
  await stack.run(['down']);
  await stack.run(['up'], { KEEP_RELEASES: '1' });
  expect(await active()).not.toBe(promoted);
  expect(await stack.run(['rollback'])).toMatchObject({ code: 0 });
  expect(await active()).toBe(promoted);
});

test('Redis hangs in the middle of a promote: what was done is taken back when it is there again', async () => {
  const stack = await upForTest();
  const redis = processesOf(stack.runDir).find((pid) => titleOf(pid).includes('redis-server'));
  if (redis === undefined) throw new Error('Redis does not run');
  const active = (): string => readlinkSync(join(stack.runDir, 'nginx/active'));
  const promote = ended(stack.start(['promote']));
  try {
    await expect.poll(active, { interval: 2, timeout: 30_000 }).toBe('green');
    process.kill(redis, 'SIGSTOP');
    await expect.poll(active, { timeout: 30_000 }).toBe('blue');
    // Time itself is what is tried here: longer than a deploy has patience with a color that it would switch to.
    await delay(2.5 * PATIENCE_MS);
  } finally {
    process.kill(redis, 'SIGCONT');
  }
  const { code, output } = await promote;
  expect(code, output).toBe(1);
  expect(output).toContain('Everything was undone: blue is active as before.');
});
