import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../broker/broker.js';
import { BrokerUnavailable } from '../broker/channel-log.js';
import { createRedisBroker } from '../broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../broker/testing/redis-server.js';
import { KeysUnavailable } from '../identity/remote-keys.js';
import { TokenVerifier } from '../identity/token-verifier.js';
import { TestClient } from '../testing/client.js';
import { knock } from '../testing/knock.js';
import { TextClient } from '../testing/text-client.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const TOKEN = 'a control token for tests';
/** 4 at once, and then one each 15 s. */
const LIMIT = { RATE_LIMIT_CONNECTIONS_PER_WINDOW: '2', RATE_LIMIT_CONNECTION_WINDOW: '30' };
const BURST = 4;

let redis: RedisServer;
let blue: TestWorker;
let green: TestWorker;
beforeAll(async () => {
  redis = await startRedis({ appendonly: false });
});
afterAll(() => redis.stop());

const start = (color: string, settings: Readonly<Record<string, string>> = {}): Promise<TestWorker> =>
  startWorker((workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }), {
    COLOR: color,
    RATE_LIMIT_TRUSTED: 'none',
    CONTROL_TOKEN: TOKEN,
    DRAIN_GRACE: '1',
    ...LIMIT,
    ...settings,
  });
beforeEach(async () => {
  await redis.command('FLUSHALL');
  [blue, green] = [await start('blue'), await start('green')];
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const statuses = (knocked: readonly Readonly<{ status: number }>[]): number[] => knocked.map(({ status }) => status);
/** Uses up what the address has left. */
const exhaust = async (): Promise<void> => {
  while ((await knock(`${green.ws}/ws`)).status === 101);
};

describe('the connections of an address', () => {
  it('[limit-6] are so many at once over all workers and colors; the next is refused with 429 and Retry-After', async () => {
    const urls = ['/ws', '/ws/chat/', '/ws/ada', '/ws/metrics', '/ws', '/ws/bob'].map(
      (path, n) => `${(n % 2 === 0 ? blue : green).ws}${path}`,
    );
    const knocked = [];
    for (const url of urls) knocked.push(await knock(url));
    expect(statuses(knocked)).toEqual([...Array.from({ length: BURST }, () => 101), 429, 429]);
    for (const { retryAfter } of knocked.slice(BURST)) expect(retryAfter).toBe(15);
    expect(await (await fetch(`${green.http}/metrics/`)).text()).toContain(
      'websocket_rate_limited_connections_total 1',
    );
    const stats = async (): Promise<unknown> => (await fetch(`${green.http}/ws-stats`)).json();
    const rate_limiting = { limited_connections: 2, top_ips: [{ ip: '127.0.0.1', connections: 2 }] };
    await vi.waitFor(async () => expect(await stats()).toMatchObject({ rate_limiting }), { timeout: 5_000 });
  });

  it('[limit-6] are counted for each address, an IPv6 network as one, and not where a name is refused', async () => {
    const from = (ip: string, path = '/ws') => knock(`${blue.ws}${path}`, { 'X-Real-IP': ip });
    for (let n = 0; n < 10; n += 1) expect((await from('2001:db8::1', '/ws?client_id=chat')).status).toBe(400);
    const six = [];
    for (let n = 1; n <= 5; n += 1) six.push(await from(`2001:db8:0:0:${n}::${n}`));
    expect(statuses(six)).toEqual([101, 101, 101, 101, 429]);
    expect((await from('2001:db8:0:1::1')).status).toBe(101);
    expect((await from('198.51.100.1')).status).toBe(101);
  });

  it('[limit-7] one that moves comes again for nothing, once', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { session_id: session } = await client.next('system.welcome');
    await exhaust();
    const again = (): Promise<Readonly<{ status: number }>> => knock(`${green.ws}/ws?session=${session}`);
    expect((await again()).status).toBe(429);
    blue.app.draining.begin('deploy');
    await client.next('system.reconnect');
    // Nobody else has it.
    expect(statuses([await knock(`${green.ws}/ws`), await knock(`${green.ws}/ws/ada`)])).toEqual([429, 429]);
    expect(statuses([await again(), await again()])).toEqual([101, 429]);
  });

  it('[limit-7] so do those of the other endpoints', async () => {
    const chat = await TestClient.connect(`${blue.ws}/ws/chat/`);
    const { session_id: session } = await chat.next('system.welcome');
    const [ada, stream] = [
      await TextClient.connect(`${blue.ws}/ws/ada`),
      await TextClient.connect(`${blue.ws}/ws/metrics`),
    ];
    await exhaust();
    blue.app.draining.begin('deploy');
    expect((await Promise.all([chat.closed, ada.closed, stream.closed])).map(({ code }) => code)).toEqual([
      1012, 1012, 1012,
    ]);
    expect((await knock(`${green.ws}/ws/chat/?session=${session}`)).status).toBe(101);
    const others = [];
    for (let n = 0; n < 3; n += 1) others.push(await knock(`${green.ws}/ws/ada`));
    expect(statuses(others)).toEqual([101, 101, 429]);
  });

  it('[limit-6] are counted before a token is looked at: a flood of bad ones costs no checks', async () => {
    const checked = vi.spyOn(TokenVerifier.prototype, 'verify');
    const knocked = [];
    for (let n = 0; n < BURST + 5; n += 1) knocked.push(await knock(`${blue.ws}/ws?token=not-good`));
    expect(statuses(knocked)).toEqual([101, 101, 101, 101, 429, 429, 429, 429, 429]);
    expect(checked).toHaveBeenCalledTimes(BURST);
    checked.mockRestore();
  });

  it('[limit-7] [token-3] one that moves keeps that while its token can not be checked', async () => {
    const client = await TestClient.connect(`${blue.ws}/ws`);
    const { session_id: session } = await client.next('system.welcome');
    await exhaust();
    blue.app.draining.begin('deploy');
    await client.next('system.reconnect');
    const check = vi.spyOn(TokenVerifier.prototype, 'verify').mockRejectedValue(new KeysUnavailable('no keys'));
    const again = () => knock(`${green.ws}/ws?session=${session}&token=t`);
    expect(statuses([await again(), await again()])).toEqual([503, 503]);
    check.mockRestore();
    expect(statuses([await again(), await again()])).toEqual([101, 429]);
  });

  it.each([
    ['of a key', new KeysUnavailable('no keys')],
    ['of Redis', new BrokerUnavailable('no Redis')],
  ])('[limit-6] no session gets round it while a token waits for an answer %s', async (_, error) => {
    const check = vi.spyOn(TokenVerifier.prototype, 'verify').mockRejectedValue(error);
    const session = 'b1c7a1f0-5a52-4c6b-9d0e-6a4b1c2d3e4f';
    const knocked = [];
    for (let n = 0; n < BURST + 2; n += 1) knocked.push(await knock(`${blue.ws}/ws?session=${session}&token=t`));
    check.mockRestore();
    expect(statuses(knocked)).toEqual([503, 503, 503, 503, 429, 429]);
  });

  it('[limit-4] [limit-6] bound the recoveries that cost nothing: a session that comes again in a loop gets no more of them', async () => {
    const small = {
      RATE_LIMIT_MESSAGES_PER_WINDOW: '1',
      RATE_LIMIT_MESSAGE_WINDOW: '600',
      RATE_LIMIT_BURST_MULTIPLIER: '4',
    };
    const tight = await start('blue', {
      ...small,
      RATE_LIMIT_CONNECTION_WINDOW: '600',
      RATE_LIMIT_DISCONNECT_AFTER: '2',
    });
    const from = { headers: { 'X-Real-IP': '198.51.100.7' } };
    const first = await TestClient.connect(`${tight.ws}/ws`, from);
    const { session_id: session } = await first.next('system.welcome');
    const { epoch } = await first.subscribe('room');
    const subscribe = { type: 'subscribe', channel: 'room', recover: { epoch, offset: 0 } };
    let recoveries = 0;
    for (let n = 1; n < 2 * BURST; n += 1) {
      const again = await TestClient.connect(`${tight.ws}/ws?session=${session}`, from);
      for (let sent = 0; sent < 200; sent += 1) again.send(subscribe);
      expect((await again.closed).code).toBe(4429);
      recoveries += again.all('subscribed').length;
    }
    // 128 of each connection, and what the allowance of the session had left.
    expect(recoveries).toBeLessThanOrEqual((2 * BURST - 1) * 128 + 4);
    await expect(TestClient.connect(`${tight.ws}/ws?session=${session}`, from)).rejects.toThrow('429');
    await tight.app.stop();
  });

  it('[limit-8] are free for the stack itself and for trusted addresses', async () => {
    await exhaust();
    expect((await knock(`${blue.ws}/ws`, { Authorization: `Bearer ${TOKEN}` })).status).toBe(101);
    const trusting = await start('blue', { RATE_LIMIT_TRUSTED: '127.0.0.1' });
    expect((await knock(`${trusting.ws}/ws`)).status).toBe(101);
    await trusting.app.stop();
  });
});
