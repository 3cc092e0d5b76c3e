import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerUnavailable } from '../../broker/channel-log.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;

beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { LEASE_INTERVAL: '0.1' };
  blue = await startWorker((id) => cluster.broker(id), { COLOR: 'blue', WORKER: '1', RELEASE: 'r1', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', WORKER: '2', RELEASE: 'r2', ...settings });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const sample = async (worker: TestWorker, series: string, scope = 'worker'): Promise<number> => {
  const text = await (await fetch(`${worker.http}/metrics/?scope=${scope}`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1));
};

describe('HTTP', () => {
  it.each(['/healthz', '/healthz/', '/readyz', '/readyz/', '/version', '/version/', '/metrics', '/metrics/', '/'])(
    'answers %s with the color and the worker in headers',
    async (path) => {
      const response = await fetch(`${green.http}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('x-color')).toBe('green');
      expect(response.headers.get('x-worker')).toBe('2');
    },
  );

  it.each(['/', '/admin', '/assets/test-page/page-0123456789.js'])(
    'guards the page %s against other sites',
    async (path) => {
      const { headers } = await fetch(`${blue.http}${path}`);
      const policy = headers.get('content-security-policy') ?? '';
      for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
        expect(policy.split('; ')).toContain(part);
      }
      expect(policy).not.toContain('unsafe');
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'permissions-policy': expect.stringContaining('camera=()') as string,
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
    },
  );

  it.each(['/healthz', '/ws-stats', '/metrics', '/ws', '/nothing', '/admin/api/health'])(
    'guards the answer of %s, which is no page',
    async (path) => {
      expect(Object.fromEntries((await fetch(`${blue.http}${path}`)).headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
      });
    },
  );

  it('says which release runs, since when', async () => {
    expect(await (await fetch(`${blue.http}/version`)).json()).toMatchObject({
      release: 'r1',
      color: 'blue',
      worker: '1',
      worker_id: blue.workerId,
      pid: process.pid,
    });
  });

  it('answers what is not there with JSON: 404, 405, and 426 where a WebSocket is expected', async () => {
    for (const [method, path, status] of [
      ['GET', '/nothing/here', 404],
      ['POST', '/healthz/', 405],
      ['GET', '/ws', 426],
      ['GET', '/ws/chat/', 426],
    ] as const) {
      const response = await fetch(`${blue.http}${path}`, { method });
      expect(response.status).toBe(status);
      expect(response.headers.get('x-color')).toBe('blue');
      expect(await response.json()).toHaveProperty('error');
    }
  });

  it('answers HEAD as GET, without a body', async () => {
    const response = await fetch(`${blue.http}/healthz/`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('serves the test page with a strict content security policy, and nothing outside of its folder', async () => {
    const page = await fetch(`${blue.http}/`);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await fetch(`${blue.http}/assets/test-page/..%2f..%2fpackage.json`)).status).toBe(404);
  });

  it('lets browsers keep what its name tells apart, and nothing else', async () => {
    const ask = async (path: string) => {
      const { status, headers } = await fetch(`${blue.http}${path}`);
      return [status, headers.get('cache-control')];
    };
    expect(await ask('/')).toEqual([200, 'no-cache']);
    expect(await ask('/assets/test-page/page-0123456789.js')).toEqual([200, 'public, max-age=31536000, immutable']);
  });

  it('serves a page of another release its own file of that name: both colors are asked during a deploy', async () => {
    for (const path of ['/assets/test-page/page-aaaaaaaaaa.js', '/assets/test-page/page.js']) {
      const response = await fetch(`${blue.http}${path}`);
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      expect(await response.text()).toBe('export {};');
    }
    expect((await fetch(`${blue.http}/assets/test-page/other-aaaaaaaaaa.js`)).status).toBe(404);
  });

  it('serves the client library to pages of any origin', async () => {
    const library = await fetch(`${blue.http}/client.js`);
    expect(library.headers.get('content-type')).toContain('text/javascript');
    expect(library.headers.get('access-control-allow-origin')).toBe('*');
    expect(library.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(`${blue.http}/`)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('metrics', () => {
  it('count this worker, and with scope=cluster all of them', async () => {
    const one = await TestClient.connect(`${blue.ws}/ws`);
    const two = await TestClient.connect(`${green.ws}/ws/chat/`);
    await one.publish('room', 1);
    await two.publish('room', 2);
    expect(await sample(blue, 'websocket_active_connections')).toBe(1);
    expect(await sample(blue, 'websocket_messages_total')).toBe(1);
    await expect.poll(() => sample(blue, 'websocket_active_connections', 'cluster')).toBe(2);
    await expect.poll(() => sample(green, 'websocket_messages_total', 'cluster')).toBe(2);
    await expect.poll(() => sample(green, 'websocket_publish_ack_seconds_count', 'cluster')).toBe(2);
  });

  it('count recoveries by result', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch } = await client.subscribe('room');
    await client.subscribe('room', { epoch, offset: 0 });
    await client.subscribe('room', { epoch: 'never', offset: 3 });
    expect(await sample(blue, 'websocket_recoveries_total{recovered="true"}')).toBe(1);
    expect(await sample(blue, 'websocket_recoveries_total{recovered="false"}')).toBe(1);
  });

  it('of the cluster do not fall when a worker ends', async () => {
    const client = await TestClient.connect(`${green.ws}/ws`);
    for (let n = 0; n < 5; n += 1) await client.publish('room', n);
    await green.app.stop();
    expect(await sample(blue, 'websocket_messages_total', 'cluster')).toBe(5);
    expect(await sample(blue, 'websocket_connection_duration_seconds_count', 'cluster')).toBe(1);
    expect(await sample(blue, 'websocket_active_connections', 'cluster')).toBe(0);
  });

  it('of the cluster have the log lines that a worker gave up as it stopped', async () => {
    let dropped = 0;
    const shipped = {
      counts: () => ({ buffered: 0, dropped }),
      close: () => Promise.resolve(void (dropped = 394)),
    };
    const third = await startWorker((id) => cluster.broker(id), { WORKER: '3' }, { logs: shipped });
    await third.app.stop();
    expect(await sample(blue, 'websocket_log_lines_dropped_total', 'cluster')).toBe(394);
  });

  it('refuse a scope that is none, and say so when Redis is away', async () => {
    expect((await fetch(`${blue.http}/metrics/?scope=galaxy`)).status).toBe(400);
    cluster.disconnect();
    expect((await fetch(`${blue.http}/metrics/?scope=cluster`)).status).toBe(503);
    expect((await fetch(`${blue.http}/metrics/`)).status).toBe(200);
  });

  it('of the cluster are 503, not an error of ours, where Redis goes away as it is asked', async () => {
    const broker = cluster.broker('third');
    const third = await startWorker(() => broker);
    vi.spyOn(broker.cluster, 'view').mockRejectedValue(new BrokerUnavailable('gone meanwhile'));
    const response = await fetch(`${third.http}/metrics/?scope=cluster`);
    expect([response.status, await response.json()]).toEqual([
      503,
      { error: expect.stringContaining('Redis') as string },
    ]);
    expect(third.logs.filter(({ event }) => event === 'http_error')).toEqual([]);
    await third.app.stop();
  });
});
