import { describe, expect, it, vi } from 'vitest';
import { fakeClient, listening } from './testing/fake-client.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

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

  it.each(['unavailable', 'overloaded', 'internal'])('asks again by back-off as long as the answer is %s', (code) => {
    const { client, server, heard, told } = listening();
    const { socket } = server;
    for (const rest of [750, 1_250, 2_250]) {
      const asked = socket.all('subscribe');
      socket.say({ type: 'error', id: asked.at(-1)?.['id'], code, message: 'not now' });
      pass(rest - 1);
      expect(socket.all('subscribe')).toHaveLength(asked.length);
      pass(1);
      expect(socket.all('subscribe')).toHaveLength(asked.length + 1);
    }
    socket.subscribed('room', 7, false);
    socket.messages('room', [8]);
    expect([heard, client.state]).toEqual([[8], 'live']);
    expect(told.slice(1)).toEqual(code === 'internal' ? Array.from({ length: 3 }, () => 'error internal') : []);
  });

  it('does not ask again for what was left meanwhile', () => {
    const { server, subscription } = listening();
    const { id } = server.socket.all('subscribe')[0] ?? {};
    server.socket.say({ type: 'error', id, code: 'internal', message: 'not now' });
    void subscription.unsubscribe();
    pass(10_000);
    expect(server.socket.all('subscribe')).toHaveLength(1);
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
