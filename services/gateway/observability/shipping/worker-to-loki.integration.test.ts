import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lokiBinary, PrivateLoki } from '../../../../bench/private-loki.js';
import { TestClient } from '../../testing/client.js';

const WORKER = resolve(import.meta.dirname, '../../../../dist/services/gateway/main.js');
const CONDUCTOR = resolve(import.meta.dirname, '../../../../dist/services/conductor/main.js');
const binary = lokiBinary(process.env);
/** Stands in the name of the tests, where there is no Loki. */
const where =
  binary === undefined ? 'skipped: no Loki here, "make setup-observability" builds it' : 'with the real Loki';

type Line = Readonly<Record<string, unknown>>;

const tempFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-loki-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A built worker in a process of its own, memory as its broker. */
const startWorker = async (lokiUrl: string, settings: Readonly<Record<string, string>> = {}) => {
  const child = spawn(process.execPath, [WORKER], {
    env: {
      PORT: '0',
      COLOR: 'green',
      WORKER: '2',
      LOKI_URL: lokiUrl,
      DRAIN_GRACE: '0.1',
      RATE_LIMIT_TRUSTED: '127.0.0.0/8',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: Line[] = [];
  let rest = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((part) => JSON.parse(part) as Line));
  });
  const has = (event: string): boolean => lines.some((line) => line['event'] === event);
  await expect.poll(() => has('worker_started')).toBe(true);
  const port = lines.find(({ event }) => event === 'worker_started')?.['port'];
  return { child, lines, has, ws: `ws://127.0.0.1:${String(port)}`, stderr: () => stderr };
};

describe.skipIf(binary === undefined)(`a worker, ${where}`, () => {
  let loki: PrivateLoki;
  beforeAll(async () => {
    loki = await PrivateLoki.prepare(binary ?? '');
    await loki.start();
  });
  afterAll(() => loki.close());

  test('every line of standard output is in Loki, the last ones of a stop too; the queries of the seed find them', async () => {
    const worker = await startWorker(loki.url);
    const client = await TestClient.connect(`${worker.ws}/ws/chat/`);
    await client.next('system.welcome');
    const exited = once(worker.child, 'exit');
    worker.child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect(worker.has('shutdown_finished')).toBe(true);
    const all = '{service="websocket-message-counter", color="green", worker="2"}';
    await expect.poll(async () => (await loki.find(all)).length).toBe(worker.lines.length);
    const found = await loki.find(all);
    expect(found.map(({ line }) => JSON.parse(line) as Line)).toEqual(worker.lines);
    for (const { labels, at, line } of found) {
      const { level, timestamp } = JSON.parse(line) as { level: string; timestamp: string };
      expect(labels).toMatchObject({ service: 'websocket-message-counter', color: 'green', worker: '2', level });
      expect(Number(at / 1_000_000n)).toBe(Date.parse(timestamp));
    }
    expect((await loki.find('{service="websocket-message-counter"} |= "WebSocket"')).length).toBeGreaterThan(0);
    expect(await loki.find('{service="websocket-message-counter"} |= "ERROR"')).toEqual([]);
    expect(worker.stderr()).toBe('');
  });

  test('a crash is in Loki, with its error', async () => {
    const crash = join(tempFolder(), 'crash.mjs');
    writeFileSync(crash, "process.on('SIGUSR2', () => { throw new Error('on purpose'); });");
    const worker = await startWorker(loki.url, { WORKER: '4', NODE_OPTIONS: `--import=${crash}` });
    const exited = once(worker.child, 'exit');
    worker.child.kill('SIGUSR2');
    expect(await exited).toEqual([1, null]);
    await expect.poll(async () => (await loki.find('{worker="4", level="FATAL"}')).length).toBe(1);
    const [found] = await loki.find('{worker="4", level="FATAL"}');
    expect(found?.line).toContain('on purpose');
  });

  test('a message through a worker is found by test-loki, which prints both', async () => {
    const worker = await startWorker(loki.url, { WORKER: '5' });
    const runDir = tempFolder();
    const testLoki = (settings: Readonly<Record<string, string>>) =>
      spawnSync(process.execPath, [CONDUCTOR, 'test-loki'], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], RUN_DIR: runDir, HTTP_PORT: new URL(worker.ws).port, ...settings },
      });
    const { status, stdout, stderr } = testLoki({ LOKI_URL: loki.url });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/Written: \{"type":"ack".*"test-loki:/);
    expect(stdout).toMatch(/Found: {3}\{.*websocket_message_processed.*test-loki:/);
    expect(stdout).toMatch(/Labels: .*"color":"green".*"worker":"5"/);
    expect(stdout).toMatch(/\|= "WebSocket" +[1-9]/);
    const without = testLoki({ LOKI_URL: 'http://127.0.0.1:9' });
    expect(without.status).toBe(1);
    expect(without.stderr).toMatch(/Loki does not run at http:\/\/127\.0\.0\.1:9.*make setup-observability/);
  });

  test('Loki stopped and started again: told once, the oldest dropped and their number told, lines flow again', async () => {
    const settings = { LOKI_BUFFER_BYTES: '1048576', LOG_MESSAGES_PER_SECOND: '100000', WORKER: '3' };
    const worker = await startWorker(loki.url, settings);
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await client.next('system.welcome');
    await client.publish('c', 'before');
    const mine = '{worker="3"} |= "websocket_message_processed"';
    await expect.poll(async () => (await loki.find(mine)).length).toBe(1);

    await loki.stop();
    const MESSAGES = 6_000;
    for (let index = 0; index < MESSAGES; index += 1) {
      client.send({ type: 'publish', channel: 'c', data: index, id: `m${index}` });
      if (index % 500 === 0) await sleep(1);
    }
    await client.settle();
    await expect.poll(() => worker.has('loki_lost')).toBe(true);
    await loki.start();
    await expect.poll(() => worker.has('loki_back')).toBe(true);
    await client.publish('c', 'after');
    const dropped = Number(worker.lines.find(({ event }) => event === 'loki_back')?.['dropped']);
    expect(dropped).toBeGreaterThan(0);
    const written = MESSAGES + 2;
    await expect.poll(async () => (await loki.find(mine)).length).toBeGreaterThan(written - dropped - 5);
    expect((await loki.find(mine)).length).toBeLessThanOrEqual(written - dropped + 5);
    expect(worker.lines.filter(({ event }) => String(event).startsWith('loki_'))).toHaveLength(2);
    expect(worker.stderr()).toBe('');
  });
});

test('without a Loki a worker says so in one INFO line, and stops as fast as ever', async () => {
  const worker = await startWorker('http://127.0.0.1:9');
  await expect.poll(() => worker.has('loki_absent')).toBe(true);
  const exited = once(worker.child, 'exit');
  worker.child.kill('SIGTERM');
  const began = performance.now();
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(2_000);
  expect(worker.lines.filter(({ event }) => String(event).startsWith('loki_'))).toMatchObject([{ level: 'INFO' }]);
  expect(worker.stderr()).toBe('');
});
