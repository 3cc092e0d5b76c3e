import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { knock } from '../testing/knock.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const TOKEN = 'a control token for tests';
const EVIL = { Origin: 'https://evil.example' };
const ENDPOINTS = ['/ws', '/ws/chat/', '/ws/ada', '/ws/metrics'];

let worker: TestWorker;
const start = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  const cluster = createMemoryCluster();
  worker = await startWorker((workerId) => cluster.broker(workerId), { CONTROL_TOKEN: TOKEN, ...settings });
};
afterEach(() => worker.app.stop());

/** The status of each endpoint. */
const statuses = (headers: Readonly<Record<string, string>>): Promise<number[]> =>
  Promise.all(ENDPOINTS.map(async (path) => (await knock(`${worker.ws}${path}`, headers)).status));
const all = (status: number): number[] => ENDPOINTS.map(() => status);

describe('cross-site WebSocket hijacking', () => {
  it('[origin-1] a page of a name that is not allowed is refused with 403 on every endpoint, and counted', async () => {
    await start({ ALLOWED_ORIGINS: 'https://app.example.com,https://*.example.org' });
    expect(await statuses(EVIL)).toEqual(all(403));
    expect(await statuses({ Origin: 'null' })).toEqual(all(403));
    expect(await statuses({ Origin: worker.http })).toEqual(all(403));
    expect(await statuses({ Origin: 'https://app.example.com' })).toEqual(all(101));
    expect(await statuses({ Origin: 'https://a.example.org' })).toEqual(all(101));
    expect(await (await fetch(`${worker.http}/metrics/`)).text()).toContain('websocket_origins_refused_total 12');
  });

  it('[origin-1] in production only pages of the address itself may, where nothing is set', async () => {
    await start({ MODE: 'production', ALLOW_ANONYMOUS: 'true' });
    expect(await statuses(EVIL)).toEqual(all(403));
    expect(await statuses({ Origin: worker.http })).toEqual(all(101));
  });

  it('[origin-1] in development any page may, where nothing is set', async () => {
    await start({});
    expect(await statuses(EVIL)).toEqual(all(101));
  });

  it('[origin-1] who sends no Origin, and the stack itself, may always', async () => {
    await start({ ALLOWED_ORIGINS: 'https://app.example.com' });
    expect(await statuses({})).toEqual(all(101));
    expect(await statuses({ ...EVIL, Authorization: `Bearer ${TOKEN}` })).toEqual(all(101));
  });
});
