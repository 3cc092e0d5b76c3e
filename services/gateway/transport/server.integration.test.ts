import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../broker/broker.js';
import { createMemoryCluster, type MemoryCluster } from '../broker/memory/memory-cluster.js';
import { TestClient } from '../testing/client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';
import { ListenFailed } from './server.js';

const TOKEN = 'a control token for tests';
let cluster: MemoryCluster;
let broker: Broker;
let worker: TestWorker;

const start = async (settings: Record<string, string> = {}): Promise<void> => {
  cluster = createMemoryCluster();
  worker = await startWorker((id) => (broker = cluster.broker(id)), {
    COLOR: 'green',
    CONTROL_TOKEN: TOKEN,
    ...settings,
  });
};
afterEach(async () => {
  await worker.app.stop();
});

type Answer = Readonly<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }>;
/** Any request, upgrades included: `fetch` makes none. */
const ask = (path: string, given: Parameters<typeof request>[1] = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asking = request(`${worker.http}${path}`, given, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    asking.on('upgrade', ({ statusCode, headers }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, headers, body: '' });
    });
    asking.on('error', reject);
    asking.end();
  });
/** Sends each text when something has come back for the one before; gives all that came until the end. */
const exchange = (...texts: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(worker.port, '127.0.0.1', () => socket.write(texts.shift() ?? ''));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
      const text = texts.shift();
      if (text !== undefined) socket.write(text);
    });
    socket.on('end', () => resolve(received));
    socket.on('error', reject);
  });
const CLOSES: unknown = expect.stringContaining('close');
const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

describe('handshakes', () => {
  it('name the color and the worker when they succeed', async () => {
    await start();
    const { status, headers } = await ask('/ws', { headers: UPGRADE });
    expect(status).toBe(101);
    expect(headers).toMatchObject({ 'x-color': 'green', 'x-worker': '1' });
    expect(headers).not.toHaveProperty('sec-websocket-protocol');
  });

  it('[connect-3] that claim a reserved name are refused with 400 and a reason; nothing may follow on them', async () => {
    await start();
    const { status, headers, body } = await ask('/ws/chat/?client_id=echo', { headers: UPGRADE });
    expect(status).toBe(400);
    expect(headers).toMatchObject({ 'x-color': 'green', connection: CLOSES });
    expect(JSON.parse(body)).toMatchObject({ error: expect.stringContaining('echo') as string });
  });

  it('[connect-8] are refused with 503 and Retry-After while Redis is away', async () => {
    await start();
    cluster.disconnect();
    const { status, headers } = await ask('/ws', { headers: UPGRADE });
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '1', 'x-color': 'green', connection: CLOSES });
  });

  it.each<[string, string, unknown]>([
    ['127.0.0.0/8', '203.0.113.9', 'from-the-proxy'],
    ['10.0.0.0/8', '127.0.0.1', expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ])('with %s as proxies are logged as from %s', async (proxies, ip, requestId) => {
    await start({ TRUSTED_PROXIES: proxies });
    const headers = { 'X-Real-IP': '203.0.113.9', 'X-Request-ID': 'from-the-proxy' };
    const client = await TestClient.connect(`${worker.ws}/ws`, { headers });
    await client.next('system.welcome');
    const connected = worker.logs.find(({ event }) => event === 'websocket_connected');
    expect(connected).toMatchObject({ ip, request_id: requestId });
  });
});

describe('the address of a client', () => {
  it('is that of its own end of the connection', async () => {
    await start();
    const socket = connect({ port: worker.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    const lines = Object.entries(UPGRADE).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET /ws HTTP/1.1\r\nHost: x\r\n${lines.join('')}\r\n`);
    await vi.waitFor(() => expect(worker.logs.some(({ ip }) => ip === '127.0.0.2')).toBe(true));
    socket.destroy();
  });
});

describe('HTTP', () => {
  it('answers HEAD with what GET would say of the length and no body, and stays alive', async () => {
    await start();
    for (const [path, status] of [
      ['/version', 200],
      ['/nothing', 404],
      ['/ws', 426],
      ['/ws/chat/', 426],
    ] as const) {
      const { body } = await ask(path);
      // Raw, so that a body or a second answer would be seen.
      const answers = await exchange(`HEAD ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answers).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answers.match(/Content-Length: \d+/g)).toEqual([`Content-Length: ${Buffer.byteLength(body)}`]);
      expect(answers.indexOf('\r\n\r\n')).toBe(answers.length - 4);
      expect((await ask('/healthz')).status).toBe(200);
    }
  });

  it('takes another request on a connection that asked for HEAD', async () => {
    await start();
    const answers = await exchange(
      'HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(answers).toContain('"status":"ok"');
  });

  it('survives every method where it is not known', async () => {
    await start();
    for (const method of ['OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'POST']) {
      const given = { method, headers: { 'Content-Length': '0' } };
      expect((await ask('/nothing', given)).status, method).toBe(404);
      expect((await ask('/healthz', given)).status, method).toBe(405);
    }
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('ends the connection after what it does not know', async () => {
    await start();
    for (const [method, path, status] of [
      ['GET', '/nothing', 404],
      ['POST', '/version', 405],
      ['GET', '/ws', 426],
    ] as const) {
      expect(await ask(path, { method })).toMatchObject({ status, headers: { connection: CLOSES } });
    }
  });

  it('says which methods a path knows when it is asked with another one', async () => {
    await start();
    for (const [path, allow] of [
      ['/healthz', 'GET, HEAD'],
      ['/control/drain', 'POST, DELETE'],
    ] as const) {
      expect(await ask(path, { method: 'PUT', headers: { 'Content-Length': '0' } })).toMatchObject({
        status: 405,
        headers: { allow },
      });
    }
  });

  it('refuses a body over 64 KiB with 413', async () => {
    await start();
    const drain = (size: number) =>
      fetch(`${worker.http}/control/drain`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
        body: `{"reason":"deploy"}${' '.repeat(size - 19)}`,
      });
    expect((await drain(64 * 1024 + 1)).status).toBe(413);
    expect(worker.app.draining.isDraining).toBe(false);
    expect((await drain(64 * 1024)).status).toBe(202);
  });

  it('refuses a body that is not UTF-8 with 400', async () => {
    await start();
    const drain = (reason: readonly number[]) =>
      fetch(`${worker.http}/control/drain`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}` },
        body: Buffer.concat([Buffer.from('{"reason":"deploy"}'), Buffer.from(reason)]),
      });
    const answer = await drain([0xff]);
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'the body must be UTF-8' }]);
    expect(worker.app.draining.isDraining).toBe(false);
    expect((await drain([0x20])).status).toBe(202);
  });

  it('is controlled by nobody without exactly the token', async () => {
    await start();
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(0, -1)}`,
      TOKEN,
      `bearer ${TOKEN}`,
    ]) {
      const { status, headers } = await ask('/control/drain', { method: 'DELETE', headers: { authorization } });
      expect(status, authorization).toBe(401);
      expect(headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('is not brought down by a client that leaves before the answer is there', async () => {
    await start();
    let letThrough: () => void = () => {};
    const view = broker.cluster.view.bind(broker.cluster);
    const viewed = vi.spyOn(broker.cluster, 'view').mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (letThrough = resolve));
      return view();
    });
    const socket = connect(worker.port, '127.0.0.1');
    socket.write('GET /metrics/?scope=cluster HTTP/1.1\r\nHost: x\r\n\r\n');
    await vi.waitFor(() => expect(viewed).toHaveBeenCalled());
    socket.destroy();
    // Behind the close of that socket: the worker has seen it when this is answered.
    for (let n = 0; n < 3; n += 1) expect((await ask('/healthz')).status).toBe(200);
    letThrough();
    expect((await ask('/metrics/?scope=cluster')).status).toBe(200);
  });

  it('answers 500 and logs when a route fails, and goes on', async () => {
    await start();
    // The worker's own look at the cluster is over.
    await vi.waitFor(async () => expect(await broker.samples.all()).toHaveLength(1));
    vi.spyOn(broker.cluster, 'view').mockRejectedValueOnce(new Error('a defect'));
    expect(await ask('/metrics/?scope=cluster')).toMatchObject({ status: 500, headers: { 'x-color': 'green' } });
    expect(worker.logs).toContainEqual(expect.objectContaining({ event: 'http_error', route: '/metrics' }));
    expect((await ask('/metrics/?scope=cluster')).status).toBe(200);
  });
});

describe('the port', () => {
  it('is not shared with a second worker', async () => {
    await start();
    const second = startWorker((id) => cluster.broker(id), { PORT: String(worker.port) });
    await expect(second).rejects.toThrow(ListenFailed);
  });

  it('[endpoint-1] serves every endpoint with and without a trailing slash', async () => {
    await start();
    for (const path of ['/ws', '/ws/chat', '/ws/metrics', '/ws/ada'].flatMap((path) => [path, `${path}/`])) {
      expect((await ask(path, { headers: UPGRADE })).status, path).toBe(101);
    }
  });

  it('stops once, however often it is asked to', async () => {
    await start();
    const released = vi.spyOn(broker.cluster, 'release');
    await Promise.all([worker.app.stop(), worker.app.stop()]);
    expect(released).toHaveBeenCalledTimes(1);
  });
});
