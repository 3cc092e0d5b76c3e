import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../broker/broker.js';
import { createRedisBroker } from '../../broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../../broker/testing/redis-server.js';
import { TestClient } from '../../testing/client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let redis: RedisServer;
let blue: TestWorker;
let green: TestWorker;

const worker = (settings: Record<string, string>): Promise<TestWorker> =>
  startWorker((workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }), settings);

beforeEach(async () => {
  redis = await startRedis();
  blue = await worker({ COLOR: 'blue' });
  green = await worker({ COLOR: 'green' });
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
  await redis.stop();
});

const PATIENCE = { timeout: 15_000 };
const isReady = async ({ http }: TestWorker): Promise<boolean> => (await fetch(`${http}/readyz`)).ok;
const bothReady = async (): Promise<void> => {
  await expect.poll(async () => (await isReady(blue)) && (await isReady(green)), PATIENCE).toBe(true);
};

/** Publishes until told to stop, sending again what was refused or unanswered, and gives the acked offsets. */
const publishSteadily = (client: TestClient, channel: string): (() => Promise<number[]>) => {
  const acked: number[] = [];
  const stopping = new AbortController();
  const run = async (): Promise<number[]> => {
    for (let n = 1; !stopping.signal.aborted; n += 1) {
      for (let done = false; !done;) {
        client.send({ type: 'publish', channel, data: n, id: `n${n}` });
        const answer = await client.answer(`n${n}`);
        done = answer.type === 'ack';
        if (answer.type === 'ack') acked.push(answer.offset ?? 0);
        else expect(answer.code).toBe('unavailable');
      }
    }
    return acked;
  };
  const running = run();
  return () => {
    stopping.abort();
    return running;
  };
};
const offsets = (client: TestClient): number[] => client.all('message').map(({ offset }) => offset);
/** Of a message that may have come, and been waited for, before. */
const arrival = async (client: TestClient, offset: number | undefined): Promise<void> => {
  if (client.all('message').at(-1)?.offset !== offset) await client.next('message', (frame) => frame.offset === offset);
};
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('a real Redis under two workers', () => {
  it.each([
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['SCRIPT', 'FLUSH'],
  ])('[order-1] [acked-1] %s %s: nothing lost, nothing twice, nobody told to reload', async (...command) => {
    const reader = await TestClient.connect(`${blue.ws}/ws`);
    const writer = await TestClient.connect(`${green.ws}/ws`);
    await reader.subscribe('room');
    const stop = publishSteadily(writer, 'room');
    await reader.next('message', ({ offset }) => offset === 20);
    await redis.command(...command);
    const after = offsets(reader).length + 50;
    await reader.next('message', ({ offset }) => offset === after);
    const acked = await stop();
    await arrival(reader, acked.at(-1));
    expect(acked).toEqual(upTo(acked.length));
    expect(offsets(reader)).toEqual(acked);
    expect(reader.all('subscribed')).toHaveLength(1);
  });

  it('[acked-1] [once-1] killed and started again with its data, under load: what was acked is there, once', async () => {
    const reader = await TestClient.connect(`${blue.ws}/ws`);
    const writer = await TestClient.connect(`${green.ws}/ws`);
    await reader.subscribe('room');
    const stop = publishSteadily(writer, 'room');
    await reader.next('message', ({ offset }) => offset === 20);
    await redis.restart({ keep: 'all' });
    await bothReady();
    const after = offsets(reader).length + 50;
    await reader.next('message', ({ offset }) => offset >= after);
    const acked = await stop();
    await arrival(reader, acked.at(-1));
    expect(acked).toEqual(upTo(acked.length));
    expect(offsets(reader)).toEqual(acked);
    expect(reader.all('subscribed')).toHaveLength(1);
  });

  it('[resume-1] [silent-1] started again without its data: the epoch changes and readers are told', async () => {
    const reader = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch } = await reader.subscribe('room');
    await reader.publish('room', 1);
    await reader.next('message');
    await redis.restart({ keep: 'none' });
    const told = await reader.next('subscribed', ({ recovered }) => !recovered);
    expect(told.epoch).not.toBe(epoch);
    await bothReady();
    const other = await TestClient.connect(`${green.ws}/ws`);
    expect(await other.subscribe('room', { epoch, offset: 1 })).toMatchObject({ recovered: false });
  });

  it('[order-1] come back older than what clients have seen: noticed by who saw more, and on a worker that is new', async () => {
    const reader = await TestClient.connect(`${blue.ws}/ws`);
    const { epoch } = await reader.subscribe('room');
    for (let n = 1; n <= 20; n += 1) await reader.publish('room', n);
    await reader.next('message', ({ offset }) => offset === 20);
    await redis.restart({ keep: { loseLast: 8 } });
    const told = await reader.next('subscribed', ({ recovered }) => !recovered);
    const kept = told.offset;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(20);
    await bothReady();
    const sawMore = await TestClient.connect(`${green.ws}/ws`);
    expect(await sawMore.subscribe('room', { epoch, offset: kept + 1 })).toMatchObject({ recovered: false });
    const sawLess = await TestClient.connect(`${green.ws}/ws`);
    expect(await sawLess.subscribe('room', { epoch, offset: kept })).toMatchObject({ recovered: true });
    // The offsets are given again, in another life.
    for (let n: number = kept; n <= 20; n += 1) await sawLess.publish('room', `again ${n}`);
    const late = await TestClient.connect(`${blue.ws}/ws`);
    expect(await late.subscribe('room', { epoch, offset: 20 })).toMatchObject({ recovered: false });
  });

  it('[silent-1] away: publishes are refused with unavailable, connections stay, and serve when it is back', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    await client.subscribe('room');
    await redis.kill();
    await expect.poll(() => isReady(blue), PATIENCE).toBe(false);
    client.send({ type: 'publish', channel: 'room', data: 1, id: 'p' });
    expect(await client.next('error')).toMatchObject({ id: 'p', code: 'unavailable' });
    await expect(TestClient.connect(`${blue.ws}/ws`)).rejects.toThrow('503');
    await redis.revive();
    await bothReady();
    await client.publish('room', 1, 'p');
    await client.next('message');
  });

  it('taking no writes (a full disk, a replica): not ready, and ready again when it takes them', async () => {
    await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '1');
    await expect.poll(() => isReady(blue), PATIENCE).toBe(false);
    const answer: unknown = await (await fetch(`${blue.http}/readyz`)).json();
    expect(JSON.stringify(answer)).toContain('NOREPLICAS');
    await redis.command('CONFIG', 'SET', 'min-replicas-to-write', '0');
    await bothReady();
  });

  it('[silent-1] hanging: a publish is answered in the end, and accepted once when it is sent again', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    await client.subscribe('room');
    await redis.freeze();
    client.send({ type: 'publish', channel: 'room', data: 1, id: 'p' });
    expect(await client.next('error')).toMatchObject({ id: 'p', code: 'unavailable' });
    redis.resume();
    await bothReady();
    await client.publish('room', 1, 'p');
    await client.publish('room', 2, 'q');
    await client.next('message', ({ data }) => data === 2);
    expect(client.all('message').map(({ data }) => data)).toEqual([1, 2]);
  });
});
