import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../broker/broker.js';
import { createRedisBroker } from '../../broker/redis/redis-broker.js';
import { startRedis, type RedisServer } from '../../broker/testing/redis-server.js';
import { TestClient } from '../../testing/client.js';
import { TextClient } from '../../testing/text-client.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

const TOKEN = 'a control token for tests';
const OPERATOR = { Authorization: `Bearer ${TOKEN}` };
const SETTINGS = {
  LEASE_INTERVAL: '0.1',
  CONTROL_TOKEN: TOKEN,
  ADMIN_PASSWORD: 'right',
  METRICS_SAMPLE_INTERVAL: '0.2',
  METRICS_HISTORY: '60',
};

type Row = Readonly<Record<string, unknown>> & Readonly<{ client_id: string; connection_id: string }>;
type List = Readonly<{ connections: readonly Row[]; matching: number; total: number; next_cursor: string | null }>;

let redis: RedisServer;
let blue: TestWorker;
let green: TestWorker;
let cookie: string;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  const broker = (workerId: string) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS });
  blue = await startWorker(broker, { ...SETTINGS, COLOR: 'blue', WORKER: '1', RELEASE: 'r1' });
  green = await startWorker(broker, { ...SETTINGS, COLOR: 'green', WORKER: '2', RELEASE: 'r2' });
  cookie = (await logIn(blue)).headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterEach(async () => {
  await Promise.all([blue.app.stop(), green.app.stop()]);
});

const logIn = (worker: TestWorker, password = 'right', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${worker.http}/admin/login`, { method: 'POST', body: JSON.stringify({ password }), headers });
const get = (path: string, worker = blue): Promise<Response> =>
  fetch(`${worker.http}/admin${path}`, { headers: { cookie } });
const list = async (query = '', worker = blue): Promise<List> =>
  (await (await get(`/api/connections${query}`, worker)).json()) as List;
const post = (path: string, worker = blue, origin = worker.http): Promise<Response> =>
  fetch(`${worker.http}/admin${path}`, { method: 'POST', headers: { cookie, origin } });
const names = ({ connections }: List): string[] => connections.map(({ client_id: name }) => name);
const pages = async (query: string, worker = blue): Promise<List[]> => {
  const all: List[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await list(`${query}&cursor=${cursor}`, worker);
    all.push(page);
    cursor = page.next_cursor;
  }
  return all;
};
const watch = (worker: TestWorker, headers: Record<string, string> = { cookie, origin: worker.http }) =>
  TextClient.connect(`${worker.ws}/admin/live`, { headers });
const frames = (client: TextClient, type: string): Readonly<Record<string, unknown>>[] =>
  client.texts.map((text) => JSON.parse(text) as Record<string, unknown>).filter((frame) => frame['type'] === type);
const frame = async (client: TextClient, type: string, fits: (frame: never) => boolean = () => true) => {
  const found = () => frames(client, type).find((one) => fits(one as never));
  await client.when(() => found() !== undefined);
  return found();
};

describe('the login', () => {
  it('[admin-1] gives a cookie that both colors take, and ends it', async () => {
    for (const worker of [blue, green]) expect((await get('/api/health', worker)).status).toBe(200);
    expect((await fetch(`${green.http}/admin/api/health`)).status).toBe(401);
    expect((await fetch(`${green.http}/admin/api/health`, { headers: OPERATOR })).status).toBe(200);
    const left = await post('/logout');
    expect(left.headers.get('set-cookie')).toMatch(/^switchyard_admin=; Path=\/admin; Max-Age=0; HttpOnly/);
  });

  it('[admin-1] refuses a wrong password, slows down who tries many, and logs none of them', async () => {
    for (let n = 0; n < 3; n += 1) expect((await logIn(blue, 'a guess')).status).toBe(401);
    const slowed = await logIn(blue);
    expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await logIn(blue, 'right', { 'X-Real-IP': '203.0.113.7' })).status).toBe(200);
    const logged = JSON.stringify(blue.logs);
    expect(logged).toContain('"event":"admin_login_failed"');
    expect(logged).not.toContain('a guess');
    expect((await fetch(`${blue.http}/admin/login`, { method: 'POST', body: '{}' })).status).toBe(429);
  });

  it('[admin-1] has whoever tried many wait on every worker, until the time is over', async () => {
    const asked = async () => (await fetch(`${green.http}/admin/login`, { method: 'POST', body: '{}' })).status;
    expect(await asked()).toBe(400);
    for (let n = 0; n < 3; n += 1) expect((await logIn(blue, 'a guess')).status).toBe(401);
    await expect.poll(asked).toBe(429);
    await expect.poll(asked).toBe(400);
    expect((await logIn(green)).status).toBe(200);
  });

  it('[admin-1] covers /ws-stats and /metrics where that is set, but not for the stack itself', async () => {
    const broker = (workerId: string) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS });
    const covering = await startWorker(broker, { ...SETTINGS, ADMIN_COVERS_STATS: 'true', WORKER: '3' });
    const setCookie = (await logIn(covering)).headers.get('set-cookie') ?? '';
    expect(setCookie).toContain('; Path=/; ');
    const statusOf = async (path: string, headers: Record<string, string>, worker = covering) =>
      (await fetch(`${worker.http}${path}`, { headers })).status;
    for (const path of ['/ws-stats', '/ws-stats/', '/metrics/?scope=cluster', '/metrics']) {
      expect([path, await statusOf(path, {}), await statusOf(path, { cookie: setCookie.split(';')[0] ?? '' })]).toEqual(
        [path, 401, 200],
      );
      expect([path, await statusOf(path, OPERATOR), await statusOf(path, {}, blue)]).toEqual([path, 200, 200]);
    }
    expect(await statusOf('/healthz', {})).toBe(200);
    await covering.app.stop();
  });

  it('[admin-1] says what to set where no password is set', async () => {
    const bare = await startWorker((workerId) =>
      createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }),
    );
    for (const answer of [await logIn(bare), await get('/api/health', bare)]) {
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('ADMIN_PASSWORD');
    }
    await bare.app.stop();
  });

  it('[admin-2] changes nothing, and shows nothing live, for a page of another origin', async () => {
    const ada = await TestClient.connect(`${blue.ws}/ws?client_id=stays`);
    expect((await post('/api/clients/stays/disconnect', blue, 'http://evil.example')).status).toBe(403);
    expect((await post('/api/clients/stays/disconnect', blue, '')).status).toBe(403);
    expect((await logIn(blue, 'right', { origin: 'http://evil.example' })).status).toBe(403);
    await expect(watch(blue, { cookie, origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(watch(blue, { origin: blue.http })).rejects.toThrow('401');
    expect((await list('?search=stays')).matching).toBe(1);
    await ada.close();
  });
});

describe('the list of connections', () => {
  beforeEach(async () => {
    for (const [index, worker] of [blue, green].entries()) {
      for (let n = 0; n < 6; n += 1) {
        const headers = { 'X-Real-IP': `10.0.${index}.${n * 3}` };
        const client = await TextClient.connect(`${worker.ws}/ws/c${n}-${index}`, { headers });
        for (let line = 0; line < n; line += 1) client.say('hello');
        await client.when((texts) => texts.filter((text) => text === 'You sent: hello').length === n);
      }
    }
  });

  it.each([
    ['client_id', ['c0-0', 'c0-1', 'c1-0']],
    ['ip', ['c0-0', 'c1-0', 'c2-0']],
    ['ip&order=desc', ['c5-1', 'c4-1', 'c3-1']],
    ['worker&order=desc', [expect.stringMatching(/-1$/), expect.stringMatching(/-1$/), expect.stringMatching(/-1$/)]],
    ['duration', ['c0-0', 'c1-0', 'c2-0']],
    ['duration&order=asc', ['c5-1', 'c4-1', 'c3-1']],
    ['idle', ['c0-0', expect.any(String), expect.any(String)]],
  ])('[admin-3] sorts by %s over all workers, from each of them', async (sort, first) => {
    for (const worker of [blue, green]) {
      expect(names(await list(`?sort=${sort}&limit=3`, worker))).toEqual(first);
    }
  });

  it('[admin-3] turns pages over all workers: each row once, in order', async () => {
    for (const sort of ['messages_received', 'messages_sent', 'errors', 'ip', 'worker', 'idle']) {
      const all = await pages(`?sort=${sort}&limit=5`);
      expect(all.map(({ connections }) => connections.length)).toEqual([5, 5, 2]);
      expect(new Set(all.flatMap(names)).size).toBe(12);
      expect(names(await list(`?sort=${sort}`))).toEqual(all.flatMap(names));
    }
  });

  it('[admin-3] finds by part of a name or an address, or the beginning of a connection_id, and by color', async () => {
    expect(names(await list('?search=C1-&sort=client_id'))).toEqual(['c1-0', 'c1-1']);
    expect(names(await list('?search=10.0.1.1&sort=client_id'))).toEqual(['c4-1', 'c5-1']);
    const [row] = (await list('?search=c3-1')).connections;
    expect(names(await list(`?search=${row?.connection_id.slice(0, 18)}`))).toEqual(['c3-1']);
    expect((await list('?color=green')).matching).toBe(6);
    expect((await list('?endpoint=chat')).matching).toBe(0);
    await expect
      .poll(() => list('?search=nobody'))
      .toMatchObject({ connections: [], matching: 0, total: 12, next_cursor: null });
  });

  it('[admin-3] tells of each who, where and how much, and no session', async () => {
    const chat = await TestClient.connect(`${green.ws}/ws/chat/`);
    const { session_id: session, client_id: name } = await chat.next('system.welcome');
    const answer = await (await get(`/api/connections?search=${name}`)).text();
    expect(answer).not.toContain(session);
    expect((JSON.parse(answer) as List).connections).toEqual([
      {
        connection_id: expect.any(String) as string,
        client_id: name,
        connected_at: expect.any(String) as string,
        last_activity: expect.any(String) as string,
        duration: expect.any(Number) as number,
        idle: expect.any(Number) as number,
        errors: 0,
        messages_received: 0,
        messages_sent: expect.any(Number) as number,
        ip: '127.0.0.1',
        endpoint: 'chat',
        allowance: null,
        color: 'green',
        worker: '2',
      },
    ]);
    await chat.close();
  });

  it('[admin-3] counts durations and channels over all workers', async () => {
    const { buckets } = (await (await get('/api/durations')).json()) as { buckets: { connections: number }[] };
    expect(buckets).toHaveLength(10);
    expect(buckets.reduce((sum, { connections }) => sum + connections, 0)).toBe(12);
    const { channels } = (await (await get('/api/channels?search=PLAIN', green)).json()) as { channels: object[] };
    expect(channels).toEqual([{ channel: '~plain', subscribers: 12, offset: expect.any(Number) as number }]);
  });

  it('[admin-3] says how many channels there are beside those it lists', async () => {
    const [ada, bob] = [await TestClient.connect(`${blue.ws}/ws`), await TestClient.connect(`${green.ws}/ws`)];
    for (const [who, names] of [
      [ada, ['room:1', 'room:2', 'room:3']],
      [bob, ['room:3', 'room:4']],
    ] as const) {
      for (const channel of names) {
        who.send({ type: 'subscribe', channel, id: channel });
        await who.next('subscribed');
      }
    }
    const ask = async (query: string): Promise<unknown> => {
      const answer = (await (await get(`/api/channels?search=room&${query}`)).json()) as { channels: object[] };
      return { ...answer, channels: answer.channels.length };
    };
    expect(await ask('limit=2')).toMatchObject({ channels: 2, matching: 4, more: false });
    for (let n = 1; n <= 8; n += 1) {
      ada.send({ type: 'subscribe', channel: `room:b${n}`, id: `b${n}` });
      await ada.next('subscribed');
    }
    // Each worker names five times as many as are wanted: there may be more than those.
    expect(await ask('limit=1')).toMatchObject({ channels: 1, matching: 11, more: true });
    await Promise.all([ada.close(), bob.close()]);
  });

  it.each(['sort=size', 'limit=0', 'limit=501', 'order=up', 'color=red', 'cursor=nonsense', 'endpoint=none'])(
    '[admin-3] refuses %s and names it',
    async (query) => {
      const answer = await get(`/api/connections?${query}`);
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(query.split('=')[0] ?? '')]);
    },
  );
});

describe('what a person does to connections', () => {
  const idOf = async (name: string): Promise<string> =>
    (await list(`?search=${name}`)).connections[0]?.connection_id ?? '';

  it('[admin-4] warns and disconnects on any worker, tells every page, and logs who did it', async () => {
    const [onBlue, onGreen] = [await watch(blue), await watch(green)];
    // No part of an id of a connection, which a search finds too: those are hexadecimal.
    const ada = await TestClient.connect(`${green.ws}/ws?client_id=warned`);
    await ada.next('system.welcome');
    const id = await idOf('warned');
    expect((await post(`/api/connections/${id}/warn`)).status).toBe(200);
    expect((await ada.next('system.idle_warning')).idle_seconds).toBeLessThanOrEqual(10);
    const beganAt = performance.now();
    expect((await post(`/api/connections/${id}/disconnect`)).status).toBe(200);
    expect(await ada.closed).toEqual({ code: 1008, reason: 'disconnected by an administrator' });
    expect(performance.now() - beganAt).toBeLessThan(1_000);
    expect(ada.frames.at(-1)).toMatchObject({ type: 'system.bye', reason: 'disconnected by an administrator' });
    for (const page of [onBlue, onGreen]) {
      const told = await frame(page, 'event', ({ event }: { event: string }) => event === 'admin_disconnected');
      expect(told).toMatchObject({ by: '127.0.0.1', connections: 1, connection_id: id, client_id: 'warned' });
      expect(frames(page, 'event')[0]).toMatchObject({ event: 'admin_warned' });
    }
    expect(blue.logs).toContainEqual(
      expect.objectContaining({ event: 'admin_disconnected', by: '127.0.0.1', connection_id: id, client_id: 'warned' }),
    );
    await Promise.all([onBlue.close(), onGreen.close()]);
  });

  it('[admin-4] disconnects all connections of a client, on all workers, and nobody else', async () => {
    const eves = await Promise.all([blue, green, green].map(({ ws }) => TextClient.connect(`${ws}/ws/eve`)));
    const other = await TextClient.connect(`${green.ws}/ws/evelyn`);
    const answer = await post('/api/clients/eve/disconnect');
    expect(await answer.json()).toEqual({ done: 3, unanswered: [] });
    for (const eve of eves) expect((await eve.closed).code).toBe(1008);
    expect((await list('?search=eve')).matching).toBe(1);
    expect((await post('/api/clients/eve/disconnect')).status).toBe(404);
    await other.close();
  });

  it('[admin-4] says that nobody has this id, and that an endpoint has no frame for a warning', async () => {
    const bob = await TextClient.connect(`${green.ws}/ws/bob`);
    expect((await post(`/api/connections/${await idOf('bob')}/warn`)).status).toBe(409);
    expect((await post('/api/connections/nonsense/warn')).status).toBe(404);
    expect((await post('/api/connections/00000000-0000-4000-8000-000000000000/disconnect')).status).toBe(404);
    await bob.close();
  });
});

describe('/admin/live', () => {
  it('[admin-5] tells the past at once and the cluster each second, and counts as no connection', async () => {
    const bob = await TextClient.connect(`${green.ws}/ws/bob`);
    const countsOf = async () => {
      const { total_connections, active_connections, total, connections } = (await (
        await fetch(`${blue.http}/ws-stats`)
      ).json()) as Readonly<Record<string, unknown>>;
      return { total_connections, active_connections, total, connections };
    };
    const page = await watch(blue);
    const hello = await frame(page, 'hello');
    expect(hello).toMatchObject({ worker: 'blue-1', deploy: [], history: { times: expect.any(Array) as number[] } });
    const isSeen = ({ colors }: { colors: Record<string, { connections: number }> }) =>
      colors['green']?.connections === 1;
    const snapshot = await frame(page, 'snapshot', isSeen);
    expect(snapshot).toMatchObject({
      colors: { blue: { workers: 1, releases: ['r1'] }, green: { connections: 1, workers: 1, releases: ['r2'] } },
      workers: [
        { color: 'blue', worker: '1', draining: false, event_loop_lag_ms: expect.any(Number) as number },
        { color: 'green', worker: '2', connections: 1 },
      ],
    });
    const counted = { total: 1, active_connections: 1, connections: [{ client_id: 'bob' }] };
    await expect.poll(countsOf).toMatchObject(counted);
    const { total_connections } = await countsOf();
    const another = await watch(blue);
    await frame(another, 'snapshot');
    expect(await countsOf()).toMatchObject({ ...counted, total_connections });
    const metrics = await (await fetch(`${blue.http}/metrics/`)).text();
    expect(metrics).toContain('\nwebsocket_active_connections 0\n');
    expect(metrics).toContain('\nwebsocket_active_anonymous_connections 0\n');
    await another.close();
    await bob.close();
    await page.close();
  });

  it('[admin-1] ends with the login that opened it, on every worker, and no other does', async () => {
    const [here, there] = [await watch(blue), await watch(green)];
    const operator = await watch(green, OPERATOR);
    const another = (await logIn(green)).headers.get('set-cookie')?.split(';')[0] ?? '';
    const stays = await watch(green, { cookie: another, origin: green.http });
    const beganAt = performance.now();
    expect((await post('/logout')).status).toBe(200);
    expect(await here.closed).toEqual({ code: 1008, reason: 'log in again' });
    expect(await there.closed).toEqual({ code: 1008, reason: 'log in again' });
    expect(performance.now() - beganAt).toBeLessThan(1_000);
    for (const page of [operator, stays]) {
      const seen = page.texts.length;
      await page.count(seen + 1);
      await page.close();
    }
  });

  it('[admin-6] tells of a deploy as it goes on, and whoever comes later what was', async () => {
    const notice = { verb: 'promote', from: 'blue', to: 'green', release: 'r2', at: new Date().toISOString() };
    const say = (body: object, headers: Record<string, string> = OPERATOR) =>
      fetch(`${blue.http}/control/deploy`, { method: 'POST', body: JSON.stringify(body), headers });
    const page = await watch(blue);
    expect((await say({ ...notice, step: 'start', state: 'running' }, { cookie })).status).toBe(401);
    expect((await say({ ...notice, step: 'start' })).status).toBe(400);
    await say({ ...notice, step: 'start', state: 'running' });
    await say({ ...notice, step: 'move', state: 'running', moved: 3, left: 4 });
    expect(
      await frame(page, 'deploy', ({ notice: { step } }: { notice: { step: string } }) => step === 'move'),
    ).toBeDefined();
    const later = await watch(blue);
    expect(await frame(later, 'hello')).toMatchObject({ deploy: [{ step: 'start' }, { step: 'move', left: 4 }] });
    await Promise.all([page.close(), later.close()]);
  });

  it('[admin-6] tells of earlier deploys, and of what administrators did, also where nobody was told of it', async () => {
    const release = 'r of this test';
    const said = { verb: 'promote', from: 'blue', to: 'green', release, step: 'start' };
    const at = (second: number): string => `2026-11-24T10:30:0${second}.000Z`;
    const tell = async (worker: TestWorker, notice: object): Promise<void> => {
      const body = JSON.stringify({ ...said, ...notice });
      await fetch(`${worker.http}/control/deploy`, { method: 'POST', body, headers: OPERATOR });
    };
    for (const worker of [blue, green]) {
      await tell(worker, { state: 'running', at: at(1) });
      await tell(worker, { state: 'running', at: at(2), moved: 1, left: 2 });
      await tell(worker, { state: 'rolled_back', at: at(3), cause: 'green is slow' });
    }
    const eve = await TextClient.connect(`${green.ws}/ws/eve`);
    await post('/api/clients/eve/disconnect');
    await eve.closed;
    const late = await startWorker(
      (workerId) => createRedisBroker({ url: redis.url, workerId, limits: DEFAULT_LIMITS }),
      { ...SETTINGS, COLOR: 'green', WORKER: '3', RELEASE: 'r2' },
    );
    const seen = async (): Promise<unknown> => {
      const page = await watch(late);
      const hello = (await frame(page, 'hello')) as { deploy: object[]; past_deploys: object[]; events: object[] };
      await page.close();
      const ours = hello.past_deploys.filter((notice) => (notice as { release: unknown }).release === release);
      return [hello.deploy, ours, hello.events.at(-1)];
    };
    const told = { event: 'admin_disconnected', by: '127.0.0.1', connections: 1, client_id: 'eve' };
    await expect.poll(seen).toEqual([
      [],
      [
        { ...said, state: 'running', at: at(1) },
        { ...said, state: 'rolled_back', at: at(3), cause: 'green is slow' },
      ],
      { ...told, at: expect.any(String) as string },
    ]);
    await late.app.stop();
  });

  it('[admin-6] is moved by a deploy with 1012, as the stream of metrics is', async () => {
    const page = await watch(blue);
    blue.app.draining.begin('deploy');
    expect((await page.closed).code).toBe(1012);
    const again = await watch(green);
    const isDraining = ({ workers }: { workers: { draining: boolean }[] }) => workers[0]?.draining === true;
    expect(await frame(again, 'snapshot', isDraining)).toMatchObject({ workers: [{ left: 0 }, { left: null }] });
    blue.app.draining.cancel();
    await again.close();
  });

  it('[admin-5] says that Redis is away, and goes on by itself', async () => {
    const page = await watch(blue);
    await frame(page, 'snapshot');
    await redis.stop();
    const away = await frame(page, 'unavailable');
    expect(away).toMatchObject({ reason: expect.stringContaining('Redis is away') as string });
    expect((await get('/api/connections')).status).toBe(503);
    await page.close();
    redis = await startRedis();
  });
});
