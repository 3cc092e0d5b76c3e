import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { SECRET, signed } from '../../testing/tokens.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-narrow-'));
const file = join(folder, 'namespaces.json');
beforeAll(() => {
  const rules = {
    'live:': { subscribe: 'anyone', publish: 'anyone', history: 'nobody', presence: 'nobody' },
    'team:': { subscribe: 'anyone', publish: 'anyone', presence: 'granted' },
    '*': { subscribe: 'anyone', publish: 'anyone', history: 'nobody' },
  };
  writeFileSync(file, JSON.stringify(rules));
});
afterAll(() => rmSync(folder, { recursive: true }));

let blue: TestWorker;
let green: TestWorker;
beforeEach(async () => {
  const cluster = createMemoryCluster();
  const start = (color: string): Promise<TestWorker> =>
    startWorker((id) => cluster.broker(id), {
      COLOR: color,
      NAMESPACES: file,
      JWT_SECRET: SECRET,
      DRAIN_GRACE: '1',
      PLACE_INTERVAL: '60',
    });
  [blue, green] = [await start('blue'), await start('green')];
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const connect = async ({ ws }: TestWorker, query = '', path = '/ws') => {
  const client = await TestClient.connect(`${ws}${path}?${query}`);
  const { session_id: session } = await client.next('system.welcome');
  return { client, session };
};
const texts = (client: TestClient): unknown[] => client.all('message').map(({ data }) => data);
/** Publishes these, one after the other. */
const say = async (channel: string, ...data: readonly string[]): Promise<void> => {
  const { client } = await connect(green);
  for (const text of data) await client.publish(channel, text);
  await client.close();
};

describe('who may subscribe and not see who is there', () => {
  it('[channel-1] gets a subscribe with presence refused, which has no effect at all', async () => {
    const { client } = await connect(blue);
    client.send({ type: 'subscribe', channel: 'live:1', presence: true, id: 's1' });
    expect(await client.answer('s1')).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('who is there') as string,
    });
    await say('live:1', 'not for it');
    client.send({ type: 'subscribe', channel: 'live:1', presence: false, id: 's2' });
    expect((await client.next('subscribed')).id).toBe('s2');
    await say('live:1', 'for it');
    await client.next('message');
    expect(texts(client)).toEqual(['for it']);
    expect(client.all('presence_change')).toEqual([]);
  });

  it('[channel-3] is told no more of who comes from the token on that takes the right away', async () => {
    const channels = { subscribe: ['team:1'] };
    const watching = await connect(blue, `token=${await signed({ sub: 'ada', channels })}`);
    watching.client.send({ type: 'subscribe', channel: 'team:1', presence: true });
    await watching.client.next('presence_change');
    watching.client.send({ type: 'system.token', token: await signed({ sub: 'ada' }) });
    await watching.client.next('system.token_renewed');
    expect(await watching.client.next('error')).toMatchObject({ code: 'forbidden' });
    const other = await connect(blue, `token=${await signed({ sub: 'bob', channels })}`);
    other.client.send({ type: 'subscribe', channel: 'team:1', presence: true });
    await other.client.next('presence_change', ({ client_id: id }) => id === 'bob');
    await other.client.publish('team:1', 'still subscribed');
    await watching.client.next('message');
    expect(watching.client.all('presence_change')).toHaveLength(1);
    expect(watching.client.all('unsubscribed')).toEqual([]);
  });
});

describe('who may subscribe and not read the history', () => {
  it('[channel-4] begins now, whatever place it claims, and is told so', async () => {
    await say('live:1', 'one', 'two');
    const { client } = await connect(blue);
    const { epoch } = await client.subscribe('live:1');
    for (const recover of [
      { epoch, offset: 0 },
      { epoch, offset: 1 },
    ]) {
      expect(await client.subscribe('live:1', recover)).toMatchObject({ offset: 2, recovered: false });
    }
    await say('live:1', 'three');
    await client.next('message');
    expect(texts(client)).toEqual(['three']);
    // Nothing lies behind the newest place.
    expect(await client.subscribe('live:1', { epoch, offset: 3 })).toMatchObject({ recovered: true });
  });

  it('[channel-4] [deploy-2] goes on where its session is subscribed, through a move, and gets nothing from before', async () => {
    await say('live:1', 'before');
    const old = await connect(blue);
    const { epoch } = await old.client.subscribe('live:1');
    await say('live:1', 'one', 'two');
    await old.client.next('message', ({ offset }) => offset === 3);
    blue.app.draining.begin('deploy');
    expect((await old.client.closed).code).toBe(1012);
    await say('live:1', 'while it was away');
    const next = await connect(green, `session=${old.session}`);
    expect(await next.client.subscribe('live:1', { epoch, offset: 3 })).toMatchObject({ recovered: true });
    await next.client.next('message');
    expect(texts(next.client)).toEqual(['while it was away']);
    expect(await next.client.subscribe('live:1', { epoch, offset: 0 })).toMatchObject({ recovered: false });
    const stranger = await connect(green);
    expect(await stranger.client.subscribe('live:1', { epoch, offset: 3 })).toMatchObject({ recovered: false });
  });

  it('[channel-4] goes on with nothing that it unsubscribed from', async () => {
    const { client } = await connect(blue);
    const { epoch } = await client.subscribe('live:1');
    client.send({ type: 'unsubscribe', channel: 'live:1' });
    await client.next('unsubscribed');
    await say('live:1', 'not for it');
    expect(await client.subscribe('live:1', { epoch, offset: 0 })).toMatchObject({ recovered: false });
  });

  it('[channel-4] [resume-3] goes on from its place on /ws/chat/, but from none before it came', async () => {
    await say('chat', 'before');
    const old = await connect(blue, '', '/ws/chat/');
    const { epoch } = await old.client.next('subscribed');
    await say('chat', 'one');
    await old.client.next('message');
    old.client.socket.pong(`0:${epoch}`);
    await old.client.settle();
    await old.client.close();
    await say('chat', 'two');
    const next = await connect(green, `session=${old.session}`, '/ws/chat/');
    await next.client.next('message', ({ data }) => data === 'two');
    expect(texts(next.client)).not.toContain('before');
  });
});
