import { request, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text as textOf } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemoryCluster } from '../../../gateway/broker/memory/memory-cluster.js';
import { SECRET } from '../../../gateway/testing/tokens.js';
import { startWorker, type TestWorker } from '../../../gateway/testing/worker.js';
import { Server } from '../../../gateway/transport/server.js';
import { startFront, type Front } from './testing/front.js';

const CONTROL_TOKEN = 'a control token for tests';
let worker: TestWorker;
let front: Front;
/** Path of every address that the worker answers, as it was given to its server. */
let served: readonly string[];

beforeEach(async () => {
  const create = vi.spyOn(Server, 'create');
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), {
    MODE: 'production',
    JWT_SECRET: SECRET,
    CONTROL_TOKEN,
    ADMIN_PASSWORD: 'the right one',
    API_KEYS: 'shop:a-key-of-16-or-more:*',
  });
  const [http = [], webSockets = []] = create.mock.calls[0] ?? [];
  served = [...http, ...webSockets].map(({ path }) => path);
  front = await startFront({ settings: { MODE: 'production' }, blue: worker.port });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await worker.app.stop();
});

type Asked = Readonly<{ method?: string; from?: string; headers?: Record<string, string> }>;

const statusOf = async (
  port: number,
  path: string,
  { method = 'GET', from = '127.0.0.1', headers = {} }: Asked = {},
): Promise<number> => {
  const asked = request({ host: '127.0.0.1', port, path, method, localAddress: from, headers, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  await textOf(response);
  return response.statusCode ?? 0;
};

/** How a handshake ends: its status, or the code of the close that follows. */
const knock = (port: number, path: string): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.on('close', (code) => resolve(code));
  });

/** What somebody without token, key and login gets in production, by method and path; WS: a handshake. */
const PUBLIC: readonly (readonly [method: string, path: string, status: number])[] = [
  ['GET', '/', 200],
  ['GET', '/client.js', 200],
  ['GET', '/assets/test-page/page-0123456789.js', 200],
  ['GET', '/healthz/', 200],
  ['GET', '/readyz/', 200],
  ['GET', '/version', 200],
  ['GET', '/info/config', 200],
  ['GET', '/api/openapi.json', 200],
  ['POST', '/api/publish', 401],
  ['POST', '/api/broadcast', 401],
  ['POST', '/api/send', 401],
  ['POST', '/api/history', 401],
  ['POST', '/api/presence', 401],
  ['POST', '/api/channels', 401],
  ['POST', '/api/stats', 401],
  ['POST', '/api/info', 401],
  ['POST', '/api/subscribe', 401],
  ['POST', '/api/unsubscribe', 401],
  ['POST', '/api/disconnect', 401],
  ['POST', '/api/batch', 401],
  ['POST', '/api/tasks', 401],
  ['GET', '/api/tasks', 401],
  ['GET', '/api/tasks/id', 401],
  ['POST', '/api/tasks/id/cancel', 401],
  ['POST', '/api/tasks/id/retry', 401],
  ['GET', '/api/nothing', 404],
  ['GET', '/ws-stats', 401],
  ['GET', '/ws-stats/?scope=worker', 401],
  ['GET', '/metrics/', 404],
  ['GET', '/control/status', 404],
  ['POST', '/control/drain', 404],
  ['POST', '/control/deploy', 404],
  ['GET', '/stub_status', 404],
  ['GET', '/admin', 404],
  ['POST', '/admin/login', 404],
  ['POST', '/admin/logout', 404],
  ['GET', '/admin/session', 404],
  ['GET', '/admin/api/connections', 404],
  ['GET', '/admin/api/durations', 404],
  ['GET', '/admin/api/channels', 404],
  ['GET', '/admin/api/presence?channel=room', 404],
  ['GET', '/admin/api/health', 404],
  ['POST', '/admin/api/tasks', 404],
  ['GET', '/admin/api/tasks', 404],
  ['GET', '/admin/api/tasks/id', 404],
  ['POST', '/admin/api/tasks/id/cancel', 404],
  ['POST', '/admin/api/tasks/id/retry', 404],
  ['POST', '/admin/api/connections/id/warn', 404],
  ['POST', '/admin/api/connections/id/disconnect', 404],
  ['POST', '/admin/api/clients/ada/disconnect', 404],
  ['POST', '/admin/api/clients/ada/revoke', 404],
  ['POST', '/admin/api/tokens/revoke', 404],
  ['WS', '/ws', 4401],
  ['WS', '/ws/chat', 4401],
  ['WS', '/ws/ada', 4401],
  ['WS', '/ws/metrics', 4401],
  ['WS', '/ws/echo', 400],
  ['WS', '/admin/live', 404],
];

test('in production shows a stranger no name, no address and no figure; every address is in this table', async () => {
  const { HTTP_PORT: port } = front.settings;
  for (const [method, path, status] of PUBLIC) {
    const got = method === 'WS' ? await knock(port, path) : await statusOf(port, path, { method });
    expect([method, path, got]).toEqual([method, path, status]);
  }
  const patterns = served.map((path) => new RegExp(`^${path.replace(/:\w+/g, '[^/]+').replace('*', '.+')}/?$`));
  const untold = served.filter(
    (_, index) => !PUBLIC.some(([, path]) => patterns[index]?.test(path.split('?')[0] ?? '') === true),
  );
  expect(untold).toEqual([]);
  const operator = { headers: { Authorization: `Bearer ${CONTROL_TOKEN}` } };
  expect(await statusOf(port, '/ws-stats', operator)).toBe(200);
});

test('in production a stranger is told of the release, and nothing of the process', async () => {
  const url = `http://127.0.0.1:${front.settings.HTTP_PORT}/version`;
  const told = async (headers: Record<string, string>): Promise<unknown> => (await fetch(url, { headers })).json();
  const ofRelease = { release: 'dev', color: 'blue' };
  expect(await told({})).toEqual(ofRelease);
  expect(await told({ Authorization: 'Bearer another token of tests' })).toEqual(ofRelease);
  expect(await told({ Authorization: `Bearer ${CONTROL_TOKEN}` })).toMatchObject({
    ...ofRelease,
    worker: '1',
    worker_id: worker.workerId,
    pid: process.pid,
  });
});

test.each([
  ['/metrics/', 401, 401],
  ['/ws-stats?limit=1', 401, 403],
  ['/admin', 200, 403],
  ['/stub_status', 200, 403],
  ['/control/status', 404, 404],
  ['/api/stats', 404, 404],
  ['/', 404, 404],
])(
  'in production the port of the metrics answers %s with %i to this machine, %i elsewhere',
  async (path, here, far) => {
    const { METRICS_PORT: port } = front.settings;
    expect([await statusOf(port, path), await statusOf(port, path, { from: '127.0.0.2' })]).toEqual([here, far]);
  },
);

test('in production whoever is on this machine logs in on the port of the metrics, and sees what the page asks for', async () => {
  const http = `http://127.0.0.1:${front.settings.METRICS_PORT}`;
  const body = JSON.stringify({ password: 'the right one' });
  const answer = await fetch(`${http}/admin/login`, { method: 'POST', body, headers: { origin: http } });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  for (const path of ['/ws-stats?limit=1', '/metrics/', '/admin/api/health']) {
    expect([path, (await fetch(`${http}${path}`, { headers: { cookie } })).status]).toEqual([path, 200]);
  }
});

test('in production the port of the stream has the stream alone, for whoever has a token', async () => {
  const { STREAM_PORT: port } = front.settings;
  expect(await knock(port, '/ws/metrics')).toBe(4401);
  for (const path of ['/ws-stats', '/metrics/', '/admin', '/control/status', '/']) {
    expect([path, await statusOf(port, path)]).toEqual([path, 404]);
  }
});
