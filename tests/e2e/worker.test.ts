import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { TestClient } from '../../services/gateway/testing/client.js';
import { startLoneWorker, type LoneWorker } from './lone-worker.js';
import { checkout } from './stack.js';

let worker: LoneWorker | undefined;
afterEach(() => {
  worker?.process.kill('SIGKILL');
});

/** A handler that leaves work behind which nobody waits for. */
const LEAKS = `
  import { readFile } from 'node:fs/promises';
  import { defineHandler } from 'switchyard/handlers';
  import { z } from 'zod';
  const LEAKS = {
    rejects: () => void Promise.reject('busy'),
    fetches: () => void fetch('http://127.0.0.1:1/'),
    reads: () => void readFile('/nope'),
    throws: () => void setTimeout(() => { throw 'late'; }, 1),
  };
  export const leak = defineHandler({
    type: 'leak',
    schema: z.enum(['rejects', 'fetches', 'reads', 'throws']),
    handle: (_context, data) => LEAKS[data](),
  });`;

describe('a worker alone', () => {
  test('says in one line that it is a cluster of one, and serves', async () => {
    worker = await startLoneWorker();
    expect(worker.logs.filter(({ event }) => event === 'cluster_of_one')).toHaveLength(1);
    const client = await TestClient.connect(`${worker.ws}/ws/chat/`);
    client.send('hello');
    expect(await client.next('ack')).toMatchObject({ message_count: 1 });
  });

  test('tells a mistyped setting, and serves', async () => {
    worker = await startLoneWorker({ RATE_LIMIT_MESSAGE_PER_WINDOW: '5', DRAIN_TIMEOUT: '300' });
    expect(worker.logs.filter(({ event }) => event === 'setting_unknown')).toMatchObject([
      { setting: 'RATE_LIMIT_MESSAGE_PER_WINDOW', nearest: 'RATE_LIMIT_MESSAGES_PER_WINDOW' },
    ]);
  });

  test('starts by npm run worker with the settings of the environment, COLOR among them', async () => {
    worker = await startLoneWorker({ COLOR: 'green', WORKER: '7' }, ['npm', 'run', 'worker']);
    const version = await fetch(`http://127.0.0.1:${worker.port}/version`);
    const { pid, ...said } = (await version.json()) as { pid: number };
    process.kill(pid, 'SIGTERM');
    expect(said).toMatchObject({ color: 'green', worker: '7' });
    expect(await worker.exited).toBe(0);
  });

  test('has handlers built by npm run worker; a module of tasks that is wrong stops it in words', async () => {
    worker = await startLoneWorker({ HANDLERS: 'examples/handlers', TASKS: 'examples/tasks' }, [
      'npm',
      'run',
      'worker',
    ]);
    expect(worker.logs.find(({ event }) => event === 'handlers_registered')).toMatchObject({
      types: ['counter.press', 'typing.start', 'typing.stop'],
    });
    const { pid } = (await (await fetch(`http://127.0.0.1:${worker.port}/version`)).json()) as { pid: number };
    process.kill(pid, 'SIGTERM');
    expect(await worker.exited).toBe(0);
    const { status, stderr } = spawnSync(join(checkout, 'scripts/worker.sh'), {
      env: { PATH: process.env['PATH'] ?? '', PORT: '0', TASKS: 'examples/handlers' },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^tasks: .*examples\/handlers\/counter-room\.ts: exports no task, made by defineTask$/m);
  });

  test('[handler-2] outlives whatever a handler leaves behind, and says whose it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-handlers-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'leaks.ts'), LEAKS);
    worker = await startLoneWorker({ HANDLERS: folder }, [join(checkout, 'scripts/worker.sh')]);
    const bystander = await TestClient.connect(`${worker.ws}/ws`);
    const leaks = ['rejects', 'fetches', 'reads', 'throws'];
    for (const data of leaks) {
      // Of each a name, since lines about one client are thinned out.
      const client = await TestClient.connect(`${worker.ws}/ws?client_id=${data}`);
      client.send({ type: 'leak', data, id: data });
      expect(await client.next('reply')).toMatchObject({ id: data });
    }
    const failed = () => worker?.logs.filter(({ event }) => event === 'handler_failed');
    await expect.poll(failed).toHaveLength(leaks.length);
    expect(failed()).toEqual(leaks.map(() => expect.objectContaining({ level: 'ERROR', handler: 'leak' }) as unknown));
    await bystander.settle();
    expect(worker.logs.filter(({ event }) => event === 'crash')).toEqual([]);
  });

  test('logs JSON lines as the queries of the observability stack expect them', async () => {
    worker = await startLoneWorker();
    const client = await TestClient.connect(`${worker.ws}/ws/chat/`);
    client.send('hello');
    await client.next('ack');
    const processed = () => worker?.logs.find(({ event }) => event === 'websocket_message_processed');
    await expect.poll(processed).toBeDefined();
    expect(processed()).toMatchObject({
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      level: 'INFO',
      service: 'websocket-message-counter',
      color: 'blue',
      worker: '1',
      message: expect.stringContaining('WebSocket') as string,
      message_count: 1,
      request_id: expect.any(String) as string,
      session_id: expect.any(String) as string,
      connection_id: expect.any(String) as string,
    });
  });

  test('SIGTERM with 1,000 connections: each is told with 1012, exit 0 in under 10 s', async () => {
    worker = await startLoneWorker();
    const { ws, process: child, exited } = worker;
    const clients = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => TestClient.connect(`${ws}${index % 2 === 0 ? '/ws' : '/ws/chat/'}`)),
    );
    await Promise.all(clients.map((client) => client.next('system.welcome')));
    const toldAt = Date.now();
    child.kill('SIGTERM');
    const codes = await Promise.all(clients.map(async (client) => (await client.closed).code));
    expect(await exited).toBe(0);
    expect(Date.now() - toldAt).toBeLessThan(10_000);
    expect(new Set(codes)).toEqual(new Set([1012]));
  });

  test('SIGINT stops it in order too; a second signal ends it at once', async () => {
    worker = await startLoneWorker();
    worker.process.kill('SIGINT');
    expect(await worker.exited).toBe(0);
    worker = await startLoneWorker({ DRAIN_GRACE: '5' });
    const client = await TestClient.connect(`${worker.ws}/ws`);
    await client.next('system.welcome');
    worker.process.kill('SIGTERM');
    await client.next('system.reconnect');
    worker.process.kill('SIGTERM');
    expect(await worker.exited).toBe(1);
  });

  test('a wrong setting stops the start with a line that names it; no stack trace', () => {
    const { status, stderr } = start({ PORT: 'http', COLOR: 'red' });
    expect(status).toBe(1);
    expect(stderr).toContain('PORT="http"');
    expect(stderr).toContain('COLOR="red"');
    expect(stderr).not.toContain('    at ');
  });

  test.each(['HANDLERS', 'TASKS'])('%s that are not there stop the start with a line that names them', (setting) => {
    const { status, stderr } = start({ [setting]: '/nowhere' });
    expect(status).toBe(1);
    expect(stderr).toBe(`switchyard worker: ${setting}=/nowhere: there is no such file or folder\n`);
  });

  test('a port that is taken stops the start with a line that names it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await expect.poll(() => other.listening).toBe(true);
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? String(address.port) : '';
    const { status, stderr } = start({ PORT: port });
    other.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).not.toContain('    at ');
  });
});

const start = (settings: Record<string, string>) =>
  spawnSync(process.execPath, [join(checkout, 'dist/services/gateway/main.js')], {
    env: { PATH: process.env['PATH'] ?? '', ...settings },
    encoding: 'utf8',
    timeout: 20_000,
  });
