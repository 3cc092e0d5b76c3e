import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { SECRET, signed } from '../../testing/tokens.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const OPERATOR_TOKEN = 'a control token for tests';

let cluster: MemoryCluster;
let worker: TestWorker;
const start = async (settings: Readonly<Record<string, string>> = {}): Promise<void> => {
  const given = { JWT_SECRET: SECRET, CONTROL_TOKEN: OPERATOR_TOKEN, MAX_CLIENT_ERRORS: '100', ...settings };
  worker = await startWorker((workerId) => cluster.broker(workerId), given);
};
beforeEach(() => {
  cluster = createMemoryCluster();
});
afterEach(() => worker.app.stop());

const connect = async (claims?: Readonly<{ sub: string; channels?: object }>, path = '/ws'): Promise<TestClient> => {
  const query = claims === undefined ? '' : `?token=${await signed({ ...claims })}`;
  return TestClient.connect(`${worker.ws}${path}${query}`);
};
const refused = async (client: TestClient, frame: Readonly<{ type: string; channel: string; data?: string }>) => {
  const id = `r${Math.random()}`;
  client.send({ ...frame, id });
  return (await client.next('error', (error) => error.id === id)).code;
};

describe('what a client may do', () => {
  it('[channel-1] is asked at publish, subscribe, history and presence, and has no effect where it is refused', async () => {
    await start();
    const reader = await connect({ sub: 'bob', channels: { subscribe: ['private:*'] } });
    await reader.subscribe('private:1');
    for (const client of [await connect(), await connect({ sub: 'ada' })]) {
      expect(await refused(client, { type: 'subscribe', channel: 'private:1' })).toBe('forbidden');
      expect(await refused(client, { type: 'history', channel: 'private:1' })).toBe('forbidden');
      expect(await refused(client, { type: 'presence', channel: 'private:1' })).toBe('forbidden');
      expect(await refused(client, { type: 'publish', channel: 'private:1', data: 'x' })).toBe('forbidden');
      expect(await refused(client, { type: 'publish', channel: 'task:1', data: 'x' })).toBe('forbidden');
    }
    const writer = await connect({ sub: 'eve', channels: { publish: ['private:1'] } });
    expect((await writer.publish('private:1', 'seen')).offset).toBe(1);
    expect((await reader.next('message')).data).toBe('seen');
  });

  it('[channel-1] in the channels named for a client, that client by its token alone', async () => {
    await start();
    const ada = await connect({ sub: 'ada' });
    await ada.subscribe('user:ada:inbox');
    const claims = await TestClient.connect(`${worker.ws}/ws?client_id=ada`);
    expect(await refused(claims, { type: 'subscribe', channel: 'user:ada:inbox' })).toBe('forbidden');
    const bob = await connect({ sub: 'bob', channels: { subscribe: ['*'], publish: ['*'] } });
    expect(await refused(bob, { type: 'publish', channel: 'user:ada:inbox', data: 'x' })).toBe('forbidden');
    const operator = await TestClient.connect(`${worker.ws}/ws`, {
      headers: { Authorization: `Bearer ${OPERATOR_TOKEN}` },
    });
    await operator.publish('user:ada:inbox', 'from the stack');
    expect((await ada.next('message')).data).toBe('from the stack');
  });

  it('[channel-3] is asked anew with a new token: subscriptions that it does not allow end, and that is said', async () => {
    await start();
    const channels = { subscribe: ['private:1', 'private:2'] };
    const ada = await connect({ sub: 'ada', channels });
    await ada.subscribe('private:1');
    await ada.subscribe('private:2');
    ada.send({ type: 'system.token', token: await signed({ sub: 'ada', channels: { subscribe: ['private:2'] } }) });
    await ada.next('system.token_renewed');
    expect(await ada.next('error')).toMatchObject({ code: 'forbidden' });
    expect(await ada.next('unsubscribed')).toEqual({ type: 'unsubscribed', channel: 'private:1' });
    const writer = await connect({ sub: 'eve', channels: { publish: ['private:*'] } });
    await writer.publish('private:1', 'not for ada');
    await writer.publish('private:2', 'for ada');
    expect((await ada.next('message')).data).toBe('for ada');
    expect(ada.all('unsubscribed')).toHaveLength(1);
  });

  it('[channel-1] [close-4403] on /ws/chat/ too: its channel, and bare text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-namespaces-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'namespaces.json');
    writeFileSync(file, JSON.stringify({ '*': { subscribe: 'token', publish: 'granted' } }));
    await start({ NAMESPACES: file });
    const stranger = await connect(undefined, '/ws/chat/');
    expect((await stranger.closed).code).toBe(4403);
    const ada = await connect({ sub: 'ada' }, '/ws/chat/');
    await ada.next('subscribed');
    ada.send('hello');
    expect(await ada.next('error')).toMatchObject({ code: 'forbidden' });
    const bob = await connect({ sub: 'bob', channels: { publish: ['chat'] } }, '/ws/chat/');
    bob.send('hello');
    await bob.next('ack');
    expect((await ada.next('message')).from).toBe('bob');
  });

  it('[error-2] counts against a client that keeps asking', async () => {
    await start({ MAX_CLIENT_ERRORS: '3' });
    const client = await connect(undefined, '/ws');
    for (let n = 0; n < 3; n += 1) client.send({ type: 'subscribe', channel: 'private:1' });
    expect((await client.closed).code).toBe(1008);
  });

  it('stops the start where its rules are wrong, and names the rule', async () => {
    await start();
    const wrong = startWorker((workerId) => cluster.broker(workerId), { NAMESPACES: '/nowhere/names.json' });
    await expect(wrong).rejects.toThrow('NAMESPACES=/nowhere/names.json: ENOENT');
  });
});
