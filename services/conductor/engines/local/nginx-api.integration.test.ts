import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { choosePorts, portSettings } from '../../../../chaos/private-ports.js';
import { StackSettings } from '../../settings.js';
import { layoutOf } from './layout.js';
import { NginxFiles } from './nginx.js';
import { findTools } from './tools.js';

const checkout = resolve(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'switchyard-nginx-'));
/** What each worker was asked. */
const asked: { blue: string[]; green: string[] } = { blue: [], green: [] };
let http = '';
let stop: (() => Promise<void>) | undefined;
let dieAfterReading = false;
let stopBlue: (() => Promise<void>) | undefined;

/** Reads the whole request; then blue may break off as a worker does that is killed. */
const worker =
  (color: 'blue' | 'green'): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked[color].push(Buffer.concat(chunks).toString());
      if (color === 'blue' && dieAfterReading) request.socket.destroy();
      else response.end(color);
    });
  };

const listen = async (port: number, listener: RequestListener): Promise<() => Promise<void>> => {
  const server = createServer(listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
};

beforeAll(async () => {
  const ports = await choosePorts(3);
  const settings = StackSettings.parse({ ...portSettings(ports), WORKERS: '1', LISTEN: 'local' });
  const layout = layoutOf(checkout, folder);
  const { nginx } = findTools(process.env['PATH'] ?? '');
  const files = new NginxFiles(layout, settings, nginx);
  files.write(false);
  files.point('blue');
  // Its workers are another user, and keep large bodies in a file.
  chmodSync(folder, 0o755);
  stopBlue = await listen(ports.blue + 1, worker('blue'));
  const stopGreen = await listen(ports.green + 1, worker('green'));
  const child = spawn(nginx, ['-e', 'stderr', '-c', join(layout.nginx, 'nginx.conf')], { stdio: 'ignore' });
  http = `http://127.0.0.1:${ports.http}`;
  stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await stopBlue?.();
    await stopGreen();
  };
  await vi.waitFor(() => fetch(http), { timeout: 15_000 });
});
afterAll(async () => {
  await stop?.();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  for (const requests of Object.values(asked)) requests.length = 0;
  dieAfterReading = false;
});

const publish = (body: string): Promise<Response> => fetch(`${http}/api/publish`, { method: 'POST', body });

test('a command that a worker has got and did not answer is asked of no other: the caller is told', async () => {
  dieAfterReading = true;
  const response = await publish('{"once":1}');
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ type: 'urn:switchyard:problem:unavailable', status: 503 });
  expect(asked).toEqual({ blue: ['{"once":1}'], green: [] });
});

test.each(['/api/publish', '/api/tasks', '/api/batch', '/admin/api/tasks'])(
  '[api-3] an Idempotency-Key of which a worker would see a part alone is refused, and reaches none: %s',
  async (path) => {
    const ask = (key: string): Promise<Response> => {
      const headers = { 'Idempotency-Key': Buffer.from(key).toString('latin1') };
      return fetch(`${http}${path}`, { method: 'POST', body: '{}', headers });
    };
    for (const key of ['\u0434\u043e\u043c-1', 'house-\u0434', 'order 17']) {
      const response = await ask(key);
      expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await response.json()).toMatchObject({
        type: 'urn:switchyard:problem:invalid_field',
        detail: expect.stringContaining('visible characters of ASCII') as string,
        field: 'Idempotency-Key',
      });
    }
    expect(asked).toEqual({ blue: [], green: [] });
    expect(await (await ask('!order-17~')).text()).toBe('blue');
  },
);

test.each([
  ['/api/publish', 64],
  ['/api/tasks', 64],
  ['/admin/api/tasks', 64],
  ['/api/batch', 1024],
  ['/api/batch/', 1024],
])('[api-8] what %s takes has %i KiB at most; what is larger is told as the API tells it', async (path, kib) => {
  const fits = 'x'.repeat(kib * 1024);
  const post = (body: string): Promise<Response> => fetch(`${http}${path}`, { method: 'POST', body });
  expect(await (await post(fits)).text()).toBe('blue');
  expect(asked.blue[0]).toBe(fits);
  const response = await post(`${fits}x`);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({
    type: 'urn:switchyard:problem:too_large',
    status: 413,
    detail: `the body may have at most ${kib} KiB`,
  });
});

test('what is no command has 64 KiB at most', async () => {
  const elsewhere = await fetch(`${http}/admin/login`, { method: 'POST', body: 'x'.repeat(64 * 1024 + 1) });
  expect(elsewhere.status).toBe(413);
  expect(await elsewhere.json()).toEqual({ error: 'the body may have at most 64 KiB' });
});

test('a worker that can not be reached has not got the command: another one is asked', async () => {
  await stopBlue?.();
  stopBlue = undefined;
  expect(await (await publish('{"once":2}')).text()).toBe('green');
  expect(asked).toEqual({ blue: [], green: ['{"once":2}'] });
});
