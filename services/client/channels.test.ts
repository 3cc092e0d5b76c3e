import { describe, expect, it, vi } from 'vitest';
import type { ClientOptions, SubscribeOptions } from './options.js';
import { fakeClient } from './testing/fake-client.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

/** A client that is subscribed to `room`, and the offsets that it heard. */
const listening = (options: Partial<ClientOptions> & SubscribeOptions = {}) => {
  const made = fakeClient(options);
  const heard: number[] = [];
  const subscription = made.client.subscribe('room', ({ offset }) => heard.push(offset), options);
  made.server.socket.welcome();
  return { ...made, heard, subscription };
};

const move = (server: ReturnType<typeof fakeClient>['server']) => {
  const old = server.socket;
  old.say({ type: 'system.reconnect', after_ms: 100, deadline_ms: 3_100, reason: 'deploy' });
  pass(100);
  const next = server.socket;
  next.welcome({ color: 'green' });
  return { old, next };
};

describe('subscribing', () => {
  it('begins at the newest place, and knows where it is', async () => {
    const { client, server, heard, subscription, told } = listening();
    expect(server.socket.all('subscribe')).toMatchObject([{ channel: 'room' }]);
    expect(server.socket.all('subscribe')[0]).not.toHaveProperty('recover');
    server.socket.messages('room', [6]);
    server.socket.subscribed('room', 7, false);
    expect(await subscription.ready).toEqual({ epoch: 'e1', offset: 7 });
    server.socket.messages('room', [8, 9]);
    server.socket.messages('other', [1]);
    expect(heard).toEqual([8, 9]);
    expect(subscription.position).toEqual({ epoch: 'e1', offset: 9 });
    expect(client.state).toBe('live');
    expect(told).toEqual(['live']);
  });

  it('[resume-2] goes on from a given place', async () => {
    const recover = { epoch: 'e0', offset: 3 };
    const { server, heard, subscription } = listening({ recover });
    expect(server.socket.all('subscribe')).toMatchObject([{ recover }]);
    server.socket.subscribed('room', 5, true);
    expect(await subscription.ready).toEqual(recover);
    server.socket.messages('room', [4, 5, 6]);
    expect(heard).toEqual([4, 5, 6]);
  });

  it('[resume-6] tells when the given place is not kept any more', async () => {
    const resets: number[] = [];
    const { server, heard, subscription, told } = listening({
      recover: { epoch: 'e0', offset: 300 },
      onReset: ({ offset }) => resets.push(offset),
    });
    server.socket.subscribed('room', 5, false);
    expect(await subscription.ready).toEqual({ epoch: 'e1', offset: 5 });
    server.socket.messages('room', [6]);
    expect([heard, resets, told]).toEqual([[6], [5], ['live', 'reset room 5']]);
  });

  it('[order-3] [subscribed-1] tells when the order of a live subscription broke', () => {
    const { server, heard, told } = listening();
    server.socket.subscribed('room', 7, false);
    server.socket.messages('room', [8, 9]);
    server.socket.say({ type: 'subscribed', channel: 'room', epoch: 'e2', offset: 2, recovered: false });
    server.socket.messages('room', [3], 'e2');
    expect(heard).toEqual([8, 9, 3]);
    expect(told).toEqual(['live', 'reset room 2']);
  });

  it('[order-2] goes on when only the epoch changes', () => {
    const { server, heard, subscription, told } = listening();
    server.socket.subscribed('room', 7, false);
    server.socket.messages('room', [8]);
    server.socket.messages('room', [9], 'e2');
    expect([heard, subscription.position, told]).toEqual([[8, 9], { epoch: 'e2', offset: 9 }, ['live']]);
  });

  it('shares a channel among its listeners, and leaves it with the last one', async () => {
    const { client, server, heard, subscription } = listening();
    server.socket.subscribed('room', 0, false);
    const also: number[] = [];
    const second = client.subscribe('room', ({ offset }) => also.push(offset));
    expect(await second.ready).toEqual({ epoch: 'e1', offset: 0 });
    server.socket.messages('room', [1]);
    await subscription.unsubscribe();
    server.socket.messages('room', [2]);
    expect([heard, also]).toEqual([[1], [1, 2]]);
    expect(server.socket.all('unsubscribe')).toEqual([]);
    const left = second.unsubscribe();
    server.socket.messages('room', [3]);
    const [{ id } = {}] = server.socket.all('unsubscribe');
    server.socket.say({ type: 'unsubscribed', channel: 'room', id });
    await left;
    await second.unsubscribe();
    expect(also).toEqual([1, 2]);
    expect(server.socket.all('unsubscribe')).toHaveLength(1);
  });

  it('leaves and comes again without hearing what was meant for the one before', () => {
    const { client, server, heard, subscription, told } = listening();
    void subscription.unsubscribe();
    client.subscribe('room', ({ offset }) => heard.push(offset));
    server.socket.subscribed('room', 0, false, { n: 0 });
    server.socket.messages('room', [1]);
    server.socket.subscribed('room', 2, false, { n: 1 });
    server.socket.messages('room', [3]);
    expect([heard, told]).toEqual([[3], ['live']]);
  });

  it('leaves at once while it is away', async () => {
    const { server, subscription } = listening();
    server.socket.end(1006);
    await subscription.unsubscribe();
    pass(500);
    expect(server.socket.welcome().sent).toEqual([]);
  });

  it('asks again for what the server can not give now, and tells what it never will', async () => {
    const { client, server, subscription, told } = listening();
    const [{ id } = {}] = server.socket.all('subscribe');
    server.socket.say({ type: 'error', id, code: 'unavailable', message: 'Redis is away' });
    pass(1_000);
    expect(server.socket.all('subscribe')).toHaveLength(2);
    server.socket.subscribed('room', 0, false);
    await subscription.ready;
    const refused = client.subscribe('no channel', () => {});
    const { id: second } = server.socket.all('subscribe')[2] ?? {};
    server.socket.say({ type: 'error', id: second, code: 'invalid_channel', message: 'no' });
    await expect(refused.ready).rejects.toMatchObject({ name: 'Refused', code: 'invalid_channel' });
    expect(told).toEqual(['live', 'error invalid_channel']);
  });

  it('goes on when a listener throws', () => {
    const { client, server, heard } = listening();
    const reported = vi.spyOn(globalThis, 'queueMicrotask').mockReturnValue();
    client.subscribe('room', () => {
      throw new Error('a listener’s own');
    });
    server.socket.subscribed('room', 0, false);
    server.socket.messages('room', [1, 2]);
    expect(heard).toEqual([1, 2]);
    expect(reported).toHaveBeenCalledTimes(2);
  });
});

describe('coming back', () => {
  it('[resume-2] recovers from the last place seen', () => {
    const { server, heard } = listening();
    server.socket.subscribed('room', 7, false);
    server.socket.messages('room', [8, 9]);
    server.socket.end(1006);
    pass(500);
    server.socket.welcome();
    expect(server.socket.all('subscribe')).toMatchObject([{ recover: { epoch: 'e1', offset: 9 } }]);
    server.socket.subscribed('room', 12, true);
    server.socket.messages('room', [10, 11, 12, 13]);
    expect(heard).toEqual([8, 9, 10, 11, 12, 13]);
  });
});

describe('moving', () => {
  it('[move-3] hears each offset once and in order, whichever connection brings it first, and leaves when caught up', () => {
    const { client, server, heard, told } = listening();
    server.socket.subscribed('room', 0, false);
    server.socket.messages('room', [1]);
    const { old, next } = move(server);
    expect(next.url.searchParams.get('session')).toBe(client.session);
    expect(next.all('subscribe')).toMatchObject([{ recover: { epoch: 'e1', offset: 1 } }]);
    old.messages('room', [2, 3]);
    expect(client.state).toBe('moving');
    expect(old.closedWith).toBeUndefined();
    next.subscribed('room', 3, true);
    expect(old.closedWith).toBe(1000);
    next.messages('room', [2, 3, 4]);
    expect(heard).toEqual([1, 2, 3, 4]);
    expect(told).toEqual(['live', 'moving', 'live']);
    expect(client.color).toBe('green');
  });

  it('takes what the old connection still brings, and no reset of it', () => {
    const { server, heard, told } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    old.close = () => {};
    next.subscribed('room', 0, true);
    old.messages('room', [1, 2]);
    next.messages('room', [1, 2, 3]);
    old.say({ type: 'subscribed', channel: 'room', epoch: 'e1', offset: 2, recovered: false });
    expect(heard).toEqual([1, 2, 3]);
    expect(told).toEqual(['live', 'moving', 'live']);
  });

  it('asks again where the new connection begins behind what the old one had brought', () => {
    const { server, heard, subscription } = listening();
    const { old, next } = move(server);
    old.subscribed('room', 5, false);
    old.messages('room', [6]);
    next.subscribed('room', 8, false);
    next.messages('room', [9]);
    expect(heard).toEqual([6]);
    expect(next.all('subscribe').at(-1)).toMatchObject({ recover: { epoch: 'e1', offset: 6 } });
    expect(old.closedWith).toBeUndefined();
    next.subscribed('room', 9, true);
    next.messages('room', [7, 8, 9]);
    expect(heard).toEqual([6, 7, 8, 9]);
    expect(subscription.position).toEqual({ epoch: 'e1', offset: 9 });
    expect(old.closedWith).toBe(1000);
  });

  it('tells a reset once, on whichever connection it comes first', () => {
    const { server, heard, told } = listening();
    server.socket.subscribed('room', 10, false);
    const { old, next } = move(server);
    old.say({ type: 'subscribed', channel: 'room', epoch: 'e2', offset: 3, recovered: false });
    old.messages('room', [4], 'e2');
    next.subscribed('room', 4, false, { epoch: 'e2' });
    next.messages('room', [5], 'e2');
    expect(heard).toEqual([4, 5]);
    expect(told).toEqual(['live', 'moving', 'reset room 3', 'live']);
  });

  it('tries again while the new color is not there, served by the old one', () => {
    const { client, server, heard } = listening();
    const [old] = server.sockets;
    old?.subscribed('room', 0, false);
    old?.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 60_000, reason: 'deploy' });
    pass(0);
    for (const delay of [500, 1_000]) {
      server.socket.end(1006);
      pass(delay);
    }
    expect(server.sockets).toHaveLength(4);
    old?.messages('room', [1]);
    expect([heard, client.state]).toEqual([[1], 'moving']);
    server.socket.welcome();
    server.socket.subscribed('room', 1, true);
    expect(client.state).toBe('live');
  });

  it('goes back to the old connection when the new one ends before it has caught up', () => {
    const { client, server, heard } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    const also: number[] = [];
    client.subscribe('late', ({ offset }) => also.push(offset));
    void client.publish('room', 'said on the new one').catch(() => {});
    next.end(1006);
    expect(old.all('subscribe')).toMatchObject([{ channel: 'room' }, { channel: 'late' }]);
    expect(old.all('publish')).toHaveLength(1);
    old.subscribed('late', 0, false);
    old.messages('late', [1]);
    old.messages('room', [1]);
    expect([heard, also]).toEqual([[1], [1]]);
    pass(500);
    server.socket.welcome();
    expect(server.socket.all('subscribe')).toHaveLength(2);
  });

  it('leaves no gap where it asked twice on one connection', () => {
    const { server, heard } = listening();
    const { old, next } = move(server);
    next.end(1006);
    expect(old.all('subscribe')).toHaveLength(2);
    old.subscribed('room', 5, false, { n: 0 });
    old.messages('room', [6]);
    old.subscribed('room', 7, false, { n: 1 });
    old.messages('room', [8]);
    old.subscribed('room', 8, true);
    old.messages('room', [7, 8, 9]);
    expect(heard).toEqual([6, 7, 8, 9]);
  });

  it('[move-5] goes on with the new connection when the old one ends first', () => {
    const { server, told } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    old.end(1012);
    next.subscribed('room', 0, true);
    pass(100_000);
    expect(server.sockets.slice(0, 2)).toEqual([old, next]);
    expect(told.slice(0, 3)).toEqual(['live', 'moving', 'live']);
  });

  it('moves on from a connection that is itself told to move', () => {
    const { client, server } = listening();
    server.socket.subscribed('room', 0, false);
    const { next } = move(server);
    next.say({ type: 'system.reconnect', after_ms: 200, deadline_ms: 9_000, reason: 'rollback' });
    next.subscribed('room', 0, true);
    expect(client.state).toBe('moving');
    pass(200);
    expect(server.sockets).toHaveLength(3);
    server.socket.welcome();
    server.socket.subscribed('room', 0, true);
    expect([client.state, next.closedWith]).toEqual(['live', 1000]);
  });

  it('leaves a channel on both connections', async () => {
    const { server, subscription } = listening();
    server.socket.subscribed('room', 0, false);
    const { old, next } = move(server);
    const left = subscription.unsubscribe();
    for (const socket of [old, next]) {
      const { id } = socket.all('unsubscribe')[0] ?? {};
      socket.say({ type: 'unsubscribed', channel: 'room', id });
    }
    await left;
    expect(old.closedWith).toBe(1000);
  });
});

describe('/ws/chat/', () => {
  const chat = () => {
    const made = fakeClient({ url: 'http://host/ws/chat/' });
    const heard: number[] = [];
    const subscription = made.client.subscribe('chat', ({ offset }) => heard.push(offset));
    made.server.socket.welcome();
    return { ...made, heard, subscription };
  };
  const subscribed = (offset: number, recovered: boolean) => ({
    type: 'subscribed',
    channel: 'chat',
    epoch: 'e1',
    offset,
    recovered,
  });

  it('[chat-1] [resume-3] is subscribed without asking, and takes each offset once', async () => {
    const { client, server, heard, subscription, told } = chat();
    server.socket.say(subscribed(3, true));
    expect(await subscription.ready).toEqual({ epoch: 'e1', offset: 3 });
    server.socket.messages('chat', [2, 3, 4]);
    server.socket.end(1006);
    pass(500);
    server.socket.welcome();
    server.socket.say(subscribed(5, true));
    server.socket.messages('chat', [3, 4, 5]);
    expect(heard).toEqual([2, 3, 4, 5]);
    server.socket.say(subscribed(9, false));
    expect(told.at(-1)).toBe('reset chat 9');
    await subscription.unsubscribe();
    expect(server.sockets.flatMap(({ sent }) => sent)).toEqual([]);
    expect(client.state).toBe('live');
  });
});
