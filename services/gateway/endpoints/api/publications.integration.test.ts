import { describe, expect, it, vi } from 'vitest';
import { BrokerOverloaded } from '../../broker/channel-log.js';
import { TestClient } from '../../testing/client.js';
import { problemType } from './problem.js';
import { apiStage, TOKEN } from './testing/api-stage.js';

const stage = apiStage();

describe('publish and broadcast', () => {
  it('[api-2] reach subscribers on every worker, in order, from `api` or who is named', async () => {
    const [ada, bob] = [
      await TestClient.connect(`${stage.blue.ws}/ws`),
      await TestClient.connect(`${stage.green.ws}/ws`),
    ];
    for (const client of [ada, bob]) await client.subscribe('room');
    const { body } = await stage.api.ask('publish', { channel: 'room', data: { n: 1 } });
    expect(body).toEqual({ channel: 'room', epoch: expect.any(String) as string, offset: 1, duplicate: false });
    await stage.other.ask('publish', { channel: 'room', data: null, from: 'shop' });
    for (const client of [ada, bob]) {
      expect(await client.next('message')).toMatchObject({ offset: 1, from: 'api', data: { n: 1 } });
      expect(await client.next('message')).toMatchObject({ offset: 2, from: 'shop', data: null });
    }
    await Promise.all([ada.close(), bob.close()]);
  });

  it('[api-2] nobody can be called api on a WebSocket', async () => {
    await expect(TestClient.connect(`${stage.blue.ws}/ws?client_id=api`)).rejects.toThrow('400');
  });

  it('[api-3] a publish with the idempotency key of another is not done again, on any worker', async () => {
    const message = { channel: 'room', data: 'once' };
    const headers = { 'Idempotency-Key': 'order-17' };
    const first = await stage.api.ask('publish', message, headers);
    const again = await stage.other.ask('publish', message, headers);
    expect(again).toMatchObject({ status: 200, body: { offset: 1, duplicate: true } });
    expect(again.body['epoch']).toBe(first.body['epoch']);
    const named = await stage.other.ask('publish', { ...message, idempotency_key: 'order-17' });
    expect(named.body).toMatchObject({ offset: 1, duplicate: true });
    expect((await stage.api.ask('publish', message, { 'Idempotency-Key': 'order-18' })).body).toMatchObject({
      offset: 2,
    });
    expect((await stage.api.ask('publish', { ...message, channel: 'hall' }, headers)).body).toMatchObject({
      offset: 1,
    });
  });

  it('[api-3] a key that was used for another message is refused, and nothing is published', async () => {
    const headers = { 'Idempotency-Key': 'order-17' };
    await stage.api.ask('publish', { channel: 'room', data: 'before' });
    await stage.api.ask('publish', { channel: 'room', data: { n: 1, of: 'shop' }, from: 'shop' }, headers);
    for (const other of [{ data: { n: 2, of: 'shop' }, from: 'shop' }, { data: { n: 1, of: 'shop' } }]) {
      const { status, body } = await stage.other.ask('publish', { channel: 'room', ...other }, headers);
      expect([status, body['type']]).toEqual([422, problemType('key_reused')]);
      expect(body['detail']).toContain('at offset 2');
    }
    const sameInAnotherOrder = { channel: 'room', from: 'shop', data: { of: 'shop', n: 1 } };
    expect((await stage.other.ask('publish', sameInAnotherOrder, headers)).body).toMatchObject({
      offset: 2,
      duplicate: true,
    });
    expect((await stage.api.ask('history', { channel: 'room' })).body).toMatchObject({ offset: 2 });
    const message = { channels: ['room', 'hall'], data: 'x', idempotency_key: 'order-17' };
    expect((await stage.api.ask('broadcast', message)).body['results']).toMatchObject([
      { channel: 'room', problem: { type: problemType('key_reused'), status: 422 } },
      { channel: 'hall', offset: 1, duplicate: false },
    ]);
  });

  it('[api-3] what the log does not have any more can not be compared: the key alone decides', async () => {
    const headers = { 'Idempotency-Key': 'order-17' };
    const { epoch } = (await stage.api.ask('publish', { channel: 'room', data: 0 }, headers)).body;
    const commands = Array.from({ length: 100 }, (_, n) => ({ publish: { channel: 'room', data: n } }));
    for (let n = 0; n < 12; n += 1) await stage.api.ask('batch', { commands });
    const oldest = await stage.api.ask('history', { channel: 'room', limit: 1, since: { epoch, offset: 0 } });
    expect(oldest.body).toMatchObject({ recovered: false, publications: [{}] });
    expect((await stage.api.ask('publish', { channel: 'room', data: 'other' }, headers)).body).toMatchObject({
      offset: 1,
      duplicate: true,
    });
  });

  it('[api-3] idempotency keys of two callers are two, and publishes without one push none out', async () => {
    const message = { channel: 'room', data: 1, idempotency_key: 'k' };
    await stage.api.ask('publish', message);
    const operator = { Authorization: `Bearer ${TOKEN}` };
    expect((await stage.api.ask('publish', message, operator)).body).toMatchObject({ offset: 2, duplicate: false });
    const commands = Array.from({ length: 100 }, (_, n) => ({ publish: { channel: 'room', data: n } }));
    for (let n = 0; n < 11; n += 1) await stage.api.ask('batch', { commands });
    expect((await stage.api.ask('publish', message)).body).toMatchObject({ offset: 1, duplicate: true });
  });

  it('[api-4] a broadcast goes to each channel, and tells of each', async () => {
    const message = { channels: ['a', 'b', 'c'], data: 'x' };
    await stage.api.ask('publish', { channel: 'b', data: 0 });
    const headers = { 'Idempotency-Key': 'all' };
    expect((await stage.api.ask('broadcast', message, headers)).body['results']).toMatchObject([
      { channel: 'a', offset: 1, duplicate: false },
      { channel: 'b', offset: 2, duplicate: false },
      { channel: 'c', offset: 1, duplicate: false },
    ]);
    expect((await stage.other.ask('broadcast', message, headers)).body['results']).toMatchObject([
      { offset: 1, duplicate: true },
      { offset: 2, duplicate: true },
      { offset: 1, duplicate: true },
    ]);
    const { log } = stage.blueBroker;
    const publish = log.publish.bind(log);
    vi.spyOn(log, 'publish').mockImplementation((request) =>
      request.channel === 'b' ? Promise.reject(new BrokerOverloaded('full')) : publish(request),
    );
    expect((await stage.api.ask('broadcast', message)).body['results']).toMatchObject([
      { channel: 'a', offset: 2 },
      { channel: 'b', problem: { type: problemType('overloaded'), status: 429 } },
      { channel: 'c', offset: 2 },
    ]);
  });

  it('[api-5] counts as accepted messages, but for those of the stack itself', async () => {
    const accepted = async (): Promise<string | undefined> =>
      /^websocket_messages_total\S* (\d+)$/m.exec(await (await fetch(`${stage.blue.http}/metrics/`)).text())?.[1];
    await stage.api.ask('publish', { channel: 'room', data: 1 });
    await stage.api.ask('publish', { channel: 'room', data: 1 }, { Authorization: `Bearer ${TOKEN}` });
    await stage.api.ask('broadcast', { channels: ['a', 'b'], data: 1 });
    expect(await accepted()).toBe('3');
  });
});

describe('what can be read', () => {
  it('[api-6] history gives what the frame of the same name gives', async () => {
    const commands = [1, 2, 3, 4].map((n) => ({ publish: { channel: 'room', data: { n }, from: 'shop' } }));
    await stage.api.ask('batch', { commands });
    const newest = await stage.other.ask('history', { channel: 'room', limit: 2 });
    expect(newest.body).toMatchObject({ channel: 'room', offset: 4, more: true });
    expect(newest.body['publications']).toMatchObject([
      { offset: 3, from: 'shop', data: { n: 3 } },
      { offset: 4, from: 'shop', data: { n: 4 } },
    ]);
    const since = { epoch: newest.body['epoch'], offset: 1 };
    const after = await stage.api.ask('history', { channel: 'room', since });
    expect(after.body).toMatchObject({ more: false, recovered: true, publications: [{}, {}, {}] });
    expect(
      (await stage.api.ask('history', { channel: 'room', since: { ...since, epoch: 'x' } })).body['recovered'],
    ).toBe(false);
  });

  it('[api-6] presence gives what the frame of the same name gives', async () => {
    const adas = [await TestClient.connect(`${stage.blue.ws}/ws?client_id=ada`)];
    adas.push(await TestClient.connect(`${stage.green.ws}/ws?client_id=ada`));
    const bob = await TestClient.connect(`${stage.green.ws}/ws?client_id=bob`);
    for (const client of [...adas, bob]) await client.subscribe('room');
    await vi.waitFor(async () =>
      expect((await stage.api.ask('presence', { channel: 'room' })).body).toMatchObject({ count: 2 }),
    );
    const first = await stage.other.ask('presence', { channel: 'room', limit: 1 });
    expect(first.body).toMatchObject({ channel: 'room', clients: [{ client_id: 'ada' }], count: 2 });
    const cursor = first.body['next_cursor'];
    const last = await stage.other.ask('presence', { channel: 'room', limit: 1, cursor });
    expect(last.body).toMatchObject({ clients: [{ client_id: 'bob', connections: 1 }], count: 2 });
    expect(last.body).not.toHaveProperty('next_cursor');
    for (const client of [...adas, bob]) await client.close();
  });

  it('[api-6] channels, stats and info are those of the whole cluster', async () => {
    const clients = [await TestClient.connect(`${stage.blue.ws}/ws`), await TestClient.connect(`${stage.green.ws}/ws`)];
    for (const client of clients) await client.subscribe('room:1');
    await clients[0]?.subscribe('hall');
    const { body } = await stage.api.ask('channels', { search: 'ROOM' });
    const channels = [{ channel: 'room:1', subscribers: 2, offset: 0 }];
    expect(body).toEqual({ channels, matching: 1, more: false, unanswered: [] });
    expect((await stage.other.ask('channels', { limit: 1 })).body['channels']).toHaveLength(1);
    expect((await stage.other.ask('stats')).body).toMatchObject({ total_connections: 2, active_connections: 2 });
    expect((await stage.api.ask('info', '')).body['workers']).toMatchObject([
      { color: 'blue', worker: '1', connections: 1 },
      { color: 'green', worker: '2', connections: 1 },
    ]);
    for (const client of clients) await client.close();
  });
});
