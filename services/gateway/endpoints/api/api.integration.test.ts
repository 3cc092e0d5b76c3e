import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../broker/broker.js';
import { BrokerOverloaded } from '../../broker/channel-log.js';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { TestClient } from '../../testing/client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';
import { PROBLEMS, problemType, type ProblemName } from './problem.js';
import { ApiClient } from './testing/api-client.js';

const TOKEN = 'a control token for tests';
const ALL = 'a-key-that-may-all';
const READER = 'a-key-that-may-read';
const KEYS = `all:${ALL}:*,reader:${READER}:history`;

let cluster: MemoryCluster;
let blue: TestWorker;
let green: TestWorker;
let blueBroker: Broker;
let api: ApiClient;
let other: ApiClient;

beforeEach(async () => {
  cluster = createMemoryCluster();
  const settings = { API_KEYS: KEYS, CONTROL_TOKEN: TOKEN, LEASE_INTERVAL: '0.05' };
  blue = await startWorker((id) => (blueBroker = cluster.broker(id)), { COLOR: 'blue', ...settings });
  green = await startWorker((id) => cluster.broker(id), { COLOR: 'green', WORKER: '2', ...settings });
  api = await ApiClient.of(blue.http, ALL);
  other = await ApiClient.of(green.http, ALL);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

/** What an answer is that tells this problem, with these words. */
const problem = (name: ProblemName, words: string | RegExp, field?: string) => ({
  status: PROBLEMS[name].status,
  body: {
    type: problemType(name),
    status: PROBLEMS[name].status,
    detail: expect.stringMatching(words) as string,
    ...(field === undefined ? {} : { field }),
  },
});

describe('who may ask the API', () => {
  it.each([
    ['X-API-Key', ALL],
    ['Authorization', `Bearer ${ALL}`],
    ['Authorization', `bearer ${ALL}`],
  ])('[api-1] takes a key in %s', async (name, value) => {
    const { status } = await api.ask('publish', { channel: 'room', data: 1 }, { 'X-API-Key': '', [name]: value });
    expect(status).toBe(200);
  });

  it.each([{ 'X-API-Key': '' }, { 'X-API-Key': `${ALL}x` }, { 'X-API-Key': '', Authorization: ALL }])(
    '[api-1] refuses who gives no key, or another: %j',
    async (headers) => {
      const answer = await api.ask('publish', { channel: 'room', data: 1 }, headers);
      expect(answer).toMatchObject(problem('unauthorized', 'X-API-Key'));
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    },
  );

  it('[api-1] a key may do what its scopes say, in a batch too', async () => {
    await api.ask('publish', { channel: 'room', data: 1 });
    const headers = { 'X-API-Key': READER };
    expect((await api.ask('history', { channel: 'room' }, headers)).status).toBe(200);
    const refused = await api.ask('publish', { channel: 'room', data: 2 }, headers);
    expect(refused.status).toBe(403);
    expect(refused).toMatchObject(problem('forbidden', 'publish needs the scope publish; the key reader has history'));
    const commands = [{ publish: { channel: 'room', data: 2 } }, { history: { channel: 'room' } }];
    const { body } = await api.ask('batch', { commands }, headers);
    expect(body['answers']).toMatchObject([
      { problem: { type: problemType('forbidden') } },
      { result: { offset: 1, publications: [{ data: 1 }] } },
    ]);
  });

  it('[api-1] without keys all is refused in words, but to the stack itself', async () => {
    const lone = await startWorker(() => cluster.broker('lone'), { CONTROL_TOKEN: TOKEN });
    const asked = await ApiClient.of(lone.http, ALL);
    const refused = await asked.ask('publish', { channel: 'room', data: 1 });
    expect(refused.status).toBe(403);
    expect(refused).toMatchObject(problem('no_keys', 'API_KEYS is not set'));
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await asked.ask('publish', { channel: 'room', data: 1 }, headers)).status).toBe(200);
    await lone.app.stop();
  });

  it('[api-1] no key is in a log line', async () => {
    await api.ask('publish', { channel: 'room', data: 1 });
    await api.ask('publish', { channel: 'room', data: 1 }, { 'X-API-Key': `${ALL}x` });
    const lines = JSON.stringify([...blue.logs, ...green.logs]);
    expect(lines).toContain('"api_caller":"all"');
    expect(lines).not.toContain(ALL);
  });
});

describe('publish and broadcast', () => {
  it('[api-2] reach subscribers on every worker, in order, from `api` or who is named', async () => {
    const [ada, bob] = [await TestClient.connect(`${blue.ws}/ws`), await TestClient.connect(`${green.ws}/ws`)];
    for (const client of [ada, bob]) await client.subscribe('room');
    const { body } = await api.ask('publish', { channel: 'room', data: { n: 1 } });
    expect(body).toEqual({ channel: 'room', epoch: expect.any(String) as string, offset: 1, duplicate: false });
    await other.ask('publish', { channel: 'room', data: null, from: 'shop' });
    for (const client of [ada, bob]) {
      expect(await client.next('message')).toMatchObject({ offset: 1, from: 'api', data: { n: 1 } });
      expect(await client.next('message')).toMatchObject({ offset: 2, from: 'shop', data: null });
    }
    await Promise.all([ada.close(), bob.close()]);
  });

  it('[api-2] nobody can be called api on a WebSocket', async () => {
    await expect(TestClient.connect(`${blue.ws}/ws?client_id=api`)).rejects.toThrow('400');
  });

  it('[api-3] a publish with the idempotency key of another is not done again, on any worker', async () => {
    const message = { channel: 'room', data: 'once' };
    const headers = { 'Idempotency-Key': 'order-17' };
    const first = await api.ask('publish', message, headers);
    const again = await other.ask('publish', message, headers);
    expect(again).toMatchObject({ status: 200, body: { offset: 1, duplicate: true } });
    expect(again.body['epoch']).toBe(first.body['epoch']);
    const named = await other.ask('publish', { ...message, idempotency_key: 'order-17' });
    expect(named.body).toMatchObject({ offset: 1, duplicate: true });
    expect((await api.ask('publish', message, { 'Idempotency-Key': 'order-18' })).body).toMatchObject({ offset: 2 });
    expect((await api.ask('publish', { ...message, channel: 'hall' }, headers)).body).toMatchObject({ offset: 1 });
  });

  it('[api-3] idempotency keys of two callers are two, and publishes without one push none out', async () => {
    const message = { channel: 'room', data: 1, idempotency_key: 'k' };
    await api.ask('publish', message);
    const operator = { Authorization: `Bearer ${TOKEN}` };
    expect((await api.ask('publish', message, operator)).body).toMatchObject({ offset: 2, duplicate: false });
    const commands = Array.from({ length: 100 }, (_, n) => ({ publish: { channel: 'room', data: n } }));
    for (let n = 0; n < 11; n += 1) await api.ask('batch', { commands });
    expect((await api.ask('publish', message)).body).toMatchObject({ offset: 1, duplicate: true });
  });

  it('[api-4] a broadcast goes to each channel, and tells of each', async () => {
    const message = { channels: ['a', 'b', 'c'], data: 'x' };
    await api.ask('publish', { channel: 'b', data: 0 });
    const headers = { 'Idempotency-Key': 'all' };
    expect((await api.ask('broadcast', message, headers)).body['results']).toMatchObject([
      { channel: 'a', offset: 1, duplicate: false },
      { channel: 'b', offset: 2, duplicate: false },
      { channel: 'c', offset: 1, duplicate: false },
    ]);
    expect((await other.ask('broadcast', message, headers)).body['results']).toMatchObject([
      { offset: 1, duplicate: true },
      { offset: 2, duplicate: true },
      { offset: 1, duplicate: true },
    ]);
    const { log } = blueBroker;
    const publish = log.publish.bind(log);
    vi.spyOn(log, 'publish').mockImplementation((request) =>
      request.channel === 'b' ? Promise.reject(new BrokerOverloaded('full')) : publish(request),
    );
    expect((await api.ask('broadcast', message)).body['results']).toMatchObject([
      { channel: 'a', offset: 2 },
      { channel: 'b', problem: { type: problemType('overloaded'), status: 429 } },
      { channel: 'c', offset: 2 },
    ]);
  });

  it('[api-5] counts as accepted messages, but for those of the stack itself', async () => {
    const accepted = async (): Promise<string | undefined> =>
      /^websocket_messages_total\S* (\d+)$/m.exec(await (await fetch(`${blue.http}/metrics/`)).text())?.[1];
    await api.ask('publish', { channel: 'room', data: 1 });
    await api.ask('publish', { channel: 'room', data: 1 }, { Authorization: `Bearer ${TOKEN}` });
    await api.ask('broadcast', { channels: ['a', 'b'], data: 1 });
    expect(await accepted()).toBe('3');
  });
});

describe('what can be read', () => {
  it('[api-6] history gives what the frame of the same name gives', async () => {
    const commands = [1, 2, 3, 4].map((n) => ({ publish: { channel: 'room', data: { n }, from: 'shop' } }));
    await api.ask('batch', { commands });
    const newest = await other.ask('history', { channel: 'room', limit: 2 });
    expect(newest.body).toMatchObject({ channel: 'room', offset: 4, more: true });
    expect(newest.body['publications']).toMatchObject([
      { offset: 3, from: 'shop', data: { n: 3 } },
      { offset: 4, from: 'shop', data: { n: 4 } },
    ]);
    const since = { epoch: newest.body['epoch'], offset: 1 };
    const after = await api.ask('history', { channel: 'room', since });
    expect(after.body).toMatchObject({ more: false, recovered: true, publications: [{}, {}, {}] });
    expect((await api.ask('history', { channel: 'room', since: { ...since, epoch: 'x' } })).body['recovered']).toBe(
      false,
    );
  });

  it('[api-6] presence gives what the frame of the same name gives', async () => {
    const adas = [await TestClient.connect(`${blue.ws}/ws?client_id=ada`)];
    adas.push(await TestClient.connect(`${green.ws}/ws?client_id=ada`));
    const bob = await TestClient.connect(`${green.ws}/ws?client_id=bob`);
    for (const client of [...adas, bob]) await client.subscribe('room');
    await vi.waitFor(async () =>
      expect((await api.ask('presence', { channel: 'room' })).body).toMatchObject({ count: 2 }),
    );
    const first = await other.ask('presence', { channel: 'room', limit: 1 });
    expect(first.body).toMatchObject({ channel: 'room', clients: [{ client_id: 'ada' }], count: 2 });
    const cursor = first.body['next_cursor'];
    const last = await other.ask('presence', { channel: 'room', limit: 1, cursor });
    expect(last.body).toMatchObject({ clients: [{ client_id: 'bob', connections: 1 }], count: 2 });
    expect(last.body).not.toHaveProperty('next_cursor');
    for (const client of [...adas, bob]) await client.close();
  });

  it('[api-6] channels, stats and info are those of the whole cluster', async () => {
    const clients = [await TestClient.connect(`${blue.ws}/ws`), await TestClient.connect(`${green.ws}/ws`)];
    for (const client of clients) await client.subscribe('room:1');
    await clients[0]?.subscribe('hall');
    const { body } = await api.ask('channels', { search: 'ROOM' });
    expect(body).toEqual({ channels: [{ channel: 'room:1', subscribers: 2, offset: 0 }], unanswered: [] });
    expect((await other.ask('channels', { limit: 1 })).body['channels']).toHaveLength(1);
    expect((await other.ask('stats')).body).toMatchObject({ total_connections: 2, active_connections: 2 });
    expect((await api.ask('info', '')).body['workers']).toMatchObject([
      { color: 'blue', worker: '1', connections: 1 },
      { color: 'green', worker: '2', connections: 1 },
    ]);
    for (const client of clients) await client.close();
  });
});

describe('what can be done to a client', () => {
  it('[api-11] send reaches every connection of a client, and says how many they are', async () => {
    const query = '/ws?client_id=ada';
    const adas = [await TestClient.connect(`${blue.ws}${query}`), await TestClient.connect(`${green.ws}${query}`)];
    for (const ada of adas) await ada.next('system.welcome');
    expect((await api.ask('send', { client_id: 'ada', data: { n: 1 } })).body).toEqual({ delivered: 2 });
    expect((await other.ask('send', { client_id: 'ada', data: null, from: 'shop' })).body).toEqual({ delivered: 2 });
    expect((await api.ask('send', { client_id: 'nobody', data: 1 })).body).toEqual({ delivered: 0 });
    for (const ada of adas) {
      await vi.waitFor(() => expect(ada.all('message')).toHaveLength(2));
      expect(ada.all('message')).toMatchObject([
        { to: { client_id: 'ada' }, from: 'api', data: { n: 1 } },
        { to: { client_id: 'ada' }, from: 'shop', data: null },
      ]);
      await ada.close();
    }
  });

  it('[api-13] subscribe and unsubscribe hold for every connection that a client has, which is told', async () => {
    const adas = [
      await TestClient.connect(`${blue.ws}/ws?client_id=ada`),
      await TestClient.connect(`${green.ws}/ws?client_id=ada`),
      await TestClient.connect(`${green.ws}/ws/chat/?client_id=ada`),
    ];
    for (const ada of adas) await ada.next('system.welcome');
    await adas[0]?.subscribe('room');
    await api.ask('publish', { channel: 'room', data: 'before' });
    expect((await api.ask('subscribe', { client_id: 'ada', channel: 'room' })).body).toEqual({ connections: 3 });
    for (const ada of adas.slice(1)) {
      const { id, ...told } = await ada.next('subscribed', ({ channel }) => channel === 'room');
      expect([id, told]).toEqual([undefined, expect.objectContaining({ offset: 1, recovered: false })]);
    }
    await api.ask('publish', { channel: 'room', data: 'meanwhile' });
    for (const ada of adas) {
      expect(await ada.next('message', ({ offset }) => offset === 2)).toMatchObject({ data: 'meanwhile' });
    }
    expect((await other.ask('unsubscribe', { client_id: 'ada', channel: 'room' })).body).toEqual({ connections: 3 });
    for (const ada of adas) expect(await ada.next('unsubscribed')).toEqual({ type: 'unsubscribed', channel: 'room' });
    await api.ask('publish', { channel: 'room', data: 'after' });
    for (const ada of adas) {
      await ada.settle();
      expect(ada.all('message').map(({ data }) => data)).not.toContain('after');
      // For the one that had been subscribed by itself nothing changed.
      expect(ada.all('subscribed').filter(({ channel }) => channel === 'room')).toHaveLength(1);
      await ada.close();
    }
    await vi.waitFor(async () => {
      const { body } = await api.ask('subscribe', { client_id: 'ada', channel: 'room' });
      expect(body).toEqual({ connections: 0 });
    });
  });

  it('[api-12] disconnect closes every connection of a client within a second, whatever it speaks, and no other', async () => {
    const adas = [
      await TestClient.connect(`${blue.ws}/ws?client_id=ada`),
      await TestClient.connect(`${green.ws}/ws/chat/?client_id=ada`),
    ];
    const plain = await TextClient.connect(`${green.ws}/ws/ada`);
    const bob = await TestClient.connect(`${green.ws}/ws?client_id=bob`);
    for (const client of [...adas, bob]) await client.next('system.welcome');
    const startedAt = performance.now();
    const { body } = await api.ask('disconnect', { client_id: 'ada' });
    expect(body).toEqual({ disconnected: 3, unanswered: [] });
    for (const { closed } of [...adas, plain]) expect((await closed).code).toBe(1008);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect((await api.ask('disconnect', { client_id: 'ada' })).body).toEqual({ disconnected: 0, unanswered: [] });
    await bob.settle();
    expect(blue.logs.filter(({ event }) => event === 'admin_disconnected')).toMatchObject([
      { by: 'API key all', connections: 3, client_id: 'ada' },
    ]);
    await bob.close();
  });
});

describe('a batch', () => {
  it('[api-7] is done and answered in its order; what is wrong with one keeps no other back', async () => {
    const { status, body } = await api.ask('batch', {
      commands: [
        { publish: { channel: 'room', data: 'a' } },
        { history: { channel: 'room' } },
        { publish: { channel: 'no room', data: 'b' } },
        { fly: {} },
        { publish: { channel: 'room', data: 'c' }, history: {} },
        { publish: { channel: 'room', data: 'd' } },
      ],
    });
    expect(status).toBe(200);
    expect(body['answers']).toMatchObject([
      { result: { offset: 1 } },
      { result: { publications: [{ data: 'a' }] } },
      { problem: { type: problemType('invalid_field'), field: 'commands[2].publish.channel' } },
      { problem: { type: problemType('invalid_field'), field: 'commands[3]' } },
      { problem: { type: problemType('invalid_field'), field: 'commands[4]' } },
      { result: { offset: 2 } },
    ]);
  });

  it('[api-7] with an idempotency key is done once, on whatever worker it is asked for again', async () => {
    const commands = ['a', 'b'].map((data) => ({ publish: { channel: 'room', data } }));
    const headers = { 'Idempotency-Key': 'batch' };
    await api.ask('batch', { commands }, headers);
    const { body } = await other.ask('batch', { commands }, headers);
    expect(body['answers']).toMatchObject([
      { result: { offset: 1, duplicate: true } },
      { result: { offset: 2, duplicate: true } },
    ]);
  });

  it('[api-7] does not try what stands behind one that met Redis away', async () => {
    const publish = vi.spyOn(blueBroker.log, 'publish');
    cluster.disconnect(blue.workerId);
    const commands = [{ publish: { channel: 'room', data: 1 } }, { publish: { channel: 'room', data: 2 } }];
    const { body } = await api.ask('batch', { commands });
    expect(body['answers']).toMatchObject([
      { problem: { type: problemType('unavailable') } },
      { problem: { type: problemType('not_tried') } },
    ]);
    expect(publish).toHaveBeenCalledTimes(1);
    cluster.reconnect();
  });

  it('[api-7] may have more than 64 KiB, but none of its commands', async () => {
    const data = 'x'.repeat(60_000);
    const commands = [data, data, data, 'y'.repeat(66_000)].map((text) => ({
      publish: { channel: 'room', data: text },
    }));
    const { body } = await api.ask('batch', { commands });
    expect(body['answers']).toMatchObject([
      { result: { offset: 1 } },
      { result: { offset: 2 } },
      { result: { offset: 3 } },
      { problem: { type: problemType('too_large'), status: 413, field: 'commands[3].publish' } },
    ]);
    const large = Array.from({ length: 20 }, () => ({ publish: { channel: 'room', data } }));
    const refused = await api.ask('batch', { commands: large });
    expect(refused.status).toBe(413);
    expect(refused).toMatchObject(problem('too_large', '1024 KiB'));
  });
});

describe('what the API refuses', () => {
  it.each([
    ['publish', 'no json', 'invalid_json', 'JSON', undefined],
    ['publish', [], 'invalid_field', 'the body', undefined],
    ['publish', '['.repeat(200) + ']'.repeat(200), 'invalid_field', '128 levels', undefined],
    ['publish', { data: 1 }, 'invalid_field', 'channel: must be of the form', 'channel'],
    ['publish', { channel: 7, data: 1 }, 'invalid_field', 'channel: must be of the form', 'channel'],
    ['publish', { channel: '~plain', data: 1 }, 'invalid_field', 'channel: must be', 'channel'],
    ['publish', { channel: 'a' }, 'invalid_field', 'data: is missing', 'data'],
    ['publish', { channel: 'a', data: 1, form: 'x' }, 'invalid_field', 'form: is not a field', 'form'],
    ['publish', { channel: 'a', data: 1, from: 'a b' }, 'invalid_field', 'from: must be', 'from'],
    ['publish', { channel: 'a', data: 1, idempotency_key: '' }, 'invalid_field', '1 to 64', 'idempotency_key'],
    ['broadcast', { channels: [], data: 1 }, 'invalid_field', '1 to 100', 'channels'],
    ['broadcast', { channels: ['a', 'b c'], data: 1 }, 'invalid_field', /^channels\[1\]: must/, 'channels[1]'],
    ['history', { channel: 'a', limit: 0 }, 'invalid_field', 'limit: must be a whole number from 1 to 1000', 'limit'],
    ['history', { channel: 'a', since: { epoch: 'e' } }, 'invalid_field', 'since.offset: must', 'since.offset'],
    ['channels', { limit: 1000 }, 'invalid_field', '1 to 200', 'limit'],
    ['send', { client_id: 'a b', data: 1 }, 'invalid_field', 'client_id: must be of the form', 'client_id'],
    ['subscribe', { client_id: 'a', channel: 'b c' }, 'invalid_field', 'channel: must be of the form', 'channel'],
    ['disconnect', {}, 'invalid_field', 'client_id: must be of the form', 'client_id'],
    ['presence', { channel: 'a', limit: 0 }, 'invalid_field', '1 to 1000', 'limit'],
    ['stats', { scope: 'worker' }, 'invalid_field', 'scope: is not a field', 'scope'],
    ['batch', {}, 'invalid_field', 'commands: must be a list', 'commands'],
    ['batch', { commands: [] }, 'invalid_field', 'commands: must be a list', 'commands'],
  ] as const)('[api-8] %s of %j: %s', async (name, body, kind, words, field) => {
    const answer = await api.ask(name, body);
    expect(answer.status).toBe(400);
    expect(answer).toMatchObject(problem(kind, words, field));
  });

  it('[api-8] an idempotency key that is too long', async () => {
    const headers = { 'Idempotency-Key': 'x'.repeat(65) };
    const answer = await api.ask('publish', { channel: 'a', data: 1 }, headers);
    expect(answer).toMatchObject(problem('invalid_field', 'Idempotency-Key', 'Idempotency-Key'));
  });

  it('[api-8] a message over 64 KiB, and takes one that fits', async () => {
    const room = 64 * 1024 - JSON.stringify({ channel: 'a', data: '' }).length;
    expect((await api.ask('publish', { channel: 'a', data: 'x'.repeat(room) })).status).toBe(200);
    const answer = await api.ask('publish', { channel: 'a', data: 'x'.repeat(room + 1) });
    expect(answer.status).toBe(413);
    expect(answer).toMatchObject(problem('too_large', '64 KiB'));
  });

  it('[api-9] while Redis is away: the outcome is unknown, and when to ask again', async () => {
    cluster.disconnect();
    for (const [name, body] of [
      ['publish', { channel: 'a', data: 1 }],
      ['history', { channel: 'a' }],
      ['channels', {}],
      ['stats', {}],
      ['info', {}],
    ] as const) {
      const answer = await api.ask(name, body);
      expect(answer).toMatchObject(problem('unavailable', 'whether it was done is not known'));
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    }
    cluster.reconnect();
  });

  it('[api-9] while too many messages wait: nothing was done', async () => {
    vi.spyOn(blueBroker.log, 'publish').mockRejectedValue(new BrokerOverloaded('full'));
    const answer = await api.ask('publish', { channel: 'a', data: 1 });
    expect(answer).toMatchObject(problem('overloaded', 'nothing was done'));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  });

  it('[api-9] what is a defect of the server is logged, and says no more than that', async () => {
    vi.spyOn(blueBroker.log, 'publish').mockRejectedValue(new Error('inner words'));
    const answer = await api.ask('publish', { channel: 'a', data: 1 });
    expect(answer).toMatchObject(problem('internal', 'not known'));
    const { body } = await api.ask('batch', { commands: [{ publish: { channel: 'a', data: 1 } }] });
    expect(body['answers']).toMatchObject([{ problem: { type: problemType('internal') } }]);
    expect(JSON.stringify([answer.body, body])).not.toContain('inner words');
    expect(blue.logs.filter(({ event }) => event === 'api_failed')).toMatchObject([
      { command: 'publish' },
      { command: 'publish' },
    ]);
  });

  it('[api-8] paths and methods that there are not', async () => {
    const get = await fetch(`${blue.http}/api/publish`, { headers: { 'X-API-Key': ALL } });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await get.json()).toMatchObject({ type: problemType('method_not_allowed') });
    for (const path of ['fly', 'publish/more', '']) {
      const nothing = await fetch(`${blue.http}/api/${path}`, { method: 'POST', body: '{}' });
      expect(nothing.status).toBe(404);
      expect(await nothing.json()).toMatchObject({ type: problemType('not_found') });
    }
  });
});

describe('the OpenAPI document', () => {
  it('[api-10] has every command that the server answers, and is of its release', async () => {
    const { document } = api;
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: 'dev' } });
    const names =
      'publish broadcast send history presence channels stats info subscribe unsubscribe disconnect batch'.split(' ');
    expect(Object.keys(document.paths).toSorted()).toEqual(names.map((name) => `/api/${name}`).toSorted());
    for (const path of Object.keys(document.paths)) {
      const response = await fetch(`${blue.http}${path}`, { method: 'POST', headers: { 'X-API-Key': ALL }, body: '{' });
      expect(response.status).toBe(400);
    }
  });

  it('[api-10] takes the requests that the server takes, and no others', async () => {
    for (const [name, body] of [
      ['publish', { channel: 'a', data: 1 }],
      ['publish', { channel: 'a b', data: 1 }],
      ['publish', { channel: 'a' }],
      ['publish', { channel: 'a', data: null, from: 'x', idempotency_key: 'k' }],
      ['publish', { channel: 'a', data: 1, more: 1 }],
      ['broadcast', { channels: ['a', 'b'], data: {} }],
      ['broadcast', { channels: [], data: {} }],
      ['history', { channel: 'a', limit: 10, since: { epoch: 'e', offset: 0 } }],
      ['history', { channel: 'a', limit: 1.5 }],
      ['channels', {}],
      ['presence', { channel: 'a', cursor: '12' }],
      ['presence', { channel: 'a', cursor: 'x' }],
      ['send', { client_id: 'a', data: 1 }],
      ['send', { client_id: 'a' }],
      ['subscribe', { client_id: 'a', channel: 'b' }],
      ['unsubscribe', { client_id: 'a', channel: 'b' }],
      ['disconnect', { client_id: 'a' }],
      ['stats', {}],
      ['stats', { a: 1 }],
      ['batch', { commands: [{ stats: {} }, { publish: { channel: 'a', data: 1 } }] }],
      ['batch', { commands: [] }],
    ] as const) {
      const { status } = await api.ask(name, body);
      expect([name, body, api.takes(name, body)]).toEqual([name, body, status === 200]);
    }
  });
});
