import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../broker/memory/memory-cluster.js';
import { TestClient } from '../testing/client.js';
import { knock } from '../testing/knock.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const TOKEN = 'a control token for tests';

let worker: TestWorker;
const start = async (settings: Readonly<Record<string, string>> = {}): Promise<void> => {
  const cluster = createMemoryCluster();
  worker = await startWorker((id) => cluster.broker(id), { CONTROL_TOKEN: TOKEN, ...settings });
};
afterEach(() => worker.app.stop());

const lines = (event: string) => worker.logs.filter((line) => line['event'] === event);

describe('the log', () => {
  it('names the client that sends what is refused, once a code and ten seconds, without what it sent', async () => {
    await start();
    const client = await TestClient.connect(`${worker.ws}/ws?client_id=ada`);
    const { connection_id } = await client.next('system.welcome');
    for (let n = 0; n < 5; n += 1) client.send({ type: 'secret' });
    client.send('{');
    await client.settle();
    const of = { level: 'INFO', connection_id, client_id: 'ada', ip: '127.0.0.1', times: 1 };
    expect(lines('websocket_refused')).toMatchObject([
      { ...of, code: 'unknown_type' },
      { ...of, code: 'invalid_json' },
    ]);
    expect(JSON.stringify(lines('websocket_refused'))).not.toContain('secret');
  });

  it('says nothing of what the stack itself tries', async () => {
    await start();
    const probe = await TestClient.connect(`${worker.ws}/ws`, { headers: { Authorization: `Bearer ${TOKEN}` } });
    probe.send({ type: 'unknown' });
    await probe.next('error');
    expect(lines('websocket_refused')).toEqual([]);
  });

  it('names the client that sends too much, and again as it is closed for that', async () => {
    await start({
      RATE_LIMIT_TRUSTED: 'none',
      RATE_LIMIT_MESSAGES_PER_WINDOW: '1',
      RATE_LIMIT_MESSAGE_WINDOW: '3600',
      RATE_LIMIT_DISCONNECT_AFTER: '3',
    });
    const client = await TestClient.connect(`${worker.ws}/ws?client_id=ada`);
    await client.next('system.welcome');
    for (let n = 0; n < 10; n += 1) client.send({ type: 'subscribe', channel: 'room' });
    expect((await client.closed).code).toBe(4429);
    const of = { level: 'INFO', what: 'messages', client_id: 'ada', ip: '127.0.0.1' };
    expect(lines('websocket_rate_limited')).toMatchObject([
      { ...of, violations: 1, closed: false },
      { ...of, violations: 3, closed: true },
    ]);
  });

  it('names one that sends too much beside another that connects again and again, and what that one did as it stops', async () => {
    await start({
      RATE_LIMIT_TRUSTED: 'none',
      RATE_LIMIT_CONNECTIONS_PER_WINDOW: '1000',
      RATE_LIMIT_MESSAGES_PER_WINDOW: '1',
      RATE_LIMIT_MESSAGE_WINDOW: '3600',
      RATE_LIMIT_DISCONNECT_AFTER: '1',
    });
    const offend = async (query: string): Promise<void> => {
      const client = await TestClient.connect(`${worker.ws}/ws${query}`);
      await client.next('system.welcome');
      for (let n = 0; n < 5; n += 1) client.send({ type: 'subscribe', channel: 'room' });
      expect((await client.closed).code).toBe(4429);
    };
    for (let n = 0; n < 30; n += 1) await offend('');
    await offend('?client_id=ada');
    const rows = () =>
      lines('websocket_rate_limited').map(({ client_id, closed, times, summary }) => ({
        ada: client_id === 'ada',
        closed,
        times,
        summary,
      }));
    expect(rows()).toEqual([
      { ada: false, closed: true, times: 1, summary: undefined },
      { ada: true, closed: true, times: 1, summary: undefined },
    ]);
    await worker.app.stop();
    expect(rows().slice(2)).toEqual([{ ada: false, closed: true, times: 29, summary: true }]);
  });

  it('names the address that connects too often', async () => {
    await start({
      RATE_LIMIT_TRUSTED: 'none',
      RATE_LIMIT_CONNECTIONS_PER_WINDOW: '1',
      RATE_LIMIT_CONNECTION_WINDOW: '3600',
    });
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await knock(`${worker.ws}/ws`)).status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(1);
    expect(lines('websocket_rate_limited')).toMatchObject([
      { level: 'INFO', what: 'connections', ip: '127.0.0.1', path: '/ws', times: 1 },
    ]);
  });
});
