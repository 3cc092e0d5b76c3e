import { describe, expect, it, vi } from 'vitest';
import { fakeClient } from './testing/fake-client.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

describe('publishing', () => {
  it('resolves with the ack, and counts', async () => {
    const { client, server } = fakeClient();
    server.socket.welcome();
    const acked = client.publish('room', { text: 'hello' });
    server.socket.ack(0, 3);
    expect(await acked).toEqual({ channel: 'room', epoch: 'e1', offset: 3, messageCount: 3, duplicate: false });
    expect(client.messageCount).toBe(3);
  });

  it('[once-1] [order-4] sends what was not acked again with its id, in its order, before anything new', async () => {
    const { client, server } = fakeClient();
    const before = client.publish('room', 'before the welcome');
    const first = server.socket.welcome();
    const lost = client.publish('room', 'lost');
    first.ack(0, 1);
    await before;
    first.end(1006);
    const away = client.publish('room', 'while away');
    pass(500);
    const second = server.socket.welcome();
    void client.publish('room', 'new').catch(() => {});
    expect(second.all('publish').map(({ data }) => data)).toEqual(['lost', 'while away', 'new']);
    expect(second.all('publish')[0]).toEqual(first.all('publish')[1]);
    second.ack(0, 2, { duplicate: true });
    second.ack(1, 3);
    second.ack(1, 3, { duplicate: true });
    expect((await lost).duplicate).toBe(true);
    expect((await away).offset).toBe(3);
    second.end(1006);
    pass(1_000);
    expect(server.socket.welcome().all('publish')).toHaveLength(1);
  });

  it('[once-1] sends nothing on a socket that closes, and what was published meanwhile on the next one', async () => {
    const { client, server } = fakeClient();
    const closing = server.socket.welcome();
    closing.readyState = 2;
    const meanwhile = client.publish('room', 'meanwhile');
    closing.end(1001);
    pass(500);
    const next = server.socket.welcome();
    expect(next.all('publish').map(({ data }) => data)).toEqual(['meanwhile']);
    next.ack(0, 1);
    expect((await meanwhile).offset).toBe(1);
  });

  it('[move-3] sends what is not acked again on the new connection, and new ones there', async () => {
    const { client, server } = fakeClient();
    const old = server.socket.welcome();
    const first = client.publish('room', 1);
    old.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 3_000, reason: 'deploy' });
    pass(0);
    const second = client.publish('room', 2);
    old.close = () => {};
    const next = server.socket.welcome();
    const third = client.publish('room', 3);
    expect(old.all('publish').map(({ data }) => data)).toEqual([1, 2]);
    expect(next.all('publish').map(({ data }) => data)).toEqual([1, 2, 3]);
    old.ack(0, 1);
    next.ack(1, 2);
    next.ack(2, 3);
    old.ack(1, 2, { duplicate: true });
    expect((await Promise.all([first, second, third])).map(({ offset }) => offset)).toEqual([1, 2, 3]);
    expect(client.messageCount).toBe(3);
  });

  it('rests when the server can not take it now, and then sends everything in its order', async () => {
    const { client, server } = fakeClient();
    const { socket } = server;
    socket.welcome();
    const acked = client.publish('room', 1);
    const { id } = socket.all('publish')[0] ?? {};
    for (const [code, rest] of [
      ['unavailable', 750],
      ['overloaded', 1_250],
    ] as const) {
      const sent = socket.all('publish').length;
      socket.say({ type: 'error', id, code, message: 'later' });
      void client.publish('room', code).catch(() => {});
      pass(rest - 1);
      expect(socket.all('publish')).toHaveLength(sent);
      pass(1);
    }
    const sent = () => socket.all('publish').map(({ data }) => data);
    expect(sent()).toEqual([1, 1, 1]);
    socket.ack(0, 1);
    expect((await acked).offset).toBe(1);
    expect(sent().slice(3)).toEqual(['unavailable', 'overloaded']);
  });

  it('needs no rest on another connection', () => {
    const { client, server } = fakeClient({ backoff: { minMs: 100_000, maxMs: 100_000 } });
    const { socket } = server;
    socket.welcome();
    void client.publish('room', 1).catch(() => {});
    const { id } = socket.all('publish')[0] ?? {};
    socket.say({ type: 'error', id, code: 'unavailable', message: 'Redis is away' });
    socket.end(1012);
    pass(0);
    server.socket.welcome();
    void client.publish('room', 2).catch(() => {});
    expect(server.socket.all('publish').map(({ data }) => data)).toEqual([1, 2]);
  });

  it('tells what the server refuses for good, once and for this one alone', async () => {
    const { client, server } = fakeClient();
    server.socket.welcome();
    const refused = client.publish('no channel', 1);
    const good = client.publish('room', 2);
    const { id } = server.socket.all('publish')[0] ?? {};
    server.socket.say({ type: 'error', id, code: 'invalid_channel', message: 'channel must be …' });
    server.socket.ack(1, 1);
    await expect(refused).rejects.toMatchObject({ name: 'PublishRefused', code: 'invalid_channel' });
    await good;
    server.socket.end(1006);
    pass(500);
    expect(server.socket.welcome().sent).toEqual([]);
  });

  it('[frame-1] refuses by itself what would end the connection', async () => {
    const { client, server } = fakeClient();
    server.socket.welcome();
    await expect(client.publish('room', 'é'.repeat(33_000))).rejects.toMatchObject({ code: 'too_large' });
    void client.publish('room', 'e'.repeat(33_000)).catch(() => {});
    expect(server.socket.all('publish')).toHaveLength(1);
  });

  it('refuses more than its limit', async () => {
    const { client } = fakeClient({ queue: { limit: 2 } });
    const waiting = [client.publish('room', 1), client.publish('room', 2)];
    await expect(client.publish('room', 3)).rejects.toMatchObject({ name: 'QueueFull' });
    void client.close();
    for (const pending of waiting) await expect(pending).rejects.toMatchObject({ name: 'ClientClosed' });
  });

  it('drops the oldest where that is wanted', async () => {
    const { client, server } = fakeClient({ queue: { limit: 2, whenFull: 'drop-oldest' } });
    const [first] = [1, 2, 3].map((n) => client.publish('room', n));
    await expect(first).rejects.toMatchObject({ name: 'QueueFull' });
    server.socket.welcome();
    expect(server.socket.all('publish').map(({ data }) => data)).toEqual([2, 3]);
    server.socket.ack(0, 1);
    server.socket.ack(1, 2);
  });

  it('says a line as it is', () => {
    const { client, server } = fakeClient({ url: 'http://host/ws/chat/' });
    expect(client.say('"lost"')).toBe(false);
    server.socket.welcome();
    expect(client.say('"hello"')).toBe(true);
    expect(server.socket.sent).toEqual(['hello']);
  });
});
