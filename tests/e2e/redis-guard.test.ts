import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { choosePorts } from '../../chaos/private-ports.js';
import { redisCommand } from '../../chaos/redis-command.js';
import { findTools } from '../../services/conductor/engines/local/tools.js';
import { checkout } from './stack.js';

let folder: string;
let port: number;
let running: ChildProcess;

const redis = (...words: readonly string[]): Promise<string> => redisCommand(port, ...words);
const answers = (): Promise<boolean> =>
  redis('PING').then(
    (reply) => reply.startsWith('+PONG'),
    () => false,
  );

const start = async (): Promise<void> => {
  const { redisServer, path } = findTools(process.env['PATH'] ?? '');
  running = spawn('sh', [join(checkout, 'infra/local/redis-guard.sh'), redisServer, join(folder, 'redis.conf')], {
    cwd: folder,
    env: { PATH: path },
    stdio: 'ignore',
  });
  await expect.poll(answers).toBe(true);
};
const stop = async (): Promise<void> => {
  const ended = once(running, 'exit');
  await redis('SHUTDOWN');
  await ended;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-redis-guard-'));
  port = (await choosePorts(Number(process.env['VITEST_POOL_ID'] ?? 0))).redis;
  const lines = ['bind 127.0.0.1', `port ${port}`, `dir "${folder}"`, 'save ""', 'appendonly yes'];
  writeFileSync(join(folder, 'redis.conf'), lines.join('\n'));
  await start();
});
afterEach(() => {
  running.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** As a publish does it: the log and its newest offset in one transaction. */
const publish = (offset: number, body: string): Promise<string> => {
  const script = "redis.call('XADD', 'log', ARGV[1]..'-0', 'b', ARGV[2]); return redis.call('SET', 'top', ARGV[1])";
  return redis('EVAL', script, '0', String(offset), body);
};
const logged = async (): Promise<readonly string[]> =>
  [...(await redis('XRANGE', 'log', '-', '+')).matchAll(/\$1\r\nb\r\n\$\d+\r\n(\w+)/g)].map(([, body = '']) => body);

const file = (): string => {
  const name = readdirSync(join(folder, 'appendonlydir')).find((entry) => entry.endsWith('.incr.aof'));
  return join(folder, 'appendonlydir', name ?? 'none');
};
const cutAfter = (text: string): void => {
  const at = readFileSync(file()).lastIndexOf(text);
  truncateSync(file(), at + text.length);
};

test.each([
  ['in the middle of a command', '$3\r\nSET'],
  ['between two commands of it', 'third\r\n'],
])('[acked-1] a file cut inside a transaction, %s: what is published next outlives the next start', async (_, text) => {
  await publish(1, 'first');
  await publish(2, 'second');
  await publish(3, 'third');
  await stop();
  cutAfter(text);
  await start();
  expect(await logged()).toEqual(['first', 'second']);
  await publish(3, 'another');
  await stop();
  await start();
  expect(await logged()).toEqual(['first', 'second', 'another']);
});

test('a file that is damaged elsewhere is left as it is', async () => {
  await publish(1, 'first');
  await stop();
  const whole = readFileSync(file(), 'latin1');
  const nested = whole.replace('*1\r\n$4\r\nEXEC\r\n', '');
  writeFileSync(file(), `${nested}${whole}`, 'latin1');
  await start();
  expect(readFileSync(file(), 'latin1').startsWith(`${nested}${whole}`)).toBe(true);
});
