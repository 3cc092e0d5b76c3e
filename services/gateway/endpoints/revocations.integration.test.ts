import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerUnavailable } from '../broker/channel-log.js';
import { DEFAULT_LIMITS } from '../broker/broker.js';
import { createRedisBroker } from '../broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../broker/testing/redis-server.js';
import { TestClient } from '../testing/client.js';
import { SECRET, secondsFromNow, signed } from '../testing/tokens.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const OPERATOR_TOKEN = 'a control token for tests';

let redis: RedisServer;
let blue: TestWorker;
let green: TestWorker;
beforeAll(async () => {
  redis = await startRedis({ appendonly: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  await redis.command('FLUSHALL');
  const start = (color: string): Promise<TestWorker> =>
    startWorker((workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }), {
      COLOR: color,
      JWT_SECRET: SECRET,
      CONTROL_TOKEN: OPERATOR_TOKEN,
      LEASE_INTERVAL: '0.1',
      DRAIN_GRACE: '3',
    });
  [blue, green] = [await start('blue'), await start('green')];
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const made = (secondsAgo: number, sub = 'ada', jti?: string): Promise<string> =>
  signed({ sub, iat: Math.floor(secondsFromNow(-secondsAgo)), ...(jti === undefined ? {} : { jti }) });
const connect = (worker: TestWorker, token: string): Promise<TestClient> =>
  TestClient.connect(`${worker.ws}/ws?token=${token}`);
const welcomed = async (worker: TestWorker, token: string): Promise<TestClient> => {
  const client = await connect(worker, token);
  await client.next('system.welcome');
  return client;
};
const post = async (path: string, body?: object, headers?: Record<string, string>): Promise<Response> =>
  fetch(`${blue.http}/admin/api${path}`, {
    method: 'POST',
    headers: headers ?? { Authorization: `Bearer ${OPERATOR_TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const TAKEN_BACK = { code: 4401, reason: 'the token was taken back' };

describe('revocation', () => {
  it('[token-7] [admin-7] of a client closes what it has on every worker at once, and opens nothing more', async () => {
    const token = await made(10);
    const [here, there, bob] = [
      await welcomed(blue, token),
      await welcomed(green, await made(10)),
      await welcomed(green, await made(10, 'bob')),
    ];
    const answer = await post('/clients/ada/revoke');
    expect([answer.status, await answer.json()]).toEqual([200, { done: 2, unanswered: [] }]);
    for (const client of [here, there]) {
      expect(await client.closed).toEqual(TAKEN_BACK);
      expect(client.frames.at(-1)?.type).toBe('system.bye');
    }
    for (const worker of [blue, green]) expect(await (await connect(worker, token)).closed).toEqual(TAKEN_BACK);
    await welcomed(green, await made(-1));
    await bob.settle();
    expect(blue.logs).toContainEqual(
      expect.objectContaining({ event: 'admin_revoked', by: '127.0.0.1', client_id: 'ada', connections: 2 }),
    );
  });

  it('[token-7] [admin-7] of one token leaves the others of its client', async () => {
    const [token, other] = [await made(10, 'ada', 'one'), await made(10, 'ada', 'two')];
    const hit = await welcomed(green, token);
    const left = await welcomed(green, other);
    const answer = await post('/tokens/revoke', { jti: 'one', expires_at: secondsFromNow(600) });
    expect(await answer.json()).toEqual({ done: 1, unanswered: [] });
    expect(await hit.closed).toEqual(TAKEN_BACK);
    await left.settle();
    left.send({ type: 'system.token', token, id: 'r1' });
    expect(await left.answer('r1')).toMatchObject({ code: 'forbidden', message: 'the token was taken back' });
    const keptMs = Number((await redis.command('PTTL', 'sy:{revoked}:t:one')).replace(':', ''));
    expect(keptMs).toBeGreaterThan(600_000);
    expect(keptMs).toBeLessThan(1_300_000);
    await post('/clients/ada/revoke');
    // As long as a token may live, and clocks may differ.
    const [, of] = /^:(\d+)/.exec(await redis.command('PTTL', 'sy:{revoked}:c:ada')) ?? [];
    expect(Number(of)).toBeGreaterThan(2_592_000_000);
  });

  it('[token-7] [move-4] of a client that moves ends both of its connections', async () => {
    const token = await made(10);
    const first = await connect(blue, token);
    const { session_id: session } = await first.next('system.welcome');
    blue.app.draining.begin('deploy');
    await first.next('system.reconnect');
    const second = await TestClient.connect(`${green.ws}/ws?token=${token}&session=${session}`);
    expect(await second.next('system.welcome')).toMatchObject({ resumed: true });
    expect(await (await post('/clients/ada/revoke')).json()).toEqual({ done: 2, unanswered: [] });
    for (const client of [first, second]) expect(await client.closed).toEqual(TAKEN_BACK);
    const again = await TestClient.connect(`${green.ws}/ws?token=${token}&session=${session}`);
    expect(await again.closed).toEqual(TAKEN_BACK);
  });

  it('[token-7] reaches a worker that was told nothing when it looks by itself', async () => {
    const client = await welcomed(green, await made(10, 'ada', 'one'));
    await redis.command('SET', 'sy:{revoked}:t:one', '');
    await green.app.revocations.check();
    expect(await client.closed).toEqual(TAKEN_BACK);
  });

  it('[token-7] closes a WebSocket whose handshake was under way', async () => {
    const token = await made(10);
    const late = vi.spyOn(green.app.revocations, 'isJustRevoked').mockReturnValueOnce(false);
    vi.spyOn(green.app.revocations, 'isRevoked').mockResolvedValue(false);
    await post('/clients/ada/revoke');
    const client = await connect(green, token);
    expect(await client.closed).toEqual(TAKEN_BACK);
    expect(client.frames).toEqual([]);
    expect(late).toHaveBeenCalledTimes(2);
  });

  it('[token-7] takes no token for a renewal that was taken back while it was looked at', async () => {
    const client = await welcomed(green, await made(10, 'ada', 'one'));
    const asked = vi.spyOn(green.app.revocations, 'isRevoked').mockImplementation(async () => {
      await post('/tokens/revoke', { jti: 'two' });
      return false;
    });
    client.send({ type: 'system.token', token: await made(10, 'ada', 'two'), id: 'r1' });
    expect(await client.answer('r1')).toMatchObject({ code: 'forbidden', message: 'the token was taken back' });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('[connect-8] a worker that can not ask whether a token holds refuses with 503', async () => {
    vi.spyOn(green.app.revocations, 'isRevoked').mockRejectedValue(new BrokerUnavailable('Redis was lost'));
    await expect(connect(green, await made(10))).rejects.toThrow('503');
  });

  it('[admin-7] names what is wrong with the order, and wants the administrator', async () => {
    const wrong = await post('/tokens/revoke', { jti: '' });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('jti')]);
    expect((await post('/clients/a%20b/revoke')).status).toBe(400);
    expect((await post('/clients/ada/revoke', undefined, {})).status).toBe(403);
  });
});
