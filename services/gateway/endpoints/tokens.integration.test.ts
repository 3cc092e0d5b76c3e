import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCluster, type MemoryCluster } from '../broker/memory/memory-cluster.js';
import { TestClient } from '../testing/client.js';
import { TextClient } from '../testing/text-client.js';
import { SECRET, secondsFromNow, signed } from '../testing/tokens.js';
import { startWorker, type TestWorker } from '../testing/worker.js';

const OPERATOR_TOKEN = 'a control token for tests';
const ENDPOINTS = ['/ws', '/ws/chat/', '/ws/ada', '/ws/metrics'];

let cluster: MemoryCluster;
let worker: TestWorker;
const start = async (settings: Readonly<Record<string, string>> = {}): Promise<void> => {
  worker = await startWorker((workerId) => cluster.broker(workerId), {
    JWT_SECRET: SECRET,
    JWT_CLOCK_TOLERANCE: '0',
    CONTROL_TOKEN: OPERATOR_TOKEN,
    ...settings,
  });
};
beforeEach(() => {
  cluster = createMemoryCluster();
});
afterEach(() => worker.app.stop());

const ada = (claims: object = {}): Promise<string> => signed({ sub: 'ada', ...claims });
const connect = (query = '', options: ConstructorParameters<typeof TestClient>[1] = {}): Promise<TestClient> =>
  TestClient.connect(`${worker.ws}/ws${query}`, options);
/** How a connection ends that is not to be. */
const closed = async (path: string, headers: Record<string, string> = {}) =>
  (await TextClient.connect(`${worker.ws}${path}`, { headers })).closed;
const count = async (metric: string): Promise<number> =>
  Number(new RegExp(`^${metric} (\\d+)$`, 'm').exec(await (await fetch(`${worker.http}/metrics/`)).text())?.[1]);

describe('a token', () => {
  it('[token-1] comes in the header, a subprotocol or the query, gives the name, and is in no log', async () => {
    await start();
    const token = await ada();
    const bearers = [
      await connect('?client_id=bob', { headers: { Authorization: `Bearer ${token}` } }),
      await connect('', { protocols: ['switchyard.v1', `bearer.${token}`] }),
      await connect(`?token=${token}`),
      await TestClient.connect(`${worker.ws}/ws/chat/?token=${token}`),
    ];
    for (const client of bearers) expect((await client.next('system.welcome')).client_id).toBe('ada');
    expect(bearers.map(({ socket }) => socket.protocol)).toEqual(['', 'switchyard.v1', '', '']);
    await Promise.all(bearers.map((client) => client.close()));
    expect(JSON.stringify(worker.logs)).toContain('websocket_disconnected');
    for (const part of token.split('.')) expect(JSON.stringify(worker.logs)).not.toContain(part);
  });

  it('[token-5] [close-4401] that is bad or missing closes every endpoint with 4401 and the reason, counted and logged', async () => {
    await start({ ALLOW_ANONYMOUS: 'false' });
    const expired = await ada({ exp: secondsFromNow(-60) });
    const forged = await signed({ sub: 'ada' }, 'another secret of tests, 32 characters');
    for (const path of ENDPOINTS) {
      expect(await closed(path)).toEqual({ code: 4401, reason: 'a token is needed here' });
      expect(await closed(`${path}?token=${expired}`)).toEqual({ code: 4401, reason: 'the token has expired' });
      expect(await closed(path, { Authorization: `Bearer ${forged}` })).toMatchObject({ code: 4401 });
    }
    expect(await count('websocket_unauthorized_total')).toBe(12);
    expect(worker.logs).toContainEqual(
      expect.objectContaining({ event: 'websocket_unauthorized', code: 4401, ip: '127.0.0.1', path: '/ws/metrics' }),
    );
    expect(JSON.stringify(worker.logs)).not.toContain(forged);
    expect(worker.app.connections.size).toBe(0);
  });

  it('[token-2] [token-6] changes its key without a client refused, step by step', async () => {
    const newer = 'a newer secret of tests, 32 characters';
    const [older, renewed] = [await ada(), await signed({ sub: 'ada' }, newer)];
    await start();
    const first = await connect(`?token=${older}`);
    const { session_id: session } = await first.next('system.welcome');
    /** The next color of a promote: the session goes on there. */
    const promote = async (token: string, settings: Readonly<Record<string, string>>): Promise<void> => {
      const left = worker;
      await start(settings);
      const moved = await connect(`?token=${token}&session=${session}`);
      expect(await moved.next('system.welcome')).toMatchObject({ session_id: session, resumed: true });
      await left.app.stop();
    };
    await promote(older, { JWT_SECRET: newer, JWT_SECRET_PREVIOUS: SECRET });
    expect((await (await connect(`?token=${renewed}`)).next('system.welcome')).client_id).toBe('ada');
    await promote(renewed, { JWT_SECRET: newer });
    expect(await closed(`/ws?token=${older}`)).toEqual({ code: 4401, reason: 'the token is not signed with the key' });
  });

  it('[token-5] opens every endpoint where it is good; the stack itself needs none', async () => {
    await start({ ALLOW_ANONYMOUS: 'false', ALLOWED_ORIGINS: 'self' });
    const query = `?token=${await ada()}`;
    for (const path of ['/ws', '/ws/chat/']) {
      const client = await TestClient.connect(`${worker.ws}${path}${query}`);
      expect((await client.next('system.welcome')).client_id).toBe('ada');
    }
    const plain = await TextClient.connect(`${worker.ws}/ws/ada${query}`);
    plain.say('hello');
    await plain.when((texts) => texts.includes('Client #ada says: hello'));
    const stream = await TextClient.connect(`${worker.ws}/ws/metrics${query}`);
    await stream.when((texts) => texts.some((text) => text.includes('Snapshot')));
    const operator = await connect('?client_id=probe', { headers: { Authorization: `Bearer ${OPERATOR_TOKEN}` } });
    expect((await operator.next('system.welcome')).client_id).toBe('probe');
  });

  it('[plain-1] [close-4403] opens the plain endpoint of no other name', async () => {
    await start();
    expect(await closed(`/ws/bob?token=${await ada()}`)).toEqual({
      code: 4403,
      reason: 'the token is of another client',
    });
  });

  it('[token-4] ends its connection with itself, after a warning and system.bye', async () => {
    await start({ TOKEN_WARNING: '1' });
    const endsAt = secondsFromNow(1.3);
    const client = await connect(`?token=${await ada({ exp: endsAt })}`);
    const plain = await TextClient.connect(`${worker.ws}/ws/ada?token=${await ada({ exp: endsAt })}`);
    expect((await client.next('system.token_expiring')).expires_in).toBe(1);
    expect(await client.closed).toEqual({ code: 4401, reason: 'the token has expired' });
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(endsAt - 0.01);
    expect(client.frames.at(-1)).toMatchObject({ type: 'system.bye', reason: 'the token has expired' });
    expect((await plain.closed).code).toBe(4401);
    expect(await count('websocket_disconnections_total{reason="unauthorized"}')).toBe(2);
  });

  it('[token-4] is renewed on the open connection, which then lives as long as the new one', async () => {
    await start({ TOKEN_WARNING: '0.5' });
    const client = await connect(`?token=${await ada({ exp: secondsFromNow(0.8) })}`);
    await client.next('system.token_expiring');
    client.send({ type: 'system.token', token: await ada({ exp: secondsFromNow(2) }), id: 'r1' });
    expect(await client.next('system.token_renewed')).toEqual({
      type: 'system.token_renewed',
      id: 'r1',
      expires_in: 2,
    });
    await client.next('system.token_expiring');
    client.send({ type: 'system.token', token: await ada() });
    expect(await client.next('system.token_renewed')).toEqual({ type: 'system.token_renewed' });
    client.send({ type: 'system.token', token: await signed({ sub: 'bob' }), id: 'r2' });
    expect(await client.answer('r2')).toMatchObject({ code: 'forbidden', message: 'the token is of another client' });
    client.send({ type: 'system.token', token: 'abc', id: 'r3' });
    expect(await client.answer('r3')).toMatchObject({ code: 'forbidden' });
    const anonymous = await connect();
    anonymous.send({ type: 'system.token', token: await ada(), id: 'r4' });
    expect(await anonymous.answer('r4')).toMatchObject({ code: 'forbidden' });
  });

  it('[token-4] [error-2] that is refused counts as an error in the row, and so many close whatever comes between', async () => {
    await start({ MAX_CLIENT_ERRORS: '3' });
    const bad = { type: 'system.token', token: 'abc', id: 'bad' };
    const row = await connect(`?token=${await ada()}`);
    for (let n = 0; n < 2; n += 1) row.send({ type: 'unsubscribe', channel: 'room' });
    row.send(bad);
    expect(await row.closed).toMatchObject({ code: 1008, reason: '3 errors in a row' });
    const mixed = await connect(`?token=${await ada()}`);
    const refuse = async (): Promise<void> => {
      mixed.send(bad);
      await mixed.next('error');
      await mixed.settle();
    };
    for (let n = 0; n < 2; n += 1) await refuse();
    mixed.send({ type: 'system.token', token: await ada() });
    await mixed.next('system.token_renewed');
    for (let n = 0; n < 2; n += 1) await refuse();
    mixed.send(bad);
    expect(await mixed.closed).toMatchObject({ code: 1008, reason: '3 tokens that are not good' });
  });

  it('[token-8] [close-4401] that would outlive its revocation opens nothing in production, and renews nothing', async () => {
    await start({ MODE: 'production', REVOCATION_TTL: '60' });
    const missing = 'token: exp is missing, and here every token must end';
    expect(await closed(`/ws?token=${await ada()}`)).toEqual({ code: 4401, reason: missing });
    const client = await connect(`?token=${await ada({ exp: secondsFromNow(50) })}`);
    await client.next('system.welcome');
    client.send({ type: 'system.token', token: await ada(), id: 'r1' });
    expect(await client.answer('r1')).toMatchObject({ code: 'forbidden', message: missing });
  });

  it('[token-6] nobody resumes a session of another identity: it gets one of its own', async () => {
    await start();
    const session = async (query: string): Promise<Readonly<{ id: string; name: string; resumed: boolean }>> => {
      const client = await connect(query);
      const { session_id: id, client_id: name, resumed } = await client.next('system.welcome');
      await client.close();
      return { id, name, resumed };
    };
    const [asAda, asBob] = [`token=${await ada()}`, `token=${await signed({ sub: 'bob' })}`];
    const ofAda = await session(`?${asAda}`);
    const ofNobody = await session('?client_id=ada');
    for (const [asked, by] of [
      [ofAda, asBob],
      [ofAda, 'client_id=ada'],
      [ofNobody, asAda],
    ] as const) {
      const got = await session(`?session=${asked.id}&${by}`);
      expect(got.resumed).toBe(false);
      expect(got.id).not.toBe(asked.id);
    }
    expect(await session(`?session=${ofAda.id}&${asAda}`)).toEqual({ ...ofAda, resumed: true });
    expect(await session(`?session=${ofNobody.id}`)).toEqual({ ...ofNobody, resumed: true });
  });
});
