import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { TextClient } from '../../testing/text-client.js';
import { SECRET, signed } from '../../testing/tokens.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';
import { ApiClient } from '../api/testing/api-client.js';

const KEY = 'a-key-that-may-do-all';

let cluster: MemoryCluster;
let worker: TestWorker;
let api: ApiClient;
const start = async (settings: Readonly<Record<string, string>>): Promise<void> => {
  const given = { API_KEYS: `all:${KEY}:*`, LEASE_INTERVAL: '0.05', ALLOW_ANONYMOUS: 'true', ...settings };
  worker = await startWorker((id) => cluster.broker(id), given);
  api = await ApiClient.of(worker.http, KEY);
};
beforeEach(() => {
  cluster = createMemoryCluster();
});
afterEach(() => worker.app.stop());

const connect = async (query: string) => {
  const client = await TestClient.connect(`${worker.ws}/ws?${query}`);
  const { client_id: name } = await client.next('system.welcome');
  return { client, name };
};
const withToken = async (sub: string) => connect(`token=${await signed({ sub })}`);
const targeted = ({ frames }: TestClient): unknown[] =>
  frames.flatMap((frame) => (frame.type === 'message' && 'to' in frame ? [frame.data] : []));

describe('who is reached by a name, where tokens are checked and none is needed', () => {
  it('[send-5] is who proved it by a token: neither a send nor its count goes to who only claims it', async () => {
    await start({ JWT_SECRET: SECRET });
    const [ada, claims, bob] = [await withToken('ada'), await connect('client_id=ada'), await withToken('bob')];
    expect(claims.name).toBe('ada');
    bob.client.send({ type: 'send', to: { client_id: 'ada' }, data: 'secret', id: 's1' });
    expect(await bob.client.answer('s1')).toMatchObject({ delivered: 1 });
    expect((await api.ask('send', { client_id: 'ada', data: 'from a program' })).body).toEqual({ delivered: 1 });
    await Promise.all([ada.client.settle(), claims.client.settle()]);
    expect(targeted(ada.client)).toEqual(['secret', 'from a program']);
    expect(targeted(claims.client)).toEqual([]);
    await ada.client.close();
    expect((await api.ask('send', { client_id: 'ada', data: 'nobody is there' })).body).toEqual({ delivered: 0 });
  });

  it('[send-5] [api-13] is who a program subscribes; a name that we gave is its own without a token', async () => {
    await start({ JWT_SECRET: SECRET });
    const [ada, claims, anonymous] = [await withToken('ada'), await connect('client_id=ada'), await connect('')];
    expect((await api.ask('subscribe', { client_id: 'ada', channel: 'private:1' })).body).toEqual({ connections: 1 });
    await ada.client.next('subscribed');
    await api.ask('publish', { channel: 'private:1', data: 'for ada' });
    await ada.client.next('message');
    await claims.client.settle();
    expect(claims.client.all('message')).toEqual([]);
    expect((await api.ask('send', { client_id: anonymous.name, data: 1 })).body).toEqual({ delivered: 1 });
  });

  it('[send-5] [api-12] disconnect still ends all that bear it', async () => {
    await start({ JWT_SECRET: SECRET });
    const [ada, claims] = [await withToken('ada'), await connect('client_id=ada')];
    const plain = await TextClient.connect(`${worker.ws}/ws/ada`);
    expect((await api.ask('disconnect', { client_id: 'ada' })).body).toMatchObject({ disconnected: 3 });
    for (const { closed } of [ada.client, claims.client, plain]) expect((await closed).code).toBe(1008);
  });

  it('[send-5] is who claims it where no token can be checked', async () => {
    await start({});
    const claims = await connect('client_id=ada');
    expect((await api.ask('send', { client_id: 'ada', data: 1 })).body).toEqual({ delivered: 1 });
    await claims.client.settle();
    expect(targeted(claims.client)).toEqual([1]);
  });
});
