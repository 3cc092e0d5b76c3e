import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryCluster, type MemoryCluster } from '../../broker/memory/memory-cluster.js';
import { defineHandler, type Handler, type HandlerContext, type HandlerSession } from '../../handlers/handler.js';
import { Handlers } from '../../handlers/handlers.js';
import { TestClient } from '../../testing/client.js';
import { SECRET, signed } from '../../testing/tokens.js';
import { startWorker, type TestWorker } from '../../testing/worker.js';

let cluster: MemoryCluster;
let worker: TestWorker;

const start = async (handlers: readonly Handler[], settings: Record<string, string> = {}): Promise<void> => {
  cluster = createMemoryCluster();
  const found = handlers.map((handler) => ({ handler, file: 'test.mjs' }));
  worker = await startWorker((id) => cluster.broker(id), settings, { handlers: new Handlers(found) });
};
const connect = (path = '/ws'): Promise<TestClient> => TestClient.connect(`${worker.ws}${path}`);
/** A handler of any data. */
const handlerOf = (type: string, handle: (context: HandlerContext, data: unknown) => void | Promise<void>): Handler =>
  defineHandler({ type, schema: z.unknown(), handle });
const metric = async (series: string): Promise<number> => {
  const lines = (await (await fetch(`${worker.http}/metrics`)).text()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${series} `))?.split(' ')[1]);
};
const lines = (event: string) => worker.logs.filter((line) => line['event'] === event);

afterEach(async () => {
  await worker.app.stop();
});

const sum = defineHandler({
  type: 'sum',
  schema: z.object({ numbers: z.array(z.number()) }),
  handle: (context, { numbers }) => context.reply(numbers.reduce((total, number) => total + number, 0)),
});

describe('a frame of a handler', () => {
  it.each(['/ws', '/ws/chat/'])('is answered with its reply on %s, once [handler-1]', async (path) => {
    await start([sum]);
    const client = await connect(path);
    client.send({ type: 'sum', data: { numbers: [1, 2, 3] }, id: 'a' });
    expect(await client.next('reply')).toStrictEqual({ type: 'reply', id: 'a', data: 6 });
    client.send({ type: 'sum', data: { numbers: [1] } });
    await client.settle();
    expect(client.all('reply')).toHaveLength(1);
    expect(await metric('websocket_handler_calls_total{handler="sum",outcome="done"}')).toBe(2);
    expect(await metric('websocket_handler_seconds_count{handler="sum"}')).toBe(2);
  });

  it('is answered with null by one that says nothing; a type without handler is unknown [handler-1]', async () => {
    await start([handlerOf('quiet', () => {})]);
    const client = await connect();
    client.send({ type: 'quiet', id: 'a' });
    expect(await client.next('reply')).toStrictEqual({ type: 'reply', id: 'a', data: null });
    client.send({ type: 'loud', id: 'b' });
    expect(await client.answer('b')).toMatchObject({ code: 'unknown_type' });
    expect(await metric('websocket_handlers_registered')).toBe(11);
  });

  it.each([
    ['no data', undefined, 'data: '],
    ['a field that is missing', {}, 'data.numbers: '],
    ['a wrong item', { numbers: [1, 'two'] }, 'data.numbers.1: '],
  ])('with %s is invalid_frame, which names the field [handler-2]', async (_what, data, words) => {
    await start([sum], { MAX_CLIENT_ERRORS: '2' });
    const client = await connect();
    client.send({ type: 'sum', data, id: 'a' });
    const refused = await client.answer('a');
    expect(refused).toMatchObject({ code: 'invalid_frame' });
    expect(refused).toHaveProperty('message', expect.stringMatching(`^${words}`));
    client.send({ type: 'sum', data, id: 'b' });
    // The client's fault, as any other [error-2].
    expect((await client.closed).code).toBe(1008);
  });

  it('is refused as its handler says [handler-2]', async () => {
    const handle = (context: HandlerContext, data: unknown): void => {
      throw data === 1 ? context.forbidden('members only') : context.invalid('data: even numbers only');
    };
    await start([handlerOf('join', handle)], { MAX_CLIENT_ERRORS: '3' });
    const client = await connect();
    client.send({ type: 'join', data: 1, id: 'a' });
    expect(await client.answer('a')).toMatchObject({ code: 'forbidden', message: 'members only' });
    client.send({ type: 'join', data: 3, id: 'b' });
    expect(await client.answer('b')).toMatchObject({ code: 'invalid_frame', message: 'data: even numbers only' });
    client.send({ type: 'join', data: 1 });
    expect((await client.closed).code).toBe(1008);
  });

  it('is activity and charged as a message, and not counted among those of the session [handler-4] [limit-4]', async () => {
    await start([sum], {
      RATE_LIMIT_TRUSTED: 'none',
      RATE_LIMIT_MESSAGES_PER_WINDOW: '2',
      RATE_LIMIT_BURST_MULTIPLIER: '1',
    });
    const client = await connect();
    for (const id of ['a', 'b', 'c']) client.send({ type: 'sum', data: { numbers: [] }, id });
    expect(await client.next('system.rate_limited')).toMatchObject({ id: 'c' });
    expect(client.all('reply').map(({ id }) => id)).toEqual(['a', 'b']);
    await client.close();
    const { session_id: session } = await client.next('system.welcome');
    const back = await connect(`/ws?session=${session}`);
    expect(await back.next('system.welcome')).toMatchObject({ message_count: 0 });
  });
});

describe('a handler that fails', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('a secret of the shop');
      },
    ],
    ['rejects', () => Promise.reject(new Error('a secret of the shop'))],
    ['replies what is no JSON', (context: HandlerContext) => context.reply(undefined as unknown as null)],
    ['replies more than 256 KiB', (context: HandlerContext) => context.reply('x'.repeat(256 * 1024))],
  ])('and %s is told as internal, and logged; the connection lives [handler-2]', async (_what, handle) => {
    await start([handlerOf('bad', handle), sum]);
    const client = await connect();
    client.send({ type: 'bad', id: 'a' });
    expect(await client.answer('a')).toMatchObject({ code: 'internal', message: 'bad failed; the outcome is unknown' });
    client.send({ type: 'sum', data: { numbers: [1] }, id: 'b' });
    expect(await client.next('reply')).toMatchObject({ id: 'b', data: 1 });
    expect(lines('handler_failed')).toMatchObject([{ level: 'ERROR', handler: 'bad', times: 1 }]);
    expect(await metric('websocket_handler_calls_total{handler="bad",outcome="failed"}')).toBe(1);
  });

  it('after its reply is logged, and the client has its reply [handler-1]', async () => {
    await start([
      handlerOf('late', (context) => {
        context.reply('there');
        context.reply('again');
      }),
    ]);
    const client = await connect();
    client.send({ type: 'late', id: 'a' });
    await expect
      .poll(() => lines('handler_failed'))
      .toMatchObject([{ error: { message: 'late has replied already' } }]);
    await client.settle();
    expect(client.all('reply')).toMatchObject([{ id: 'a', data: 'there' }]);
    expect(client.all('error')).toEqual([]);
  });

  it('since Redis is away is told as unavailable; one that does not wait for it ends no worker [handler-2]', async () => {
    const publish = (context: HandlerContext) => context.publish('room', 1).then(() => {});
    await start([handlerOf('say', publish), handlerOf('say.later', (context) => void context.publish('room', 1))]);
    const client = await connect();
    await client.next('system.welcome');
    cluster.disconnect();
    client.send({ type: 'say.later', id: 'a' });
    expect(await client.next('reply')).toMatchObject({ id: 'a' });
    client.send({ type: 'say', id: 'b' });
    expect(await client.answer('b')).toMatchObject({ code: 'unavailable' });
    cluster.reconnect();
  });
});

describe('a handler that takes too long', () => {
  it('in an endless loop of awaits is cut after its time-out with internal, and the connection lives [handler-2]', async () => {
    const over: unknown[] = [];
    const loop = async ({ signal }: HandlerContext): Promise<void> => {
      signal.addEventListener('abort', () => over.push(signal.reason));
      // For ever, were it not for the end of the test.
      while (over.length < 2) await nextTurn();
    };
    await start([handlerOf('loop', loop), sum], { HANDLER_TIMEOUT: '0.2' });
    const client = await connect();
    const startedAt = performance.now();
    client.send({ type: 'loop', id: 'a' });
    expect(await client.answer('a')).toMatchObject({
      code: 'internal',
      message: expect.stringContaining('0.2 s') as unknown,
    });
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    expect(over).toMatchObject([{ name: 'CallOver' }]);
    client.send({ type: 'sum', data: { numbers: [1] }, id: 'b' });
    expect(await client.next('reply')).toMatchObject({ id: 'b' });
    expect(lines('handler_timed_out')).toMatchObject([{ handler: 'loop' }]);
    expect(await metric('websocket_handler_calls_total{handler="loop",outcome="timed_out"}')).toBe(1);
    expect(await metric('websocket_handler_calls_running'), 'its loop goes on').toBe(1);
    over.push('end');
    await expect.poll(() => metric('websocket_handler_calls_running')).toBe(0);
  });

  it('can say and do nothing any more [handler-2]', async () => {
    const tried: unknown[] = [];
    const hang = async (context: HandlerContext): Promise<void> => {
      await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      for (const act of [() => context.reply(1), () => context.publish('room', 1), () => context.send('ada', 1)]) {
        await Promise.resolve()
          .then(act)
          .catch((error: unknown) => tried.push(error));
      }
    };
    await start([handlerOf('hang', hang)], { HANDLER_TIMEOUT: '0.1' });
    const client = await connect('/ws?client_id=ada');
    await client.subscribe('room');
    client.send({ type: 'hang', id: 'a' });
    await client.answer('a');
    await expect.poll(() => tried).toMatchObject([{ name: 'CallOver' }, { name: 'CallOver' }, { name: 'CallOver' }]);
    await client.settle();
    expect(client.all('message')).toEqual([]);
    expect(client.all('reply')).toEqual([]);
  });
});

describe('calls of a connection', () => {
  it('are a few at a time: one more is overloaded until one ends, and other connections do not notice [handler-4]', async () => {
    const waiting: (() => void)[] = [];
    const hold = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
    await start([handlerOf('hold', hold)], { HANDLER_CALLS: '2' });
    const [flooding, other] = await Promise.all([connect(), connect()]);
    for (const id of ['a', 'b', 'c']) flooding.send({ type: 'hold', id });
    expect(await flooding.answer('c')).toMatchObject({ code: 'overloaded' });
    other.send({ type: 'hold', id: 'o' });
    await expect.poll(() => waiting.length).toBe(3);
    for (const end of waiting.splice(0)) end();
    expect(await other.next('reply')).toMatchObject({ id: 'o' });
    await flooding.next('reply', ({ id }) => id === 'b');
    flooding.send({ type: 'hold', id: 'd' });
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    expect(await flooding.next('reply', ({ id }) => id === 'd')).toMatchObject({ data: null });
  });

  it('are told when it ends', async () => {
    let end: (reason: unknown) => void = () => {};
    const ended = new Promise<unknown>((resolve) => (end = resolve));
    const hang = ({ signal }: HandlerContext): Promise<void> =>
      new Promise(() => signal.addEventListener('abort', () => end(signal.reason)));
    await start([handlerOf('hang', hang)]);
    const client = await connect();
    client.send({ type: 'hang' });
    await client.settle();
    await client.close();
    expect(await ended).toMatchObject({ name: 'CallOver', message: 'the connection has ended' });
    await expect.poll(() => metric('websocket_handler_calls_total{handler="hang",outcome="cut"}')).toBe(1);
  });

  it.each(['/ws', '/ws/chat/'])('are answered before the goodbye of a move on %s [handler-5]', async (path) => {
    let finish: () => void = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const slow = async (context: HandlerContext): Promise<void> => {
      await finished;
      context.reply('in time');
    };
    await start([handlerOf('slow', slow)], { DRAIN_GRACE: '0.2' });
    const client = await connect(path);
    await client.next('system.welcome');
    client.send({ type: 'slow', id: 'a' });
    await client.settle();
    worker.app.draining.begin('deploy');
    // Who comes behind it is moved meanwhile.
    expect((await (await connect(path)).closed).code).toBe(1012);
    expect(client.all('system.bye')).toEqual([]);
    finish();
    expect((await client.closed).code).toBe(1012);
    expect(client.frames.slice(-2)).toMatchObject([
      { type: 'reply', id: 'a', data: 'in time' },
      { type: 'system.bye' },
    ]);
  });

  it('that run when the worker is stopped are waited for, but no longer than a stop may take [handler-5]', async () => {
    const never = new Promise<void>(() => {});
    await start([handlerOf('hang', () => never)], { GRACEFUL_SHUTDOWN_TIMEOUT: '2.5', HANDLER_TIMEOUT: '60' });
    const client = await connect();
    client.send({ type: 'hang', id: 'a' });
    await client.settle();
    const startedAt = performance.now();
    await worker.app.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect((await client.closed).code).toBe(1012);
  });
});

describe('what a handler does', () => {
  it('is published and sent as the application, whatever its client may do [handler-3]', async () => {
    const tell = async (context: HandlerContext): Promise<void> => {
      const place = await context.publish('private:7', { done: 1 });
      const again = await context.publish('private:7', 'once', { from: 'shop', idempotencyKey: 'order-17' });
      const twice = await context.publish('private:7', 'once', { from: 'shop', idempotencyKey: 'order-17' });
      const reached = await context.send('bob', 'for you');
      context.reply([place.offset, again.duplicate, twice.duplicate, twice.offset, reached]);
    };
    await start([handlerOf('tell', tell)], { JWT_SECRET: SECRET });
    const ofAda = await signed({ sub: 'ada', channels: { subscribe: ['private:7'] } });
    const ofBob = await signed({ sub: 'bob' });
    const [client, bob] = await Promise.all([connect(`/ws?token=${ofAda}`), connect(`/ws?token=${ofBob}`)]);
    await bob.next('system.welcome');
    await client.subscribe('private:7');
    client.send({ type: 'publish', channel: 'private:7', data: 1, id: 'p' });
    expect(await client.answer('p')).toMatchObject({ code: 'forbidden' });
    client.send({ type: 'tell', id: 'a' });
    expect(await client.next('reply')).toMatchObject({ data: [1, false, true, 2, 1] });
    await client.next('message', ({ offset }) => offset === 2);
    expect(client.all('message')).toMatchObject([
      { offset: 1, from: 'api', data: { done: 1 } },
      { offset: 2, from: 'shop', data: 'once' },
    ]);
    await expect
      .poll(() => bob.frames.filter(({ type }) => type === 'message'))
      .toMatchObject([{ to: { client_id: 'bob' }, from: 'api', data: 'for you' }]);
    expect(await metric('websocket_messages_total')).toBe(2);
    expect(await metric('websocket_messages_targeted_total')).toBe(1);
  });

  it.each([
    ['no channel', (context: HandlerContext) => context.publish('a b', 1)],
    ['no client', (context: HandlerContext) => context.send('a b', 1)],
    ['no JSON', (context: HandlerContext) => context.publish('a', undefined as unknown as null)],
    ['more than 64 KiB', (context: HandlerContext) => context.publish('a', 'x'.repeat(64 * 1024))],
    ['[task-5] a channel of tasks', (context: HandlerContext) => context.publish('task:t1', { event: 'failed' })],
    ['[task-5] as tasks', (context: HandlerContext) => context.publish('room', 1, { from: 'tasks' })],
    ['[task-5] to one as tasks', (context: HandlerContext) => context.send('ada', 1, { from: 'tasks' })],
    ['no key', (context: HandlerContext) => context.publish('a', 1, { idempotencyKey: '' })],
  ])('is refused to it where it is %s', async (_what, act) => {
    const names: string[] = [];
    const wrong = (context: HandlerContext): Promise<void> =>
      act(context).then(
        () => {},
        (error: unknown) => void names.push(error instanceof Error ? error.name : ''),
      );
    await start([handlerOf('wrong', wrong)]);
    const client = await connect();
    client.send({ type: 'wrong', id: 'a' });
    await client.next('reply');
    expect(names).toEqual([expect.stringMatching(/^(Type|Range)Error$/)]);
  });

  it('knows who asks, by the token where there is one', async () => {
    const sessions: HandlerSession[] = [];
    const who = (context: HandlerContext): void => {
      sessions.push(context.session);
      const { clientId, subject, info } = context.session;
      context.reply({ clientId, subject: subject ?? null, info: info ?? null });
    };
    await start([handlerOf('who', who)], { JWT_SECRET: SECRET, ALLOW_ANONYMOUS: 'true' });
    const token = await signed({ sub: 'ada', info: { plan: 'gold' } });
    const [ada, somebody] = await Promise.all([connect(`/ws?token=${token}`), connect('/ws?client_id=eve')]);
    for (const id of ['a', 'b']) ada.send({ type: 'who', id });
    expect(await ada.next('reply')).toMatchObject({
      data: { clientId: 'ada', subject: 'ada', info: { plan: 'gold' } },
    });
    await ada.next('reply');
    expect(sessions[0]).toBe(sessions[1]);
    somebody.send({ type: 'who', id: 'a' });
    expect(await somebody.next('reply')).toMatchObject({ data: { clientId: 'eve', subject: null, info: null } });
  });

  it('logs with its type and who asked', async () => {
    await start([handlerOf('note', ({ log }) => log.warn({ shelf: 3 }, 'Nearly empty'))]);
    const client = await connect('/ws?client_id=ada');
    client.send({ type: 'note', id: 'a' });
    await client.next('reply');
    expect(lines('handler_said')).toMatchObject([
      { level: 'WARN', handler: 'note', client_id: 'ada', shelf: 3, message: 'Nearly empty' },
    ]);
  });

  it('logs as itself, whatever its fields are called', async () => {
    const forged = { event: 'crash', level: 'FATAL', client_id: 'eve', handler: 'other', worker: '9', message: 'no' };
    await start([handlerOf('note', ({ log }) => log.info({ ...forged, shelf: 3 }, 'Nearly empty'))]);
    const client = await connect('/ws?client_id=ada');
    client.send({ type: 'note', id: 'a' });
    await client.next('reply');
    expect(lines('handler_said')).toMatchObject([
      { level: 'INFO', handler: 'note', client_id: 'ada', worker: '1', shelf: 3, message: 'Nearly empty' },
    ]);
  });

  it('is not the one who says who asks', async () => {
    const handle = ({ session }: HandlerContext): void => {
      Object.assign(session, { clientId: 'eve' });
    };
    const who = handlerOf('who', ({ session, reply }) => reply(session.clientId));
    await start([handlerOf('forge', handle), who]);
    const client = await connect('/ws?client_id=ada');
    client.send({ type: 'forge', id: 'a' });
    expect(await client.answer('a')).toMatchObject({ code: 'internal' });
    client.send({ type: 'who', id: 'b' });
    expect(await client.next('reply')).toMatchObject({ data: 'ada' });
  });
});
