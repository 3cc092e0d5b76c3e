import { describe, expect, it, vi } from 'vitest';
import { listening, move } from './testing/fake-client.js';

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

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

  it('[count-1] does not count back when the new connection knows less', async () => {
    const { client, server } = listening();
    const { socket } = server;
    socket.subscribed('room', 0, false);
    const acked = client.publish('room', 1);
    socket.say({ type: 'system.reconnect', after_ms: 0, deadline_ms: 3_000, reason: 'deploy' });
    pass(0);
    socket.ack(0, 5);
    await acked;
    server.socket.welcome({ message_count: 4 });
    expect(client.messageCount).toBe(5);
    server.socket.subscribed('room', 5, true);
    server.socket.end(1006);
    pass(500);
    server.socket.welcome({ message_count: 0, resumed: false });
    expect(client.messageCount).toBe(0);
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

  it('[api-13] waits for the answer to what it asked, where the server has subscribed it to that by itself', () => {
    const { server, heard, subscription } = listening();
    server.socket.subscribed('room', 0, false);
    server.socket.messages('room', [1]);
    const { old, next } = move(server);
    next.say({ type: 'subscribed', channel: 'room', epoch: 'e1', offset: 3, recovered: false });
    next.messages('room', [4]);
    expect([heard, old.closedWith]).toEqual([[1], undefined]);
    next.subscribed('room', 4, true);
    next.messages('room', [2, 3, 4, 5]);
    expect([heard, old.closedWith]).toEqual([[1, 2, 3, 4, 5], 1000]);
    expect(subscription.position?.offset).toBe(5);
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

  it('hears nothing more of the old connection when the new one begins anew, however high its offsets are', () => {
    const { server, heard, told } = listening();
    server.socket.subscribed('room', 499, false);
    const { old, next } = move(server);
    old.close = () => {};
    next.subscribed('room', 3, false, { epoch: 'e2' });
    old.messages('room', [500, 501]);
    next.messages('room', [4, 5], 'e2');
    expect(heard).toEqual([4, 5]);
    expect(told).toEqual(['live', 'moving', 'reset room 3', 'live']);
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
